"""What a revision can do, run on a real graph, and run again after it failed half way."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.util import CommandError
from migration_project import Project

import migrations
from kgservice.errors import MigrationError
from kgservice.graph.client import Graph
from migrations.neo4j_dialect.comparison import shown

INDEX = "op.create_schema_item('made', 'RANGE', 'Made', ['id'])"


@pytest.fixture
def begun(project: Project) -> Project:
    command.stamp(project.config(), "0001")
    return project


def test_a_revision_that_fails_half_way_and_is_mended(begun: Project, graph: Graph) -> None:
    first = "op.cypher('UNWIND $ids AS id MERGE (:Made {id: id})', {'ids': [1, 2]})"
    begun.revision("0002", upgrade=f"{INDEX}\n    {first}\n    op.cypher('RETURN 1 / 0')")
    with pytest.raises(CommandError, match=r"RETURN 1 / 0: .*by zero"):
        command.upgrade(begun.config(), "head")
    assert migrations.current(graph) == ("0001",)
    assert graph.rows("MATCH (x:Made) RETURN count(x)") == [[2]]

    begun.revision("0002", upgrade=f"{INDEX}\n    {first}")
    command.upgrade(begun.config(), "head")
    assert migrations.current(graph) == ("0002",)
    assert graph.rows("MATCH (x:Made) RETURN count(x)") == [[2]]


def test_data_that_forbids_a_constraint_is_named(begun: Project, graph: Graph) -> None:
    graph.run("CREATE (:Made {id: 7}), (:Made {id: 7})")
    begun.revision("0002", upgrade=INDEX.replace("RANGE", "UNIQUENESS"))
    with pytest.raises(CommandError, match=r"Made.*7"):
        command.upgrade(begun.config(), "head")


def test_a_name_that_something_else_has(begun: Project, graph: Graph) -> None:
    graph.run("CREATE INDEX made FOR (x:Customer) ON (x.id)")
    begun.revision("0002", upgrade=INDEX, downgrade=INDEX.replace("create", "drop"))
    with pytest.raises(CommandError, match="another constraint or index has that name"):
        command.upgrade(begun.config(), "head")
    command.stamp(begun.config(), "0002")
    command.downgrade(begun.config(), "0001")
    assert [item.label for item in shown(graph) if item.name == "made"] == ["Customer"]


def test_any_name_can_be_dropped(begun: Project, graph: Graph) -> None:
    graph.run("CREATE INDEX `by hand` FOR (x:Made) ON (x.id)")
    begun.revision("0002", upgrade="op.drop_schema_item('by hand', 'RANGE', 'Made', ['id'])")
    command.upgrade(begun.config(), "head")
    assert [item.name for item in shown(graph) if item.label == "Made"] == []


def test_an_index_is_ready_when_the_revision_is_done(begun: Project, graph: Graph) -> None:
    graph.run("UNWIND range(1, 20000) AS i CREATE (:Made {id: toString(i)})")
    begun.revision("0002", upgrade=INDEX.replace("RANGE", "FULLTEXT"))
    command.upgrade(begun.config(), "head")
    assert graph.rows("SHOW INDEXES YIELD name, state WHERE name = 'made' RETURN state") == [
        ["ONLINE"]
    ]


@pytest.mark.parametrize("unsafe", ["a`b", "a b", "", "ä"])
def test_no_text_becomes_an_identifier_by_itself(begun: Project, unsafe: str) -> None:
    begun.revision("0002", upgrade=f"op.create_schema_item('made', 'RANGE', {unsafe!r}, ['id'])")
    with pytest.raises(ValueError, match="not an identifier"):
        command.upgrade(begun.config(), "head")


def test_the_plain_execute_of_alembic(begun: Project, graph: Graph) -> None:
    begun.revision("0002", upgrade="op.execute('CREATE (:Made:Twice {text: \"a:b %s\"})')")
    command.upgrade(begun.config(), "head")
    assert graph.rows("MATCH (x:Made:Twice) RETURN x.text") == [["a:b %s"]]


def test_sqlalchemys_connection(begun: Project, graph: Graph) -> None:
    begun.revision(
        "0002",
        upgrade="""connection = op.get_bind()
    rows = connection.exec_driver_sql("UNWIND [1, 2, 3] AS x RETURN x, -x ORDER BY x")
    first, second = rows.fetchone(), rows.fetchmany(1)
    assert [first, second, rows.all()] == [(1, -1), [(2, -2)], [(3, -3)]]
    assert connection.exec_driver_sql("MATCH (x:Nobody) RETURN x").all() == []
    with op.get_context().autocommit_block():
        op.cypher("CREATE (:Made)")""",
    )
    command.upgrade(begun.config(), "head")
    assert graph.rows("MATCH (x:Made) RETURN count(x)") == [[1]]


def test_renames(begun: Project, graph: Graph) -> None:
    graph.run(
        "UNWIND range(1, 25000) AS i CREATE (:Old {was: i})-[:OLD_TYPE {id: i, w: 0.5}]->(:Other)"
    )
    begun.revision(
        "0002",
        upgrade="op.rename_label('Old', 'New')\n"
        "    op.rename_relationship_type('OLD_TYPE', 'NEW_TYPE')\n"
        "    op.rename_property('New', 'was', 'now')",
        downgrade="op.rename_label('New', 'Old')",
    )
    command.upgrade(begun.config(), "head")
    found = graph.rows(
        "MATCH (x:New)-[r:NEW_TYPE {w: 0.5}]->(:Other) WHERE x.now = r.id AND x.was IS NULL"
        " RETURN count(DISTINCT r.id)"
    )
    assert found == [[25000]]
    assert graph.rows("MATCH ()-[r:OLD_TYPE]->() RETURN count(r)") == [[0]]
    command.downgrade(begun.config(), "0001")
    assert graph.rows("MATCH (x:Old) WHERE NOT x:New RETURN count(x)") == [[25000]]


def test_an_error_keeps_its_cause(begun: Project) -> None:
    begun.revision("0002", upgrade="op.cypher('nonsense ' * 100)")
    with pytest.raises(CommandError) as refused:
        command.upgrade(begun.config(), "head")
    assert isinstance(refused.value.__cause__, MigrationError)
    assert "…" in str(refused.value)
