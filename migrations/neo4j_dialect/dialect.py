"""The dialect: what SQLAlchemy and alembic ask of a database they do not know.

Everything here is one of their extension points for third parties: a SQLAlchemy dialect with its
own compilers and driver, and alembic's DefaultImpl with its hooks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from alembic.ddl.impl import DefaultImpl
from sqlalchemy import URL, Column, Connection, MetaData, String, Table, create_engine
from sqlalchemy.dialects import registry
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.pool import StaticPool

from kgservice.graph.client import Address, Graph
from migrations.neo4j_dialect import dbapi
from migrations.neo4j_dialect.compiler import CypherCompiler, CypherDDLCompiler

registry.register("neo4j", __name__, "Neo4jDialect")


class Neo4jDialect(DefaultDialect):
    """Neo4j, as far as alembic needs a dialect."""

    name = "neo4j"
    driver = "graph"
    statement_compiler = CypherCompiler
    ddl_compiler = CypherDDLCompiler
    supports_statement_cache = True
    supports_sane_rowcount = True

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        """The driver that SQLAlchemy uses."""
        return dbapi

    def has_table(self, *args: Any, **kwargs: Any) -> bool:
        """Always: any label can be read. The constraint on it is made with the lock's."""
        return True

    def get_isolation_level_values(self, dbapi_conn: Any) -> list[Any]:
        """Each statement is its own transaction, whatever is asked for."""
        return ["AUTOCOMMIT"]

    def get_isolation_level(self, dbapi_connection: Any) -> Any:
        """The only one there is."""
        return "AUTOCOMMIT"

    def set_isolation_level(self, dbapi_connection: Any, level: Any) -> None:
        """Nothing to set."""


class Neo4jImpl(DefaultImpl):
    """What alembic does differently on Neo4j."""

    __dialect__ = "neo4j"
    transactional_ddl = False

    def version_table_impl(self, *, version_table: str, **kwargs: Any) -> Table:
        """One column without a primary key: Neo4j's key is the constraint."""
        return Table(version_table, MetaData(), Column("version_num", String(32)))

    def static_output(self, text: str) -> None:
        """Write a part of a script for cypher-shell, whose comments begin with slashes."""
        super().static_output("//" + text.removeprefix("--") if text.startswith("--") else text)


@contextmanager
def connected(graph: Graph, address: Address) -> Iterator[Connection]:
    """A SQLAlchemy connection to a graph that is open; the address is only for display."""
    place = urlsplit(address.uri)
    engine = create_engine(
        URL.create("neo4j", host=place.hostname, port=place.port, database=address.database),
        creator=lambda: dbapi.Connection(graph),
        poolclass=StaticPool,
    )
    with engine.connect() as connection:
        yield connection


def graph_of(connection: Connection) -> Graph:
    """The graph behind a SQLAlchemy connection that `connected` made."""
    driver_connection = connection.connection.driver_connection
    assert isinstance(driver_connection, dbapi.Connection)
    return driver_connection.graph
