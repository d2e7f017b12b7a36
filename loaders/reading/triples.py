"""Rows into triples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from kgservice.ledger.qualifiers import Qualifier, QualifierSet, qualifier_set
from kgservice.ledger.records import Triple
from kgservice.literals import Kind, Literal, literal_by_form, literal_from_n_triples
from kgservice.vocabulary import Vocabulary
from loaders.reading.checks import (
    checked_count,
    checked_flag,
    checked_length,
    checked_score,
    checked_time,
    text_or_none,
)
from loaders.reading.naming import Naming
from loaders.reading.rejection import Reason, RecordError

#: What a triple's record may say; other keys are passed over and counted.
FIELDS = frozenset(
    {
        "head", "relation", "tail", "value", "unit", "language", "value_type", "plausibility",
        "typicality", "support", "source", "retrieved_at", "deleted", "qualifiers",
    }
)  # fmt: skip


def read_triple(cells: Mapping[str, Any], vocabulary: Vocabulary, naming: Naming) -> Triple:
    """The triple of a row.

    Raises RecordError, or UnknownRelationError for a relation that is not in the vocabulary.
    """
    relation = _relation(cells, vocabulary)
    head = naming.id(cells.get("head"), "head")
    tail, literal = _object(cells, naming)
    return Triple(
        subject=head,
        relation=relation,
        object=tail,
        literal=literal,
        plausibility=checked_score(cells.get("plausibility"), "plausibility"),
        typicality=checked_score(cells.get("typicality"), "typicality"),
        support=checked_count(cells.get("support"), "support"),
        source=text_or_none(cells, "source"),
        retrieved_at=checked_time(cells.get("retrieved_at"), "retrieved_at"),
        qualifiers=_qualifiers(cells.get("qualifiers"), vocabulary, naming),
        deleted=checked_flag(cells.get("deleted"), "deleted"),
    )


def _relation(cells: Mapping[str, Any], vocabulary: Vocabulary) -> str:
    name = cells.get("relation")
    if not isinstance(name, str) or not name:
        raise RecordError(Reason.MISSING_FIELD, "a triple has a relation", "relation")
    return vocabulary.relation(checked_length(name, "relation")).id


def _object(cells: Mapping[str, Any], naming: Naming) -> tuple[str | None, Literal | None]:
    tail, value = cells.get("tail"), cells.get("value")
    if tail in (None, "") and value in (None, ""):
        raise RecordError(Reason.MISSING_FIELD, "a triple has a tail or a value", "tail")
    if tail not in (None, "") and value not in (None, ""):
        message = "a triple has a tail or a value, not both"
        raise RecordError(Reason.SUPERFLUOUS_FIELD, message, "value")
    if value not in (None, ""):
        return None, _value(cells, value)
    if isinstance(tail, str) and tail.startswith('"'):
        try:
            return None, literal_from_n_triples(tail)
        except ValueError as error:
            raise RecordError(Reason.INVALID_LITERAL, str(error), "tail") from error
    return naming.id(tail, "tail"), None


def _qualifiers(written: Any, vocabulary: Vocabulary, naming: Naming) -> tuple[QualifierSet, ...]:
    """A set for each saying; none where no saying is qualified."""
    if written in (None, ""):
        return ()
    if isinstance(written, str):
        written = _parsed(written)
    if not isinstance(written, list) or not all(isinstance(one, list) for one in written):
        message = f"not a list of lists of qualifiers: {written!r}"
        raise RecordError(Reason.WRONG_TYPE, message, "qualifiers")
    sets = [
        qualifier_set(_qualifier(cells, vocabulary, naming) for cells in saying)
        for saying in written
    ]
    return tuple(sorted(sets)) if any(written) else ()


def _parsed(written: str) -> Any:
    """A cell of a table, which has JSON in it."""
    try:
        return orjson.loads(written)
    except orjson.JSONDecodeError as error:
        message = f"not JSON: {written!r}"
        raise RecordError(Reason.INVALID_JSON, message, "qualifiers") from error


def _qualifier(cells: Any, vocabulary: Vocabulary, naming: Naming) -> Qualifier:
    if not isinstance(cells, dict):
        raise RecordError(Reason.WRONG_TYPE, f"not an object: {cells!r}", "qualifiers")
    try:
        relation = _relation(cells, vocabulary)
        object, literal = _object(cells, naming)
    except RecordError as error:
        raise RecordError(error.reason, str(error), f"qualifiers.{error.field}") from error
    return Qualifier(relation, object, literal)


def _value(cells: Mapping[str, Any], value: Any) -> Literal:
    named = text_or_none(cells, "value_type")
    try:
        kind = None if named is None else Kind(named)
    except ValueError as error:
        message = f"value_type is number, time or text, and this is {named!r}"
        raise RecordError(Reason.OUT_OF_RANGE, message, "value_type") from error
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise RecordError(Reason.WRONG_TYPE, f"not a number or a text: {value!r}", "value")
    language, unit = text_or_none(cells, "language"), text_or_none(cells, "unit")
    try:
        return literal_by_form(str(value), kind=kind, language=language, unit=unit)
    except ValueError as error:
        raise RecordError(Reason.INVALID_LITERAL, str(error), "value") from error
