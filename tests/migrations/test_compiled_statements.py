"""The SQL that alembic sends about its version table, pinned.

The dialect reads these statements back. An alembic or SQLAlchemy that sends others fails here, and
in the dialect with a refusal, before it could do harm.
"""

from __future__ import annotations

import re

import pytest
from alembic import command
from migration_project import Project
from sqlalchemy.exc import CompileError

from kgservice.graph.client import Graph
from migrations.neo4j_dialect import compiler

SENT = {
    'SELECT "__SchemaHead".version_num \nFROM "__SchemaHead"',
    "INSERT INTO \"__SchemaHead\" (version_num) VALUES ('?')",
    "UPDATE \"__SchemaHead\" SET version_num='?' WHERE \"__SchemaHead\".version_num = '?'",
    'DELETE FROM "__SchemaHead" WHERE "__SchemaHead".version_num = \'?\'',
    'DELETE FROM "__SchemaHead"',
}


def test_what_alembic_sends(
    project: Project, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    def recorded(sql: str) -> str:
        seen.add(re.sub("'[^']*'", "'?'", sql))
        return in_cypher(sql)

    seen: set[str] = set()
    in_cypher = compiler.in_cypher
    monkeypatch.setattr(compiler, "in_cypher", recorded)
    project.revision("left", "0001")
    project.revision("right", "0001")
    project.revision("both", ("left", "right"))
    command.stamp(project.config(), "0001")
    command.upgrade(project.config(), "left")
    command.upgrade(project.config(), "both")
    command.downgrade(project.config(), "right")
    command.stamp(project.config(), "left", purge=True)
    assert seen == SENT


@pytest.mark.parametrize(
    ("sql", "cypher"),
    [
        (
            'SELECT "H".version_num \nFROM "H"',
            "MATCH (x:`H`) RETURN x.version_num ORDER BY x.version_num",
        ),
        ("INSERT INTO h (version_num) VALUES ('1')", "MERGE (x:`h` {version_num: '1'})"),
        (
            "UPDATE h SET version_num='2' WHERE h.version_num = '1'",
            "MATCH (x:`h` {version_num: '1'}) SET x.version_num = '2' RETURN 1",
        ),
        (
            "DELETE FROM h WHERE h.version_num = '1'",
            "MATCH (x:`h` {version_num: '1'}) DELETE x RETURN 1",
        ),
        ("DELETE FROM h", "MATCH (x:`h`) DELETE x RETURN 1"),
    ],
)
def test_each_in_cypher(sql: str, cypher: str) -> None:
    assert compiler.in_cypher(sql) == cypher


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT h.version_num FROM h WHERE 1 = 1",
        "INSERT INTO h (version_num) VALUES ('it''s')",
        "INSERT INTO h (version_num) VALUES ('a\\')",
        "DELETE FROM h WHERE g.version_num = '1'",
        "DROP TABLE h",
    ],
)
def test_anything_else_is_refused(sql: str) -> None:
    with pytest.raises(CompileError, match="no Cypher"):
        compiler.in_cypher(sql)
