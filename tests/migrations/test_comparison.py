"""What `alembic check` sees, and what it leaves alone."""

from __future__ import annotations

import pytest

import migrations
from graph_schema.ddl import expected_items, relation_item
from graph_schema.relations import BUILT_IN_RELATIONS
from kgservice.graph.client import Address, Graph
from migrations.neo4j_dialect.bookkeeping import prepare

OURS = [relation.id for relation in BUILT_IN_RELATIONS]


@pytest.fixture
def complete(graph: Graph) -> Graph:
    """A graph with the constraints and indexes alone: quicker than a migration."""
    for item in expected_items(OURS):
        graph.run(item.create())
    return graph


def names(items: tuple[object, ...]) -> list[str]:
    return [item.name for item in items]  # type: ignore[attr-defined]


def test_an_empty_database_lacks_everything(graph: Graph) -> None:
    found = migrations.check(graph)
    assert found
    assert found.missing == expected_items(OURS)
    assert found.unexpected == ()


def test_what_is_missing_and_what_is_too_many(complete: Graph) -> None:
    complete.run("DROP INDEX entity_names")
    complete.run("DROP CONSTRAINT statement_id_IS_A")
    complete.run("CREATE CONSTRAINT too_many FOR (x:Entity) REQUIRE x.description IS UNIQUE")
    complete.run("CREATE INDEX spare FOR (x:Product) ON (x.brand)")
    found = migrations.check(complete)
    assert names(found.missing) == ["entity_names", "statement_id_IS_A"]
    assert names(found.unexpected) == ["spare", "too_many"]


def test_the_relations_registered_in_the_graph_count(complete: Graph) -> None:
    complete.run("CREATE (:Relation {id: 'cast member'}), (:Relation {id: 'P161'}), (:Relation)")
    complete.run("CREATE (:EntityType {id: 'Film'})")
    complete.run("CREATE INDEX spare FOR (x:Film) ON (x.runtime)")
    found = migrations.check(complete)
    assert found.missing == (relation_item("P161"), relation_item("cast member"))
    assert names(found.unexpected) == ["spare"]


def test_names_do_not_matter(complete: Graph) -> None:
    complete.run("DROP CONSTRAINT entity_id")
    complete.run("CREATE CONSTRAINT `by hand` FOR (x:Entity) REQUIRE x.id IS UNIQUE")
    complete.run("DROP CONSTRAINT statement_id_IS_A")
    complete.run("CREATE CONSTRAINT other FOR ()-[x:IS_A]-() REQUIRE x.id IS UNIQUE")
    assert not migrations.check(complete)


THEIRS = [
    "CREATE CONSTRAINT theirs FOR (x:Customer) REQUIRE x.id IS UNIQUE",
    "CREATE CONSTRAINT theirs FOR ()-[x:BOUGHT]-() REQUIRE x.id IS UNIQUE",
    "CREATE INDEX theirs FOR (x:__Neo4jMigration) ON (x.version)",
    "CREATE INDEX theirs FOR ()-[x:IS_A]-() ON (x.plausibility)",
    "CREATE TEXT INDEX theirs FOR (x:Entity) ON (x.label)",
    "CREATE FULLTEXT INDEX theirs FOR (x:Entity|Customer) ON EACH [x.label]",
]


def test_what_is_not_ours_or_never_made_by_us_is_left_alone(complete: Graph) -> None:
    for number, theirs in enumerate(THEIRS):
        complete.run(theirs.replace("theirs", f"theirs_{number}"))
    prepare(complete)  # what the migrations keep for themselves
    assert not migrations.check(complete)


def test_a_database_whose_language_is_cypher_25(graph: Graph, address: Address) -> None:
    if not graph.server().cypher_25:
        pytest.skip("this server knows Cypher 5 alone")
    graph.run(f"ALTER DATABASE `{address.database}` SET DEFAULT LANGUAGE CYPHER 25")
    try:
        migrations.upgrade(address)
        assert not migrations.check(graph)
        migrations.migrate(migrations.Request(address), "base")
        assert len(migrations.check(graph).missing) == len(expected_items(OURS))
    finally:
        graph.run(f"ALTER DATABASE `{address.database}` SET DEFAULT LANGUAGE CYPHER 5")
