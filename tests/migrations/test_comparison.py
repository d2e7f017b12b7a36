"""What `alembic check` sees, and what it leaves alone."""

from __future__ import annotations

import pytest

import migrations
from graph_schema.ddl import expected_items, relation_item
from graph_schema.relations import BUILT_IN_RELATIONS
from kgservice.graph.client import Graph

OURS = [relation.id for relation in BUILT_IN_RELATIONS]


@pytest.fixture
def complete(bare: Graph) -> Graph:
    """A graph with the constraints and indexes alone: quicker than a migration."""
    for item in expected_items(OURS):
        bare.run(item.create())
    return bare


def names(items: tuple[object, ...]) -> list[str]:
    return [item.name for item in items]  # type: ignore[attr-defined]


def test_an_empty_database_lacks_everything(bare: Graph) -> None:
    found = migrations.check(bare)
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


@pytest.mark.parametrize(
    "theirs",
    [
        "CREATE CONSTRAINT theirs FOR (x:Customer) REQUIRE x.id IS UNIQUE",
        "CREATE CONSTRAINT theirs FOR ()-[x:BOUGHT]-() REQUIRE x.id IS UNIQUE",
        "CREATE INDEX theirs FOR (x:__Neo4jMigration) ON (x.version)",
        "CREATE INDEX theirs FOR ()-[x:IS_A]-() ON (x.plausibility)",
        "CREATE TEXT INDEX theirs FOR (x:Entity) ON (x.label)",
        "CREATE FULLTEXT INDEX theirs FOR (x:Entity|Customer) ON EACH [x.label]",
    ],
)
def test_what_is_not_ours_or_never_made_by_us_is_left_alone(complete: Graph, theirs: str) -> None:
    complete.run(theirs)
    assert not migrations.check(complete)


def test_the_bookkeeping_of_the_migrations_is_known(complete: Graph) -> None:
    migrations.neo4j_dialect.bookkeeping.prepare(complete)
    assert not migrations.check(complete)


def test_both_languages_of_neo4j_read_the_same(complete: Graph) -> None:
    if not complete.server().cypher_25:
        pytest.skip("this server knows Cypher 5 alone")
    name = complete.rows("SHOW HOME DATABASE YIELD name")[0][0]
    complete.run(f"ALTER DATABASE `{name}` SET DEFAULT LANGUAGE CYPHER 25")
    try:
        assert not migrations.check(complete)
    finally:
        complete.run(f"ALTER DATABASE `{name}` SET DEFAULT LANGUAGE CYPHER 5")
