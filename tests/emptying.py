"""Taking everything out of a test's database."""

from __future__ import annotations

from kgservice.graph.client import Graph


def empty(graph: Graph) -> None:
    """Take all data, constraints and indexes away; token lookup indexes stay."""
    graph.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 2000 ROWS")
    for [name] in graph.rows("SHOW CONSTRAINTS YIELD name"):
        graph.run("DROP CONSTRAINT $name IF EXISTS", {"name": name})
    for [name] in graph.rows("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name"):
        graph.run("DROP INDEX $name IF EXISTS", {"name": name})
