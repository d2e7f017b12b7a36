"""Files for `neo4j-admin database import full`: CSV, one for all rows that have the same columns.

A property that a node does not have is no column of its file, so that nothing stands for null. An
empty list cannot be said in these files: the node gets a mark, a label that names the property, and
`kgservice import` writes the list and takes the mark away.
Format: https://neo4j.com/docs/operations-manual/current/import/.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from graph_schema.identifiers import Identifier
from kgservice.errors import ExportBrokenError

#: Between the items of a list: the sign that ASCII has for that. A text that has it is refused.
_BETWEEN = "\x1f"
#: What marks of empty lists begin with.
EMPTY = "__Empty_"
#: The bytes as Java has them.
_SIGNED = [str(byte - 256 if byte > 127 else byte) for byte in range(256)]
#: Times that are read as texts; see kgservice.graph.cypher.copying.
_TIMES = frozenset({"moment", "updated_at"})
#: Rows that wait until they are written: signatures may be more than files can be open.
_WAITING = 5_000

#: What the files need; whoever imports them gives it to neo4j-admin.
OPTIONS = (
    "--id-type=string",
    "--array-delimiter=U+001F",
    "--multiline-fields=true",
    "--bad-tolerance=0",
)

#: The arguments that name a file.
_FILES = ("--nodes", "--relationships")

Properties = Mapping[str, Any]
#: Columns of a file: name and type of each.
_Signature = tuple[tuple[str, str], ...]


@runtime_checkable
class _Moment(Protocol):
    def iso_format(self) -> str: ...


@dataclass(slots=True)
class ImportFiles:
    """Files in an empty directory, growing; `nodes` and `relationships` count their rows."""

    directory: Path
    nodes: int = 0
    relationships: int = 0
    _names: dict[_Signature, str] = field(default_factory=dict)
    _rows: dict[_Signature, list[list[Any]]] = field(default_factory=dict)
    _waiting: int = 0

    def node(self, id: str, labels: Sequence[str], properties: Properties) -> None:
        """Add a node; `id` tells it from all other nodes, and is not stored."""
        known = {name: value for name, value in properties.items() if value is not None}
        empty = sorted(name for name, value in known.items() if value == [])
        marks = [Identifier(EMPTY + name) for name in empty]
        names = sorted(known.keys() - set(empty))
        columns = (("", "ID"), ("", "LABEL"), *((name, _type(name, known[name])) for name in names))
        values = [_shown(known[name]) for name in names]
        self._add(columns, [id, _shown([*sorted(labels), *marks]), *values])
        self.nodes += 1

    def relationship(self, start: str, type: str, end: str, properties: Properties) -> None:
        """Add a relationship between two nodes by their ids."""
        known = {name: value for name, value in properties.items() if value is not None}
        names = sorted(known)
        columns: _Signature = (("", "START_ID"), ("", "END_ID"), ("", "TYPE"))
        columns += tuple((name, _type(name, known[name])) for name in names)
        self._add(columns, [start, end, type, *(_shown(known[name]) for name in names)])
        self.relationships += 1

    def finish(self) -> Sequence[str]:
        """Write what waits; returns what neo4j-admin is told, with names within the directory."""
        self._write()
        arguments = [
            f"--{'nodes' if columns[0][1] == 'ID' else 'relationships'}={name}"
            for columns, name in self._names.items()
        ]
        return [*arguments, *OPTIONS]

    def _add(self, columns: _Signature, row: list[Any]) -> None:
        self._rows.setdefault(columns, []).append(row)
        self._waiting += 1
        if self._waiting >= _WAITING:
            self._write()

    def _write(self) -> None:
        for columns, rows in self._rows.items():
            name = self._names.get(columns)
            header: list[list[str]] = []
            if name is None:
                name = self._names[columns] = f"{len(self._names):04}-{columns[0][1].lower()}.csv"
                header = [[f"{column}:{type}" for column, type in columns]]
            path = self.directory / name
            with path.open("a", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(header)
                writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
                writer.writerows(rows)
        self._rows, self._waiting = {}, 0


def within(directory: Path, argument: str) -> str:
    """An argument of `finish` with its file in a directory, wherever neo4j-admin is run."""
    kind, equals, name = argument.partition("=")
    return f"{kind}{equals}{directory / name}" if kind in _FILES else argument


def _type(name: str, value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "long"
        case float():
            return "double"
        case str():
            return "datetime" if name in _TIMES else "string"
        case bytes():
            return "byte[]"
        case [first, *_]:
            return f"{_type('', first)}[]"
        case _Moment():
            return "datetime"
    raise ExportBrokenError(f"a property {name} of type {type(value).__name__} has no column type")


def _shown(value: Any) -> Any:
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int() | float():  # before the rest: to tell a _Moment takes 10 us
            return value
        case bytes():
            return _BETWEEN.join(map(_SIGNED.__getitem__, value))
        case list():
            items = [str(_shown(one)) for one in value]
            if items == [""] or any(_BETWEEN in one for one in items):
                raise ExportBrokenError(f"import files cannot hold the list {value!r}")
            return _BETWEEN.join(items)
        case _Moment():
            return value.iso_format()
    return value
