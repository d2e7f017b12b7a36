"""SQL to Cypher, for the four statements that alembic sends about the version table.

The version table is a label, its rows are nodes with a property `version_num`, its primary key is a
uniqueness constraint. SQLAlchemy writes the SQL, this module reads it back whole: a statement that
it does not know is refused, so an alembic that sends another one is noticed and not guessed at.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy.exc import CompileError
from sqlalchemy.sql.compiler import DDLCompiler, SQLCompiler

from graph_schema.identifiers import Identifier, quoted
from migrations.neo4j_dialect.bookkeeping import version_item

_TABLE = r'"?(?P<table>\w+)"?'
_COLUMN = r'(?:"?(?P=table)"?\.)?version_num'
_VALUE = r"'(?P<{}>[^'\\]+)'"

#: What SQLAlchemy writes, and the same in Cypher: rows come back where alembic counts them.
_STATEMENTS = (
    (
        rf'SELECT "?\w+"?\.version_num\s+FROM {_TABLE}',
        "MATCH (x:{label}) RETURN x.version_num ORDER BY x.version_num",
    ),
    (
        rf"INSERT INTO {_TABLE} \(version_num\) VALUES \({_VALUE.format('new')}\)",
        "MERGE (x:{label} {{version_num: '{new}'}})",
    ),
    (
        rf"UPDATE {_TABLE} SET version_num={_VALUE.format('new')}"
        rf" WHERE {_COLUMN} = {_VALUE.format('old')}",
        "MATCH (x:{label} {{version_num: '{old}'}}) SET x.version_num = '{new}' RETURN 1",
    ),
    (
        rf"DELETE FROM {_TABLE} WHERE {_COLUMN} = {_VALUE.format('old')}",
        "MATCH (x:{label} {{version_num: '{old}'}}) DELETE x RETURN 1",
    ),
    (rf"DELETE FROM {_TABLE}", "MATCH (x:{label}) DELETE x RETURN 1"),
)


def in_cypher(sql: str) -> str:
    """The Cypher for a statement about the version table; raises CompileError for any other.

    >>> in_cypher("DELETE FROM heads WHERE heads.version_num = '0001'")
    "MATCH (x:`heads` {version_num: '0001'}) DELETE x RETURN 1"
    """
    for pattern, cypher in _STATEMENTS:
        if found := re.fullmatch(pattern, sql):
            values = found.groupdict()
            return cypher.format(label=quoted(Identifier(values.pop("table"))), **values)
    raise CompileError(f"the Neo4j dialect has no Cypher for this statement: {sql}")


class CypherCompiler(SQLCompiler):
    """Statements: the version table's in Cypher, and text as it stands."""

    def visit_select(self, *args: Any, **kwargs: Any) -> str:
        """The heads."""
        return in_cypher(super().visit_select(*args, **kwargs))  # type: ignore[no-untyped-call]

    def visit_insert(self, *args: Any, **kwargs: Any) -> str:
        """A new head."""
        return in_cypher(super().visit_insert(*args, **kwargs))  # type: ignore[no-untyped-call]

    def visit_update(self, *args: Any, **kwargs: Any) -> str:
        """A head that moves."""
        return in_cypher(super().visit_update(*args, **kwargs))

    def visit_delete(self, *args: Any, **kwargs: Any) -> str:
        """A head that goes, or all of them."""
        return in_cypher(super().visit_delete(*args, **kwargs))  # type: ignore[no-untyped-call]

    def visit_textclause(self, textclause: Any, *args: Any, **kwargs: Any) -> str:
        """The text of `op.execute`: it is Cypher, where `:Label` is not a parameter."""
        self.isplaintext = True
        return str(textclause.text)


class CypherDDLCompiler(DDLCompiler):
    """Schema statements: alembic's own creates the version table."""

    def visit_create_table(self, create: Any, **kwargs: Any) -> str:
        """The constraint on the version label."""
        return version_item(create.element.name).create()
