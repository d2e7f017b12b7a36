"""`--sql`: a script for cypher-shell that does what the upgrade would have done."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from migration_project import Project, empty

import migrations
from kgservice.graph.client import Address, Graph
from migrations.neo4j_dialect.cypher_shell import literal, script

GRAPH = """\
MATCH (x) WHERE NOT x:__SchemaLock
OPTIONAL MATCH (x)-[r]->(y)
RETURN labels(x), x {.*, at: 0, seconds: 0, by: 0, seq: 0, server_version: 0} AS properties,
       collect([type(r), y.id]) AS relationships"""
SCHEMA = "SHOW CONSTRAINTS YIELD name, type, labelsOrTypes, properties"


def feed(graph: Graph, text: str) -> None:
    """Run a script as cypher-shell does: line by line, statements until a `;` at a line's end."""
    parameters: dict[str, Any] = {}
    statement: list[str] = []
    for line in text.splitlines():
        if not statement and (not line.strip() or line.startswith("//")):
            continue
        if not statement and (found := re.fullmatch(r":param (\w+) => (.*)", line)):
            parameters[found[1]] = graph.rows("RETURN " + found[2])[0][0]
            continue
        statement.append(line)
        if line.endswith(";"):
            graph.run("\n".join(statement).removesuffix(";"), parameters)
            statement = []
    assert statement == []


def content(graph: Graph) -> list[str]:
    nodes = [row for row in graph.rows(GRAPH) if row[1].get("direction") != "claim"]
    shown = [row for row in graph.rows(SCHEMA) if not re.search("Lock|Log", row[0])]
    return sorted(str([row[0], sorted(row[1].items()), sorted(row[2])]) for row in nodes) + sorted(
        str(row) for row in shown
    )


def test_the_script_does_what_the_upgrade_does(graph: Graph, address: Address) -> None:
    migrations.upgrade(address)
    upgraded = content(graph)
    empty(graph)
    written = io.StringIO()
    migrations.script(written)
    feed(graph, written.getvalue())
    assert content(graph) == upgraded
    assert migrations.is_current(graph)
    assert not migrations.check(graph)
    assert migrations.upgrade(address) == ()


def test_the_stock_command_writes_it(project: Project) -> None:
    project.revision("0002", upgrade="op.cypher('MATCH (x) RETURN x // all')")
    written = project.alembic("upgrade", "0001:0002", "--sql")
    assert written.returncode == 0, written.stderr
    assert "// Running upgrade 0001 -> 0002" in written.stdout
    assert "MATCH (x) RETURN x // all\n;" in written.stdout
    assert "SET x.version_num = '0002'" in written.stdout


def test_down_and_stamp(project: Project, graph: Graph, capsys: pytest.CaptureFixture[str]) -> None:
    migrations.upgrade(project.address)
    command.downgrade(project.config(), "0001:base", sql=True)
    feed(graph, capsys.readouterr().out)
    assert migrations.current(graph) == ()
    assert graph.rows("MATCH (x:Relation) RETURN x") == []
    command.stamp(project.config(), "0001", sql=True)
    feed(graph, capsys.readouterr().out)
    assert migrations.current(graph) == ("0001",)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.from_regex(r"[a-z_][A-Za-z0-9_]{0,5}", fullmatch=True), inner)
    ),
    max_leaves=6,
)


@given(value=VALUES)
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_value_survives_as_a_literal(graph: Graph, value: object) -> None:
    written = literal(value)
    assert "\n" not in written
    assert graph.rows("RETURN " + written) == [[value]]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {"a b": 1}])
def test_what_has_no_literal(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        script("RETURN $x", {"x": value})
