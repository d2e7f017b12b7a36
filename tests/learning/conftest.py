"""A graph with the schema and what a few people did."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from emptying import empty_but_schema
from learned_graph import NOW, RECORD, outcome

from kgservice.graph.client import Graph
from kgservice.local.instance import Running


@pytest.fixture(scope="module")
def schema(server: Running) -> Iterator[Graph]:
    """A graph with nothing but its schema, for the tests of a module."""
    with Graph.connect(server.address) as graph:
        empty_but_schema(graph, server.address)
        yield graph


@pytest.fixture
def migrated(schema: Graph) -> Graph:
    """Three people who find Shakespeare by another name at last, and one who gives up."""
    schema.run("MATCH (n) WHERE n:__Outcome OR n:__Alias OR n:__AliasVersion DELETE n")
    rows = []
    for n, user in enumerate(("ann", "bob", "cem")):
        seen = [("the bard", None), ("the bard shakespeare", "Q692")]
        for at, (text, entity) in enumerate(seen):
            rows.append(outcome(user, text, entity, NOW - 100 * n + at))
    rows.append(outcome("dan", "qqq", None, NOW - 900))
    schema.run(RECORD, {"rows": rows})
    return schema
