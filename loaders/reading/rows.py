"""Lines into rows: a row is a JSON object or the named cells of a table, with its place."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import orjson

from loaders.reading.rejection import Reason, RecordError, Rejection
from loaders.reading.sources import MAX_LINE_BYTES, Source, lines

#: Headers of other tools, and the columns that they mean.
_KNOWN_HEADERS: tuple[Mapping[str, str], ...] = (
    {"subject": "head", "predicate": "relation", "object": "tail"},
    {"node1": "head", "label": "relation", "node2": "tail"},
    {"source": "head", "type": "relation", "target": "tail"},
    {"h": "head", "r": "relation", "t": "tail"},
)
_QUARANTINE_KEYS = {one.name for one in fields(Rejection)}
TRIPLE_COLUMNS = ("head", "relation", "tail")


@dataclass(frozen=True, slots=True)
class Row:
    """A record before its fields are checked; `line` counts from 1."""

    file: str
    line: int
    cells: Mapping[str, Any]


def json_rows(source: Source) -> Iterator[Row | Rejection]:
    """The objects of a JSON Lines file; blank lines are passed over."""
    for line in lines(source):
        if line.content is not None and not line.content.strip():
            continue
        try:
            yield Row(source.name, line.number, _unwrapped(_object(_present(line.content))))
        except RecordError as error:
            yield _rejected(source, line.number, error, line.content)


def table_rows(
    source: Source, separator: str, columns: Mapping[str, str | int] | None
) -> Iterator[Row | Rejection]:
    """The cells of a TSV file, taken literally, or of a CSV file with the quoting of RFC 4180.

    `columns` says which of our columns is which of theirs, by header or by number from 1; without
    it known headers are recognised, and else the first three columns are head, relation and tail.
    """
    names: Sequence[str] | None = None
    for number, cells in _cells(source, separator):
        if isinstance(cells, RecordError):
            yield _rejected(source, number, cells, None)
            continue
        if names is None:
            names, is_header = _columns(cells, columns)
            if is_header:
                continue
        if len(cells) < len(names):
            message = f"{len(cells)} columns where {len(names)} are expected"
            error = RecordError(Reason.WRONG_COLUMNS, message)
            yield _rejected(source, number, error, separator.join(cells).encode())
            continue
        row = {name: cell for name, cell in zip(names, cells, strict=False) if name}
        yield Row(source.name, number, row)


def _present(content: bytes | None) -> bytes:
    if content is None:
        message = f"a line of more than {MAX_LINE_BYTES:,} bytes: is a line break missing?"
        raise RecordError(Reason.LINE_TOO_LONG, message)
    return content


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        parsed = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise RecordError(Reason.INVALID_JSON, str(error)) from error
    if not isinstance(parsed, dict):
        message = f"a record is a JSON object, and this is a {type(parsed).__name__}"
        raise RecordError(Reason.NOT_AN_OBJECT, message)
    return parsed


def _unwrapped(cells: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record in a line of a quarantine file: mended, it loads by the command it came from."""
    if cells.keys() != _QUARANTINE_KEYS:
        return cells
    record = cells["record"]
    if isinstance(record, str):
        return _object(record.encode())
    if not isinstance(record, dict):
        raise RecordError(Reason.NOT_AN_OBJECT, "the record is not an object", "record")
    return record


def _cells(source: Source, separator: str) -> Iterator[tuple[int, list[str] | RecordError]]:
    if separator == ",":
        yield from _csv_cells(source)
        return
    for line in lines(source):
        if line.content == b"":
            continue
        try:
            yield line.number, _text(_present(line.content)).split(separator)
        except RecordError as error:
            yield line.number, error


def _csv_cells(source: Source) -> Iterator[tuple[int, list[str] | RecordError]]:
    begun = 1

    def texts() -> Iterator[str]:
        nonlocal begun
        for line in lines(source):
            yield _text(_present(line.content)) + "\n"

    reader = csv.reader(texts(), strict=True)
    while True:
        begun = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield begun, RecordError(Reason.WRONG_COLUMNS, f"not CSV: {error}")
            continue
        if cells:
            yield begun, cells


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        message = f"not UTF-8 at byte {error.start + 1} of the line"
        raise RecordError(Reason.BAD_ENCODING, message) from error


def _columns(
    first: Sequence[str], wanted: Mapping[str, str | int] | None
) -> tuple[Sequence[str], bool]:
    """Our name for each of their columns (empty: none), and whether the first row is a header."""
    theirs = [cell.strip().lower() for cell in first]
    if wanted:
        return _chosen(first, wanted)
    for known in _KNOWN_HEADERS:
        if set(known) <= set(theirs):
            return [known.get(name, name) for name in theirs], True
    if {"head", "relation"} <= set(theirs):
        return theirs, True
    if "id" in theirs:
        return theirs, True
    return TRIPLE_COLUMNS, False


def _chosen(first: Sequence[str], wanted: Mapping[str, str | int]) -> tuple[Sequence[str], bool]:
    names = [""] * len(first)
    is_header = False
    for ours, theirs in wanted.items():
        if isinstance(theirs, str):
            is_header = True
            if theirs not in first:
                message = f"no column {theirs!r}; the file has {', '.join(first)}"
                raise RecordError(Reason.WRONG_COLUMNS, message)
            names[first.index(theirs)] = ours
        elif not 1 <= theirs <= len(first):
            message = f"no column {theirs}; the file has {len(first)}"
            raise RecordError(Reason.WRONG_COLUMNS, message)
        else:
            names[theirs - 1] = ours
    return names, is_header


def _rejected(source: Source, number: int, error: RecordError, content: bytes | None) -> Rejection:
    text = None if content is None else content.decode(errors="backslashreplace")
    return Rejection(source.name, number, error.field, error.reason, str(error), text)
