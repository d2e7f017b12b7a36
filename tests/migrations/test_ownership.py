"""Moving into a database where others live."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.util import CommandError
from migration_project import Project

import migrations
from kgservice.graph.client import Graph


def refusal(project: Project, **wishes: bool) -> str:
    with pytest.raises(CommandError) as refused:
        command.stamp(project.config(**wishes), "head")
    return str(refused.value)


def test_labels_and_counts_are_named_and_no_trace_is_left(project: Project, graph: Graph) -> None:
    graph.run("UNWIND range(1, 1200) AS i CREATE (:Customer)")
    graph.run("CREATE (:Order)-[:BY]->(:Order:Paid)")
    message = refusal(project)
    assert "Customer (1,200), Order (2), Paid (1)" in message
    assert "--beside" in message
    assert graph.rows("MATCH (x) WHERE labels(x)[0] STARTS WITH '__' RETURN x") == []
    assert graph.rows("SHOW CONSTRAINTS YIELD name") == []


def test_many_labels_and_none(project: Project, graph: Graph) -> None:
    graph.run("CREATE ()")
    assert "nodes without a label" in refusal(project)
    for i in range(12):
        graph.run(f"CREATE (:Kind{i:02})")
    assert "Kind09 (1) and 2 more labels" in refusal(project)


def test_beside_others(project: Project, graph: Graph) -> None:
    graph.run("CREATE (:Customer)-[:BOUGHT]->(:Thing)")
    command.stamp(project.config(beside=True), "head")
    command.stamp(project.config(), "base")  # asked once: now it is ours as well
    assert graph.rows("MATCH (x:Customer)-[:BOUGHT]->(:Thing) RETURN count(x)") == [[1]]


@pytest.mark.parametrize(
    ("theirs", "named"),
    [
        ("CREATE (:Product)", "Product (1)"),
        ("CREATE (:Entity), (:Entity)", "Entity (2)"),
        ("CREATE (:A)-[:IS_A]->(:B)", "-[:IS_A]- (1)"),
    ],
)
def test_not_beside_others_who_use_our_names(
    project: Project, graph: Graph, theirs: str, named: str
) -> None:
    graph.run("CREATE (:Customer)")
    graph.run(theirs)
    message = refusal(project, beside=True)
    assert named in message
    assert "Customer" not in message


def test_what_came_later_is_not_in_the_way(project: Project, graph: Graph) -> None:
    command.stamp(project.config(), "head")
    graph.run("CREATE (:Customer), (:Product)")
    command.stamp(project.config(), "base")
    command.stamp(project.config(), "head")
    assert migrations.current(graph) == ("0001",)


def test_a_first_migration_that_failed_half_way_goes_on(project: Project, graph: Graph) -> None:
    graph.run("CREATE CONSTRAINT taken FOR (x:EntityType) REQUIRE x.count IS UNIQUE")
    with pytest.raises(CommandError, match="EntityType"):
        command.upgrade(project.config(), "head")
    assert graph.rows("MATCH (x:Relation) RETURN count(x) > 0") == [[True]]
    assert migrations.current(graph) == ()
    graph.run("DROP CONSTRAINT taken")
    command.upgrade(project.config(), "head")
    assert migrations.is_current(graph)
    command.check(project.config())
