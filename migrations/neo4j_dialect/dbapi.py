"""The graph as SQLAlchemy expects a database driver to look (PEP 249), for alembic alone.

Each statement is a transaction of its own, because Neo4j refuses a schema change and a data change
in one: commit and rollback have nothing to do. `Graph` gives rows without the names of their
columns, so columns are known by position, which is all that alembic uses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kgservice.errors import GraphError, GraphUnavailableError, MigrationError
from kgservice.graph.client import Graph, Row

apilevel = "2.0"
threadsafety = 0
paramstyle = "named"

#: Characters of a statement that an error shows: enough to know which one it was.
_SHOWN = 120


class Error(Exception):
    """Asked for by PEP 249 and never raised: the errors of `kgservice.errors` pass unchanged."""


class Connection:
    """A graph that is already open; closing it here leaves it open."""

    def __init__(self, graph: Graph):
        self.graph = graph

    def cursor(self) -> Cursor:
        """A cursor for one statement."""
        return Cursor(self.graph)

    def commit(self) -> None:
        """Nothing: each statement has committed itself."""

    def rollback(self) -> None:
        """Nothing: what has committed itself stays, so every statement can be run again."""

    def close(self) -> None:
        """Nothing: the graph belongs to whoever opened it."""


class Cursor:
    """Runs one statement and hands out its rows."""

    arraysize = 1

    def __init__(self, graph: Graph):
        self._graph = graph
        self._rows: list[Row] = []
        self.description: list[tuple[Any, ...]] | None = None
        self.rowcount = -1

    def execute(self, statement: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run a statement.

        Raises GraphUnavailableError, and MigrationError with Neo4j's own words when it refuses.
        """
        with in_their_words(statement):
            # What runs here is the code of a revision file or of this package.
            self._rows = self._graph.run(statement, dict(parameters or {}))
        width = len(self._rows[0]) if self._rows else 1
        self.description = [(str(column), *[None] * 6) for column in range(width)]
        self.rowcount = len(self._rows)

    def fetchone(self) -> Row | None:
        """The next row."""
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = arraysize) -> list[Row]:
        """The next rows."""
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    def fetchall(self) -> list[Row]:
        """All rows that are left."""
        rows, self._rows = self._rows, []
        return rows

    def close(self) -> None:
        """Forget the rows."""
        self._rows = []


@contextmanager
def in_their_words(statement: str) -> Iterator[None]:
    """Where Neo4j refuses a statement, raise MigrationError with its own words."""
    try:
        yield
    except GraphUnavailableError:
        raise
    except GraphError as error:
        raise MigrationError(f"{_shown(statement)}: {_reason(error)}") from error


def _shown(statement: str) -> str:
    text = " ".join(statement.split())
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _reason(error: GraphError) -> str:
    # The driver's error carries the server's sentence; ours does not, since it may reach a client.
    return getattr(error.__cause__, "message", None) or str(error)
