"""The formats: for each, how a row is read and how a batch of its records is applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kgservice.errors import ConfigurationError
from kgservice.vocabulary import Vocabulary
from loaders.reading.assertions import read_assertion
from loaders.reading.entities import from_table, read_entity
from loaders.reading.rejection import Rejection
from loaders.reading.rows import Row, json_rows, table_rows
from loaders.reading.sources import Source
from loaders.reading.triples import read_triple
from loaders.reading.vocabulary import map_rows, read_relation, read_type
from loaders.writing.assertions import apply_assertions
from loaders.writing.batch import Apply
from loaders.writing.records import apply_entities
from loaders.writing.triples import apply_triples

Columns = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a row depends on beside the row itself."""

    vocabulary: Vocabulary
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of record; `apply` is null for the vocabulary, which is not loaded in batches.

    `commonsense` says what a relation is that is registered while such records are loaded.
    """

    name: str
    file_types: tuple[str, ...]
    read: Callable[[Mapping[str, Any], Reading], Any]
    apply: Apply[Any] | None = None
    commonsense: bool = False


def _triple(cells: Mapping[str, Any], reading: Reading) -> Any:
    return read_triple(cells, reading.vocabulary, prefix=reading.prefix)


def _entity(cells: Mapping[str, Any], reading: Reading) -> Any:
    return read_entity(cells, prefix=reading.prefix)


def _assertion(cells: Mapping[str, Any], reading: Reading) -> Any:
    return read_assertion(cells, reading.vocabulary)


FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format("assertions", ("jsonl",), _assertion, apply_assertions, commonsense=True),
        Format("triples", ("tsv", "csv", "jsonl"), _triple, apply_triples),
        Format("entities", ("jsonl", "csv"), _entity, apply_entities),
        Format("types", ("jsonl", "json"), lambda cells, _: read_type(cells)),
        Format("relations", ("jsonl", "json"), lambda cells, _: read_relation(cells)),
    )
}


def rows(
    format: Format, source: Source, *, file_type: str | None = None, columns: Columns | None = None
) -> Iterator[Row | Rejection]:
    """The rows of a source; raises ConfigurationError where its type does not fit the format."""
    type = file_type or source.file_type
    if type not in format.file_types:
        allowed = ", ".join(format.file_types)
        what = f"is of type {type!r}" if type else "has no ending that tells its type"
        raise ConfigurationError(
            f"{source.name} {what}; {format.name} are read from {allowed} (name it with --as)"
        )
    match type:
        case "tsv":
            return table_rows(source, "\t", columns)
        case "csv":
            return _with_lists(format, table_rows(source, ",", columns))
        case "json":
            return map_rows(source)
        case _:
            return json_rows(source)


def _with_lists(format: Format, rows: Iterator[Row | Rejection]) -> Iterator[Row | Rejection]:
    if format.name != "entities":
        return rows
    return (
        Row(row.file, row.line, from_table(row.cells)) if isinstance(row, Row) else row
        for row in rows
    )
