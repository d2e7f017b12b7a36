"""The whole graph as import files: what is ours of it, as it is stored, bookkeeping too.

The change log stays behind, for it is about the graph that it stands in: who follows the copy takes
an export of it first. What others keep in the same database stays behind as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph_schema.ddl import FIXED_ITEMS, Kind
from graph_schema.identifiers import Identifier
from kgservice.errors import ExportBrokenError
from kgservice.exporting.import_files import ImportFiles
from kgservice.graph.cypher import copying
from kgservice.graph.cypher.bookkeeping import READ_DATA_VERSION
from kgservice.graph.store import Reads

ARGUMENTS = "import.args"

#: Nodes of a page: at 5,000 with their statements Neo4j needs some 30 MB.
_PAGE = 5_000
_LEFT_BEHIND = frozenset({"__Change", "__Claim"})
_ID = Identifier("id")


@dataclass(frozen=True, slots=True)
class Copied:
    """What was written, of which data version."""

    nodes: int
    relationships: int
    data_version: int


def copy(graph: Reads, directory: Path, advance: Callable[[int], None]) -> Copied:
    """Write the graph into files in an empty directory; told how many more are written.

    Nothing may be loaded meanwhile: a change of the data version raises ExportBrokenError.
    """
    version = graph.value(READ_DATA_VERSION)
    files = ImportFiles(directory)
    for labels, properties in graph.value(copying.SCHEMA_NODES):
        files.node(f"schema {files.nodes}", labels, properties)
    for label in _labels():
        for page in _pages(graph, label):
            for _, labels, properties in page:
                files.node(_place(label, _key(label, properties)), labels, properties)
            if label == "Entity":
                _add_relationships(graph, [row[0] for row in page], files)
            advance(len(page))
    for label, below, properties, above in graph.value(copying.VOCABULARY_RELATIONSHIPS):
        files.relationship(_place(label, below), "SUB_OF", _place(label, above), properties)
    arguments = files.finish()
    (directory / ARGUMENTS).write_text("".join(f"{one}\n" for one in arguments), "utf-8")
    _refuse_moved(version, graph.value(READ_DATA_VERSION))
    return Copied(files.nodes, files.relationships, version)


def _labels() -> list[Identifier]:
    """The labels whose nodes are ours, each node under one of them."""
    unique = {one.label for one in FIXED_ITEMS if one.kind is Kind.NODE_UNIQUE}
    return sorted({*unique, Identifier("Assertion")} - _LEFT_BEHIND)


def _pages(graph: Reads, label: Identifier) -> Iterator[list[list[Any]]]:
    after, text = "", copying.page_of(label, _ID)
    while page := graph.value(text, {"after": after, "limit": _PAGE}):
        yield page
        after = page[-1][0]


def _add_relationships(graph: Reads, ids: list[str], files: ImportFiles) -> None:
    for id, type, properties, other, literal in graph.value(copying.RELATIONSHIPS_OF, {"ids": ids}):
        if literal is not None:
            end = f"literal {properties['id']}"
            files.node(end, ["Literal"], literal)
        else:
            end = _place("Entity", other)
        files.relationship(_place("Entity", id), type, end, properties)


def _key(label: str, properties: Mapping[str, Any]) -> str:
    """What tells a node from others of its label: data sets may use each other's assertion ids."""
    id: str = properties["id"]
    return f"{id} {properties['dataset']}" if label == "Assertion" else id


def _place(label: str, key: str) -> str:
    return f"{label} {key}"


def _refuse_moved(before: int, after: int) -> None:
    if before != after:
        raise ExportBrokenError(
            f"the graph went from data version {before} to {after} while it was written: "
            "end the loads, and run this again"
        )
