"""A staged graph: the door through which the loaders write it and the copy reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any, LiteralString, Self, TypeVar

from graph_schema.ddl import FIXED_ITEMS, Kind, SchemaItem
from graph_schema.entity_types import BUILT_IN_TYPES
from graph_schema.identifiers import Identifier, relationship_type_of
from graph_schema.nodes import relation_properties, type_properties
from graph_schema.relations import BUILT_IN_RELATIONS
from kgservice.graph.cypher import copying, loading
from kgservice.graph.cypher import vocabulary as vocabulary_texts
from kgservice.graph.store import StoreTransaction
from loaders.staging import describing, saying
from loaders.staging.describing import Meaning, Parameters
from loaders.staging.tables import Node, Tables

T = TypeVar("T")

#: The file in its directory.
FILE = "staged.sqlite"
_ID = Identifier("id")
#: Properties of bookkeeping that are times; those of statements and literals travel as texts.
_TIMES = frozenset({"started", "finished"})


class StagedGraph:
    """A graph in a directory; what was staged there before stays, and more comes beside it.

    >>> with StagedGraph.opened(Path("staged")) as graph:  # doctest: +SKIP
    ...     load(graph, order)
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._meanings: dict[str, Meaning] = _fixed()
        self._alone = RLock()
        self._within = _Within(self.value)

    @classmethod
    @contextmanager
    def opened(cls, directory: Path) -> Iterator[Self]:
        """The graph in a directory, for the length of a block; made, with the vocabulary."""
        directory.mkdir(parents=True, exist_ok=True)
        tables = Tables(directory / FILE)
        try:
            graph = cls(tables)
            if not tables.all("Relation"):
                graph.write(_begin, name="vocabulary")
            yield graph
        finally:
            tables.close()

    def value(self, text: LiteralString, parameters: Parameters | None = None) -> Any:
        """What a text returns; raises KeyError for a text that is none of the loaders'."""
        with self._alone:
            return self._meaning(text)(self._tables, parameters or {})

    def run(self, text: LiteralString, parameters: Parameters | None = None) -> None:
        """Do what a text does, in a transaction of its own."""
        self.write(lambda within: within.run(text, parameters), name="one")

    def write(self, work: Callable[[StoreTransaction], T], *, name: str) -> T:
        """Do work in one transaction."""
        del name
        with self._alone:
            self._tables.execute("BEGIN")
            try:
                done = work(self._within)
            except BaseException:
                self._tables.execute("ROLLBACK")
                raise
            self._tables.execute("COMMIT")
            return done

    def define(self, item: SchemaItem) -> bool:
        """Nothing: constraints are made when all is imported."""
        del item
        return False

    @contextmanager
    def holding(
        self, text: LiteralString, parameters: Parameters, *, seconds: float = 0.0
    ) -> Iterator[None]:
        """Nobody else is here to wait for."""
        del text, parameters, seconds
        yield

    def _meaning(self, text: str) -> Meaning:
        """The meaning of a text; those that name a relationship type come with their relations."""
        if text not in self._meanings:
            for relation in self._tables.all("Relation"):
                type = relationship_type_of(relation.id)
                self._meanings[loading.read_statements(type)] = describing.read_statements
                self._meanings[loading.update_statements(type)] = describing.update_statements
                self._meanings[loading.delete_statements(type)] = describing.delete_statements
        return self._meanings[text]


@dataclass(frozen=True, slots=True)
class _Within:
    """What work is given: the graph in its transaction."""

    value: Callable[..., Any]

    def run(self, text: LiteralString, parameters: Parameters | None = None) -> None:
        self.value(text, parameters)


def _begin(within: StoreTransaction) -> None:
    """What migrations bring into an empty graph."""
    relations = [relation_properties(one) for one in BUILT_IN_RELATIONS]
    within.run(vocabulary_texts.WRITE_RELATIONS, {"rows": relations})
    parents = [[one.id, list(one.parents)] for one in BUILT_IN_RELATIONS]
    within.run(vocabulary_texts.WRITE_RELATION_PARENTS, {"rows": parents})
    types = [type_properties(one) for one in BUILT_IN_TYPES]
    within.run(vocabulary_texts.WRITE_TYPES, {"rows": types})
    above = [[one.id, list(one.parents)] for one in BUILT_IN_TYPES]
    within.run(vocabulary_texts.WRITE_TYPE_PARENTS, {"rows": above})


# ------------------------------------------------------------------ as the copy reads it


@dataclass(frozen=True, slots=True)
class _Time:
    """A time of the bookkeeping, as import files take it."""

    text: str

    def iso_format(self) -> str:
        return self.text


def _page(label: Identifier, tables: Tables, parameters: Parameters) -> Any:
    nodes = tables.page(label, parameters["after"], parameters["limit"])
    return [[node.id, [label, *node.labels], _shown(node)] for node in nodes]


def _shown(node: Node) -> dict[str, Any]:
    return {
        name: _Time(value) if name in _TIMES else value for name, value in node.properties.items()
    }


def _relationships_of(tables: Tables, parameters: Parameters) -> Any:
    return [
        [id, one.type, one.properties, one.object, one.literal]
        for id in parameters["ids"]
        for one in tables.statements_of(id)
    ]


def _vocabulary_relationships(tables: Tables, _: Parameters) -> Any:
    return [
        [label, id, _origin(declared=declared, stated=stated), parent]
        for label in ("Relation", "EntityType")
        for id, parent, declared, stated in tables.parents(label)
    ]


def _origin(*, declared: bool, stated: bool) -> dict[str, bool | None]:
    """Absent: declared, and not stated."""
    return {"declared": None if declared else False, "stated": True if stated else None}


def _none(tables: Tables, parameters: Parameters) -> Any:
    del tables, parameters
    return []


def _fixed() -> dict[str, Meaning]:
    labels = {one.label for one in FIXED_ITEMS if one.kind is Kind.NODE_UNIQUE}
    return {
        **saying.TEXTS,
        **describing.TEXTS,
        **{
            copying.page_of(label, _ID): partial(_page, label)
            for label in {*labels, Identifier("Assertion")}
        },
        copying.SCHEMA_NODES: _none,
        copying.RELATIONSHIPS_OF: _relationships_of,
        copying.VOCABULARY_RELATIONSHIPS: _vocabulary_relationships,
    }
