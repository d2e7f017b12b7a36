from __future__ import annotations

from emptying import empty_but_schema

import migrations
from kgservice.graph.client import Graph
from kgservice.local.instance import Running


def test_a_test_may_leave_anything_behind(graph: Graph) -> None:
    graph.run("CREATE CONSTRAINT one FOR (n:Thing) REQUIRE n.id IS UNIQUE")
    graph.run("CREATE FULLTEXT INDEX two FOR (n:Thing) ON EACH [n.name]")
    graph.run("CREATE (:Thing {id: 'a'})-[:LIKES]->(:Thing {id: 'b'})")


def test_the_next_test_finds_an_empty_graph(graph: Graph) -> None:
    assert graph.rows("MATCH (n) RETURN count(n)") == [[0]]
    assert graph.rows("SHOW CONSTRAINTS YIELD name") == []
    assert graph.rows("SHOW INDEXES YIELD type") == [["LOOKUP"], ["LOOKUP"]]


def everything(graph: Graph) -> list[object]:
    """Without the time at which the schema was made."""
    return [
        graph.rows(
            "MATCH (n) WHERE NOT n:__SchemaLog RETURN labels(n), properties(n) "
            "ORDER BY labels(n), n.id"
        ),
        graph.rows(
            "MATCH (a)-[r]->(b) RETURN a.id, type(r), b.id, properties(r) ORDER BY a.id, b.id"
        ),
        graph.rows("SHOW CONSTRAINTS YIELD name, labelsOrTypes, properties"),
        graph.rows("SHOW INDEXES YIELD name, state, labelsOrTypes, properties WHERE name > 'a'"),
    ]


def test_the_schema_stays_as_it_was_made(graph: Graph, server: Running) -> None:
    migrations.upgrade(server.address)
    made = everything(graph)
    empty_but_schema(graph, server.address)
    assert everything(graph) == made
    graph.run("CREATE CONSTRAINT one FOR (n:Thing) REQUIRE n.id IS UNIQUE")
    graph.run("CREATE INDEX two FOR (n:Thing) ON (n.name)")
    graph.run("CREATE (:Thing)-[:LIKES]->(:__DataVersion {id: 'now', version: 1})")
    graph.run("MATCH (r:Relation) SET r.count = 7, r.label = 'changed', r.more = 1")
    empty_but_schema(graph, server.address)
    assert everything(graph) == made
    for change in (
        "MATCH (r:Relation) WITH r LIMIT 1 DETACH DELETE r",
        "MATCH (r:Relation) WITH r LIMIT 1 SET r:Thing",
        "MATCH (:Relation)-[r:SUB_OF]->() WITH r LIMIT 1 DELETE r",
        "DROP CONSTRAINT entity_id",
    ):
        graph.run(change)
        empty_but_schema(graph, server.address)
        assert everything(graph) == made, change
    assert migrations.is_current(graph)
    assert not migrations.check(graph)
