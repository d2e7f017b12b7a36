"""The formats: for each, how a row is read and how a batch of its records is applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph_schema.relations import Relation
from kgservice.errors import ConfigurationError
from loaders.reading import entities, triples
from loaders.reading.assertions import read_assertion
from loaders.reading.conceptnet import conceptnet_rows, read_conceptnet
from loaders.reading.conceptnet_relations import CONCEPTNET_RELATIONS
from loaders.reading.folkscope import read_folkscope
from loaders.reading.n_triples import n_triples_cells, n_triples_rows
from loaders.reading.parquet import parquet_rows
from loaders.reading.rdf_relations import RDF_RELATIONS
from loaders.reading.rejection import Rejection
from loaders.reading.rows import Row, json_rows, table_rows
from loaders.reading.sources import Source
from loaders.reading.vocabulary import map_rows, read_relation, read_type
from loaders.reading.wanted import Reading
from loaders.reading.wikidata import WIKIDATA_RELATIONS, read_wikidata, wikidata_rows
from loaders.writing.assertions import Assertions
from loaders.writing.books import Book
from loaders.writing.records import EntityRecords
from loaders.writing.triples import Triples

Columns = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Format:
    """What files hold; `books` are those that its records go into, none for the vocabulary.

    `rows` is there for what a publisher writes in a way of its own, else the file's type decides.
    `commonsense` says what a relation is that is registered while such records are loaded;
    `relations` are those that the format brings itself, by every name of theirs: they are
    registered at their first use, unless the vocabulary has them already.
    """

    name: str
    file_types: tuple[str, ...]
    read: Callable[[Mapping[str, Any], Reading], Any]
    books: tuple[type[Book[Any]], ...] = ()
    rows: Callable[[Source, Reading, str], Iterator[Row | Rejection]] | None = None
    commonsense: bool = False
    relations: Mapping[str, Relation] = field(default_factory=dict)


def _named(relations: tuple[Relation, ...]) -> Mapping[str, Relation]:
    return {name: one for one in relations for name in (one.id, *one.aliases)}


def _triple(cells: Mapping[str, Any], reading: Reading) -> Any:
    record = triples.read_triple(cells, reading.vocabulary, reading.naming)
    reading.noticed.keys(cells, triples.FIELDS)
    return record


def _entity(cells: Mapping[str, Any], reading: Reading) -> Any:
    record = entities.read_entity(cells, reading.naming)
    reading.noticed.keys(cells, entities.FIELDS)
    return record


def _assertion(cells: Mapping[str, Any], reading: Reading) -> Any:
    return read_assertion(cells, reading.vocabulary, reading.naming)


FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format("assertions", ("jsonl", "parquet"), _assertion, (Assertions,), commonsense=True),
        Format(
            "triples",
            ("tsv", "csv", "jsonl", "parquet", "nt"),
            _triple,
            (Triples,),
            relations=_named(RDF_RELATIONS),
        ),
        Format("entities", ("jsonl", "parquet", "csv"), _entity, (EntityRecords,)),
        Format("types", ("jsonl", "json"), lambda cells, _: read_type(cells)),
        Format("relations", ("jsonl", "json"), lambda cells, _: read_relation(cells)),
        Format(
            "conceptnet",
            ("tsv", "csv", "txt", "jsonl"),
            read_conceptnet,
            (EntityRecords, Triples),
            rows=conceptnet_rows,
            relations=_named(CONCEPTNET_RELATIONS),
        ),
        Format(
            "wikidata",
            ("json", "jsonl"),
            read_wikidata,
            (EntityRecords, Triples),
            rows=wikidata_rows,
            relations=_named(WIKIDATA_RELATIONS),
        ),
        Format("folkscope", ("jsonl",), read_folkscope, (Assertions,)),
    )
}


def rows(
    format: Format,
    source: Source,
    reading: Reading,
    *,
    file_type: str | None = None,
    columns: Columns | None = None,
) -> Iterator[Row | Rejection]:
    """The rows of a source; raises ConfigurationError where its type does not fit the format."""
    type = file_type or source.file_type
    if type not in format.file_types:
        allowed = ", ".join(format.file_types)
        what = f"is of type {type!r}" if type else "has no ending that tells its type"
        raise ConfigurationError(
            f"{source.name} {what}; {format.name} are read from {allowed} (name it with --as)"
        )
    if format.rows is not None:
        return format.rows(source, reading, type)
    match type:
        case "tsv":
            return table_rows(source, "\t", columns)
        case "csv":
            return _with_lists(format, table_rows(source, ",", columns))
        case "parquet":
            return parquet_rows(source, columns, nested=format.name == "assertions")
        case "nt":
            return n_triples_rows(source)
        case "json":
            return map_rows(source)
        case _:
            as_text = n_triples_cells if format.name == "triples" else None
            return _renamed(json_rows(source, otherwise=as_text), columns)


def _renamed(rows: Iterator[Row | Rejection], columns: Columns | None) -> Iterator[Row | Rejection]:
    """Keys that are called otherwise; numbers mean nothing here, and our own names stay ours.

    So a quarantine of a table, in which our names stand, loads by the command of the table.
    """
    names = {theirs: ours for ours, theirs in (columns or {}).items() if isinstance(theirs, str)}
    if not names:
        return rows
    return (
        Row(row.file, row.line, _with_our_names(row.cells, names)) if isinstance(row, Row) else row
        for row in rows
    )


def _with_our_names(cells: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    if any(ours in cells for ours in names.values()):
        return cells
    return {names.get(name, name): value for name, value in cells.items()}


def _with_lists(format: Format, rows: Iterator[Row | Rejection]) -> Iterator[Row | Rejection]:
    if format.name != "entities":
        return rows
    return (
        Row(row.file, row.line, entities.from_table(row.cells)) if isinstance(row, Row) else row
        for row in rows
    )
