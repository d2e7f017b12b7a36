"""ConceptNet into triples: the 100,000 of CN-100K, and the assertions of ConceptNet 5.

CN-100K is relation, head, tail, and its concepts are their own ids. A line of ConceptNet 5 is the
URIs of edge, relation, start and end, and a JSON object, between tabs in spite of its ending .csv;
a concept's URI is its id, and the text in it its label.
https://github.com/commonsense/conceptnet5/wiki/Downloads
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from kgservice.ledger.records import EntityRecord, Triple
from loaders.reading.rejection import Reason, RecordError, Rejection
from loaders.reading.rows import Row, TableLine, json_rows, rejected, tsv_lines
from loaders.reading.sources import Source
from loaders.reading.triples import read_triple
from loaders.reading.wanted import Reading

_EDGE = "/a/"
_RELATION = "/r/"
_CONCEPT = "/c/"
_COLUMNS = ("relation", "head", "tail")
_EDGE_COLUMNS = ("edge", *_COLUMNS, "details")

#: Concepts of which it is remembered that their label was given: a hub is named once and not with
#: each of its edges. What is forgotten is given again, and is unchanged then.
_REMEMBERED = 100_000


def conceptnet_rows(source: Source, reading: Reading, file_type: str) -> Iterator[Row | Rejection]:
    """The edges of a file, each of ConceptNet 5 with the names of its ends; or of a quarantine."""
    if file_type == "jsonl":
        yield from json_rows(source)
        return
    named: set[str] = set()
    for line in tsv_lines(source):
        try:
            cells = _cells(line)
        except RecordError as error:
            yield rejected(source, line.number, error, line.text)
            continue
        ends = [end for end in (cells["head"], cells["tail"]) if end.startswith(_CONCEPT)]
        if not _wanted(ends, reading.languages):
            reading.noticed.passed_over["other_language"] += 1
            continue
        yield Row(source.name, line.number, cells)
        for end in ends:
            if end not in named:
                named.add(end)
                yield Row(source.name, line.number, {"id": end})
        if len(named) > _REMEMBERED:
            named.clear()


def read_conceptnet(cells: Mapping[str, Any], reading: Reading) -> Triple | EntityRecord:
    """The triple of an edge, or the name of a concept.

    Raises RecordError, or UnknownRelationError for a relation that ConceptNet does not have.
    """
    if "id" in cells:
        return _concept(cells["id"], reading)
    relation = cells.get("relation")
    triple = {
        "head": cells.get("head"),
        "relation": relation.removeprefix(_RELATION) if isinstance(relation, str) else relation,
        **_object(cells.get("tail")),
        **_details(cells.get("details")),
    }
    return read_triple(triple, reading.vocabulary, reading.naming)


def _cells(line: TableLine) -> Mapping[str, str]:
    if line.fault is not None:
        raise line.fault
    if line.cells[0].startswith(_EDGE) and len(line.cells) == len(_EDGE_COLUMNS):
        return dict(zip(_EDGE_COLUMNS, line.cells, strict=True))
    # A fourth column of CN-100K is its mark of truth, which is 1 throughout.
    if not line.cells[0].startswith(_EDGE) and len(line.cells) in (3, 4):
        return dict(zip(_COLUMNS, line.cells, strict=False))
    message = f"{len(line.cells)} columns; an edge of ConceptNet 5 has 5, one of CN-100K has 3"
    raise RecordError(Reason.WRONG_COLUMNS, message)


def _wanted(concepts: Sequence[str], languages: Sequence[str] | None) -> bool:
    return languages is None or all(_language(one) in languages for one in concepts)


def _language(concept: str) -> str:
    return concept.removeprefix(_CONCEPT).partition("/")[0]


def _concept(uri: Any, reading: Reading) -> EntityRecord:
    id = reading.naming.id(uri, "id")
    language, _, rest = uri.removeprefix(_CONCEPT).partition("/")
    label = rest.partition("/")[0].replace("_", " ")
    return EntityRecord(id, label=label or None, language=language or None)


def _object(tail: Any) -> dict[str, Any]:
    if isinstance(tail, str) and tail.startswith(("http://", "https://")):
        return {"value": tail, "value_type": "text"}
    return {"tail": tail}


def _details(written: Any) -> dict[str, Any]:
    """Who says so, and how many of them."""
    if written is None:
        return {}
    try:
        details = orjson.loads(written)
        sources = details.get("sources") or ()
        return {"source": details.get("dataset"), "support": max(len(sources), 1)}
    except (orjson.JSONDecodeError, AttributeError, TypeError) as error:
        message = f"not the JSON object of an edge: {written!r}"
        raise RecordError(Reason.INVALID_JSON, message, "details") from error
