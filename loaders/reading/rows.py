"""Lines into rows: a row is a JSON object or the named cells of a table, with its place."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import orjson

from kgservice.errors import ConfigurationError
from loaders.reading.rejection import Reason, RecordError, Rejection
from loaders.reading.sources import MAX_LINE_BYTES, Source, lines

#: Headers of other tools, and the columns that they mean.
_KNOWN_HEADERS: tuple[Mapping[str, str], ...] = (
    {"subject": "head", "predicate": "relation", "object": "tail"},
    {"node1": "head", "label": "relation", "node2": "tail"},
    {"source": "head", "type": "relation", "target": "tail"},
    {"h": "head", "r": "relation", "t": "tail"},
)
#: What is deeper could not be written to the quarantine: orjson ends at 254.
_MAX_DEPTH = 200
_QUARANTINE_KEYS = {one.name for one in fields(Rejection)}
TRIPLE_COLUMNS = ("head", "relation", "tail")


#: Reads a record from its text, or null where it states nothing; raises RecordError.
AsText = Callable[[str], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Row:
    """A record before its fields are checked; `line` counts from 1."""

    file: str
    line: int
    cells: Mapping[str, Any]


def json_rows(
    source: Source, *, array: bool = False, otherwise: AsText | None = None
) -> Iterator[Row | Rejection]:
    """The objects of a JSON Lines file; blank lines are passed over.

    An `array` may also have its brackets on lines of their own and a comma behind each object.
    `otherwise` reads the records of a quarantine that are texts and not objects.
    """
    for line in lines(source):
        content = line.content
        if array and content is not None:
            content = content.strip().removesuffix(b",")
            content = b"" if content in (b"[", b"]") else content
        if content is not None and not content.strip():
            continue
        try:
            yield Row(source.name, line.number, _unwrapped(_object(_present(content)), otherwise))
        except RecordError as error:
            text = readable(line.content)[0].removesuffix("\r") or None
            yield rejected(source, line.number, error, text)


def table_rows(
    source: Source, separator: str, columns: Mapping[str, str | int] | None
) -> Iterator[Row | Rejection]:
    """The cells of a TSV file, taken literally, or of a CSV file with the quoting of RFC 4180.

    `columns` says which of our columns is which of theirs, by header or by number from 1; without
    it known headers are recognised, and else the first three columns are head, relation and tail.
    Raises ConfigurationError where the file has no such column.
    """
    header: _Header | None = None
    for line in _csv_lines(source) if separator == "," else tsv_lines(source):
        if line.fault is not None:
            yield rejected(source, line.number, line.fault, line.text)
            continue
        if header is None:
            header = _header(line.cells, columns)
            if header.width is not None:
                continue
        if fault := header.fault(line.cells):
            yield rejected(source, line.number, fault, line.text)
            continue
        cells = {name: cell for name, cell in zip(header.names, line.cells, strict=False) if name}
        yield Row(source.name, line.number, cells)


def _present(content: bytes | None) -> bytes:
    if content is None:
        message = f"a line of more than {MAX_LINE_BYTES:,} bytes: is a line break missing?"
        raise RecordError(Reason.LINE_TOO_LONG, message)
    return content


def _object(content: bytes) -> Mapping[str, Any]:
    if _is_deep(content):
        message = f"nested more than {_MAX_DEPTH} deep"
        raise RecordError(Reason.INVALID_JSON, message)
    try:
        parsed = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise RecordError(Reason.INVALID_JSON, str(error)) from error
    if not isinstance(parsed, dict):
        message = f"a record is a JSON object, and this is a {type(parsed).__name__}"
        raise RecordError(Reason.NOT_AN_OBJECT, message)
    return parsed


def _is_deep(content: bytes) -> bool:
    # Nearly every line has fewer brackets than would do harm, and is not looked at a second time.
    if content.count(b"[") + content.count(b"{") <= _MAX_DEPTH:
        return False
    depth = deepest = 0
    for bracket in re.findall(rb'"(?:[^"\\]|\\.)*"|[\[{\]}]', content):
        if bracket in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in b"]}":
            depth -= 1
    return deepest > _MAX_DEPTH


def _unwrapped(cells: Mapping[str, Any], otherwise: AsText | None) -> Mapping[str, Any]:
    """The record in a line of a quarantine file: mended, it loads by the command it came from."""
    if cells.keys() != _QUARANTINE_KEYS:
        return cells
    record = cells["record"]
    if isinstance(record, str) and otherwise is not None and not record.lstrip().startswith("{"):
        record = otherwise(record)
    if isinstance(record, str):
        return _object(record.encode(errors="surrogatepass"))
    if not isinstance(record, dict):
        raise RecordError(Reason.NOT_AN_OBJECT, "the record is not an object", "record")
    return record


@dataclass(frozen=True, slots=True)
class TableLine:
    """A row of a table with its text, and why it cannot be loaded where that is plain already."""

    number: int
    cells: Sequence[str]
    text: str
    fault: RecordError | None


def tsv_lines(source: Source) -> Iterator[TableLine]:
    """The lines of a TSV file, taken apart at its tabs."""
    for line in lines(source):
        text, fault = readable(line.content)
        text = text.removesuffix("\r")
        if text or fault:
            yield TableLine(line.number, text.split("\t"), text, fault)


def _csv_lines(source: Source) -> Iterator[TableLine]:
    texts: list[str] = []
    faults: list[RecordError] = []

    def physical_lines() -> Iterator[str]:
        # A fault must not end the generator: the reader would take it for the end of the file.
        for line in lines(source):
            text, fault = readable(line.content)
            texts.append(text)
            faults.extend([fault] if fault else [])
            yield text + "\n"

    reader = csv.reader(physical_lines(), strict=True)
    while True:
        begun = reader.line_num + 1
        cells: Sequence[str] = ()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            what = str(error).partition(" - ")[0]
            faults.append(RecordError(Reason.WRONG_COLUMNS, f"not CSV: {what}"))
        if cells or faults:
            text = "\n".join(texts).removesuffix("\r")
            yield TableLine(begun, cells, text, faults[0] if faults else None)
        texts.clear()
        faults.clear()


def readable(content: bytes | None) -> tuple[str, RecordError | None]:
    """A line as text; what is not UTF-8 is written with backslashes, and is a fault."""
    try:
        return _present(content).decode(), None
    except UnicodeDecodeError as error:
        message = f"not UTF-8 at byte {error.start + 1} of the line"
        fault = RecordError(Reason.BAD_ENCODING, message)
        return (content or b"").decode(errors="backslashreplace"), fault
    except RecordError as error:
        return "", error


@dataclass(frozen=True, slots=True)
class _Header:
    """Our name for each of their columns (empty: none); `width` is null where no row names them."""

    names: Sequence[str]
    width: int | None

    def fault(self, cells: Sequence[str]) -> RecordError | None:
        """Why these cells are not a row under this header."""
        if len(cells) < len(self.names):
            message = f"{len(cells)} columns where {len(self.names)} are expected"
            return RecordError(Reason.WRONG_COLUMNS, message)
        if self.width is not None and any(cells[self.width :]):
            # A separator within a text has moved the cells behind it.
            message = f"{len(cells)} columns under a header of {self.width}"
            return RecordError(Reason.WRONG_COLUMNS, message)
        return None


def renamed(theirs: Sequence[str], wanted: Mapping[str, str | int] | None) -> Sequence[str] | None:
    """Our names for columns that they call so, or null where none of them says anything.

    A column that is not wanted is called by the empty text; behind the last one there are none.
    Raises ConfigurationError where a wanted column is not there.
    """
    if wanted:
        return _chosen(theirs, wanted)
    plain = [name.strip().lower() for name in theirs]
    for known in _KNOWN_HEADERS:
        if set(known) <= set(plain):
            return [known.get(name, name) for name in plain]
    return plain if {"head", "relation"} <= set(plain) or "id" in plain else None


def _header(first: Sequence[str], wanted: Mapping[str, str | int] | None) -> _Header:
    names = renamed(first, wanted)
    if names is None:
        return _Header(TRIPLE_COLUMNS, None)
    by_number = wanted and not any(isinstance(one, str) for one in wanted.values())
    return _Header(names, None if by_number else len(first))


def _chosen(first: Sequence[str], wanted: Mapping[str, str | int]) -> Sequence[str]:
    names = [""] * len(first)
    for ours, theirs in wanted.items():
        if isinstance(theirs, str):
            if theirs not in first:
                message = f"no column {theirs!r}; the file has {', '.join(first)}"
                raise ConfigurationError(message)
            names[first.index(theirs)] = ours
        elif not 1 <= theirs <= len(first):
            raise ConfigurationError(f"no column {theirs}; the file has {len(first)}")
        else:
            names[theirs - 1] = ours
    while names and not names[-1]:
        names.pop()
    return names


def rejected(source: Source, number: int, error: RecordError, record: Any) -> Rejection:
    """The rejection of a record in its place."""
    return Rejection(source.name, number, error.field, error.reason, str(error), record)
