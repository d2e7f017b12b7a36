"""What the loaders need of a graph: something that runs texts of a closed set.

Neo4j is one (kgservice.graph.client). A graph that is staged for an import is another: it knows the
texts that loads are made of, and no Cypher.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, LiteralString, Protocol, TypeVar

from graph_schema.ddl import SchemaItem

T = TypeVar("T")
Parameters = dict[str, Any]


class Reads(Protocol):
    """Answers texts that read."""

    def value(self, text: LiteralString, parameters: Parameters | None = None) -> Any:
        """Run a query that returns one row of one column, and return that."""
        ...


class StoreTransaction(Reads, Protocol):
    """Work that is done wholly or not at all."""

    def run(self, text: LiteralString, parameters: Parameters | None = None) -> None:
        """Run a text for what it does."""
        ...


class Store(Reads, Protocol):
    """A graph that batches are written to."""

    def run(self, text: LiteralString, parameters: Parameters | None = None) -> object:
        """Run one text in a transaction of its own."""
        ...

    def write(self, work: Callable[[StoreTransaction], T], *, name: str) -> T:
        """Do work in one transaction, again from its start where this may help."""
        ...

    def define(self, item: SchemaItem) -> bool:
        """Make a constraint or an index, where it is missing; whether it was."""
        ...

    def holding(
        self, text: LiteralString, parameters: Parameters, *, seconds: float = 0.0
    ) -> AbstractContextManager[None]:
        """Keep the locks that a text takes for the length of a block."""
        ...
