"""Wikidata's JSON dump into entity records and triples.

A document of the dump becomes several rows, each a document of its own that says one thing: what
the entity is called, or all sayings of one triple. So a row that is rejected stands in the
quarantine as a document that loads by itself once it is mended.
https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from graph_schema.relations import Relation
from kgservice.ledger.records import EntityRecord, Triple
from loaders.reading.entities import read_entity
from loaders.reading.naming import Naming
from loaders.reading.rejection import Reason, RecordError, Rejection
from loaders.reading.rows import Row, json_rows
from loaders.reading.sources import Source
from loaders.reading.triples import read_triple
from loaders.reading.wanted import Reading
from loaders.reading.wikidata_values import Cells, value_cells

#: Registered at their first use, where the vocabulary does not have them.
WIKIDATA_RELATIONS = (
    Relation("P31", "instance of", means="type", phrase="{s} is a {o}"),
    Relation("P279", "subclass of", means="subtype", phrase="{s} is a kind of {o}"),
    Relation("owl:sameAs", "same as", symmetric=True, phrase="{s} is the same as {o}"),
)

_MEANINGS = {one.id: one for one in WIKIDATA_RELATIONS}

#: The label that is meant for all languages.
_ANY_LANGUAGE = "mul"
_NAMES = ("labels", "descriptions", "aliases")
_VALUELESS = ("somevalue", "novalue")
_RANKS = ("preferred", "normal", "deprecated")


def wikidata_rows(source: Source, reading: Reading, file_type: str) -> Iterator[Row | Rejection]:
    """What each document says, a row for each entity and each triple."""
    del file_type  # an array with a document on each line and JSON Lines are read alike
    for row in json_rows(source, array=True):
        if isinstance(row, Rejection):
            yield row
            continue
        for cells in _sayings(row.cells, reading):
            yield Row(row.file, row.line, cells)


def read_wikidata(cells: Mapping[str, Any], reading: Reading) -> EntityRecord | Triple | Relation:
    """The record of a row, of a property also the relation.

    Raises RecordError, or UnknownRelationError.
    """
    if "property" in cells:
        return _relation(cells, reading)
    if "redirect" in cells:
        triple: Cells = {
            "head": cells.get("entity"),
            "relation": "owl:sameAs",
            "tail": cells["redirect"],
        }
        return read_triple(triple, reading.vocabulary, reading.naming)
    if "claims" in cells:
        return _triple(cells, reading)
    return _entity(cells, reading)


# ------------------------------------------------------------------ a document taken apart


def _sayings(document: Mapping[str, Any], reading: Reading) -> Iterator[Mapping[str, Any]]:
    claims = document.get("claims")
    known = {name: document[name] for name in ("type", "id", "modified") if name in document}
    if document.keys() & {"redirect", "property"} or not isinstance(claims, dict | list | None):
        yield document
        return
    if claims is None or any(name in document for name in _NAMES):
        names = {name: document[name] for name in _NAMES if name in document}
        yield {**known, **names}
        if document.get("type") == "property" and "id" in document:
            yield {"property": document["id"], **names}
    # An entity without statements has an empty list where others have an object.
    for property, statements in claims.items() if isinstance(claims, dict) else ():
        if not isinstance(statements, list):
            yield {**known, "claims": {property: statements}}
            continue
        for together in _by_value(_wanted(statements, reading)):
            yield {**known, "claims": {property: together}}


def _wanted(statements: Sequence[Any], reading: Reading) -> list[Any]:
    """Those of one property that are to be loaded: of the best rank, and with a value."""
    passed_over = reading.noticed.passed_over
    ranked = [(one, _rank(one)) for one in statements]
    best = min((rank for _, rank in ranked if rank < _RANKS.index("deprecated")), default=0)
    kept = []
    for statement, rank in ranked:
        if not reading.every_rank and rank != best:
            passed_over[f"{_RANKS[rank]}_rank"] += 1
        elif _snak_type(statement) in _VALUELESS:
            passed_over["no_value"] += 1
        else:
            kept.append(statement)
    return kept


def _rank(statement: Any) -> int:
    rank = statement.get("rank") if isinstance(statement, dict) else None
    return _RANKS.index(rank) if rank in _RANKS else _RANKS.index("normal")


def _snak_type(statement: Any) -> Any:
    snak = statement.get("mainsnak") if isinstance(statement, dict) else None
    return snak.get("snaktype") if isinstance(snak, dict) else None


def _by_value(statements: Iterable[Any]) -> Iterable[list[Any]]:
    """The statements in groups that say the same triple."""
    found: dict[bytes, list[Any]] = {}
    for statement in statements:
        snak = statement.get("mainsnak") if isinstance(statement, dict) else statement
        value = snak.get("datavalue") if isinstance(snak, dict) else snak
        key = orjson.dumps(_cells_or_none(value) or value, option=orjson.OPT_SORT_KEYS)
        found.setdefault(key, []).append(statement)
    return found.values()


def _cells_or_none(value: Any) -> Cells | None:
    try:
        return value_cells(value)
    except RecordError:
        return None


# ------------------------------------------------------------------ what a row says


def _relation(cells: Mapping[str, Any], reading: Reading) -> Relation:
    """A property as a relation of the vocabulary: what it is called, and what Wikidata means."""
    entity = _entity({**cells, "id": cells["property"]}, replace(reading, naming=Naming()))
    known = _MEANINGS.get(entity.id, Relation(entity.id, entity.id))
    return replace(known, label=entity.label or entity.id, description=entity.description or "")


def _entity(cells: Mapping[str, Any], reading: Reading) -> EntityRecord:
    languages = (*(reading.languages or (reading.language,)), _ANY_LANGUAGE)
    labels = _by_language(cells, "labels")
    descriptions = _by_language(cells, "descriptions")
    spoken = next((one for one in languages if one in labels), None)
    label = None if spoken is None else labels[spoken]
    others = {labels[one] for one in languages if one in labels}
    aliases = _aliases(cells, languages)
    record = {
        "id": cells.get("id"),
        "label": label,
        "aliases": sorted((others | aliases) - {label}),
        "description": next((descriptions[one] for one in languages if one in descriptions), None),
        "language": None if spoken == _ANY_LANGUAGE else spoken,
        "modified": cells.get("modified"),
    }
    return read_entity(record, reading.naming)


def _by_language(cells: Mapping[str, Any], name: str) -> Mapping[str, str]:
    # What is empty is a list there, and no object.
    given = cells.get(name) or {}
    try:
        return {language: _text(one["value"]) for language, one in given.items()}
    except (AttributeError, KeyError, TypeError) as error:
        message = f"not a text in each language: {str(given)[:200]}"
        raise RecordError(Reason.WRONG_TYPE, message, name) from error


def _aliases(cells: Mapping[str, Any], languages: Sequence[str]) -> set[str]:
    given = cells.get("aliases") or {}
    try:
        return {_text(one["value"]) for language in languages for one in given.get(language, ())}
    except (AttributeError, KeyError, TypeError) as error:
        message = f"not a list of texts in each language: {str(given)[:200]}"
        raise RecordError(Reason.WRONG_TYPE, message, "aliases") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _triple(cells: Mapping[str, Any], reading: Reading) -> Triple:
    property, statements = _claim(cells["claims"])
    return read_triple(
        {
            "head": cells.get("id"),
            "relation": property,
            **value_cells(statements[0].get("mainsnak", {}).get("datavalue")),
            "retrieved_at": cells.get("modified"),
            "qualifiers": [list(_qualifiers(one)) for one in statements],
        },
        reading.vocabulary,
        reading.naming,
    )


def _claim(claims: Any) -> tuple[str, Sequence[Mapping[str, Any]]]:
    if isinstance(claims, dict) and len(claims) == 1:
        [(property, statements)] = claims.items()
        if isinstance(statements, list) and statements and _are_statements(statements):
            return property, statements
    raise RecordError(Reason.WRONG_TYPE, "not statements of one property", "claims")


def _are_statements(found: Sequence[Any]) -> bool:
    return all(isinstance(one, dict) and isinstance(one.get("mainsnak"), dict) for one in found)


def _qualifiers(statement: Mapping[str, Any]) -> Iterator[Cells]:
    given = statement.get("qualifiers") or {}
    if not isinstance(given, dict):
        raise RecordError(Reason.WRONG_TYPE, "not qualifiers by property", "claims")
    for property, snaks in given.items():
        for snak in snaks if isinstance(snaks, list) else [snaks]:
            if not isinstance(snak, dict):
                raise RecordError(Reason.WRONG_TYPE, "not a qualifier of Wikidata", "claims")
            if snak.get("snaktype") not in _VALUELESS:
                yield {"relation": property, **value_cells(snak.get("datavalue"))}
