from __future__ import annotations

from kgservice.graph.client import Graph


def test_a_test_may_leave_anything_behind(graph: Graph) -> None:
    graph.run("CREATE CONSTRAINT one FOR (n:Thing) REQUIRE n.id IS UNIQUE")
    graph.run("CREATE FULLTEXT INDEX two FOR (n:Thing) ON EACH [n.name]")
    graph.run("CREATE (:Thing {id: 'a'})-[:LIKES]->(:Thing {id: 'b'})")


def test_the_next_test_finds_an_empty_graph(graph: Graph) -> None:
    assert graph.rows("MATCH (n) RETURN count(n)") == [[0]]
    assert graph.rows("SHOW CONSTRAINTS YIELD name") == []
    assert graph.rows("SHOW INDEXES YIELD type") == [["LOOKUP"], ["LOOKUP"]]
