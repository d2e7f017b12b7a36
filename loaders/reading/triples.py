"""Rows into triples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kgservice.ledger.records import Triple
from kgservice.literals import Kind, Literal, literal_by_form, literal_from_n_triples
from kgservice.vocabulary import Vocabulary
from loaders.reading.checks import (
    checked_count,
    checked_flag,
    checked_id,
    checked_length,
    checked_score,
    checked_time,
    text_or_none,
)
from loaders.reading.rejection import Reason, RecordError


def read_triple(cells: Mapping[str, Any], vocabulary: Vocabulary, *, prefix: str = "") -> Triple:
    """The triple of a row; `prefix` goes before every entity id.

    Raises RecordError, or UnknownRelationError for a relation that is not in the vocabulary.
    """
    relation = cells.get("relation")
    if not isinstance(relation, str) or not relation:
        raise RecordError(Reason.MISSING_FIELD, "a triple has a relation", "relation")
    checked_length(relation, "relation")
    head = checked_id(cells.get("head"), "head")
    tail, literal = _object(cells, prefix)
    return Triple(
        subject=checked_length(prefix + head, "head"),
        relation=vocabulary.relation(relation).id,
        object=tail,
        literal=literal,
        plausibility=checked_score(cells.get("plausibility"), "plausibility"),
        typicality=checked_score(cells.get("typicality"), "typicality"),
        support=checked_count(cells.get("support"), "support"),
        source=text_or_none(cells, "source"),
        retrieved_at=checked_time(cells.get("retrieved_at"), "retrieved_at"),
        deleted=checked_flag(cells.get("deleted"), "deleted"),
    )


def _object(cells: Mapping[str, Any], prefix: str) -> tuple[str | None, Literal | None]:
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
    return checked_length(prefix + checked_id(tail, "tail"), "tail"), None


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
