"""How often Neo4j is asked for one request: never once for each row."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, LiteralString, cast

import pytest
import pytest_asyncio

from kgservice.api.context import Context, Resolver
from kgservice.api.keys import EVERYBODY
from kgservice.api.schema import make_schema
from kgservice.app import Service
from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import AsyncGraph
from kgservice.graph.cypher.bookkeeping import READ_DATA_VERSION
from kgservice.limits import Limits
from kgservice.serving.following import Followed, Follower
from kgservice.serving.state import Serving

SCHEMA = make_schema(Limits())

FILMS = '{follow: {from: {type: "Film"}, path: "DIRECTOR/^DIRECTOR"}}'


class Counting(AsyncGraph):
    """A graph that notes what it is asked."""

    heard: list[str]
    nothing: Follower

    async def value(self, text: LiteralString, parameters: Any, limit: TimeLimit) -> Any:
        self.heard.append(text)
        return await super().value(text, parameters, limit)


@pytest_asyncio.fixture
async def graph(made: Service) -> AsyncIterator[Counting]:
    async with Counting.connect(made.address) as graph:
        graph.heard = []
        graph.nothing = Follower(Followed(made.address, made.indexes, made.indexing))
        yield graph


async def asked(graph: Counting, document: str) -> list[str]:
    """The texts that a document costs, once the state is known."""
    limit = TimeLimit("tests", 60.0)
    state = await Serving(graph, graph.nothing).graph_state()
    await graph.plans.close()
    graph.heard.clear()
    nobody = cast("Resolver", None)
    context = Context(Limits(), limit, nobody, state, key=EVERYBODY)
    result = await SCHEMA.execute(document, context_value=context)
    assert not result.errors
    return list(graph.heard)


async def test_while_requests_come_none_waits_for_a_look_at_the_graph(
    graph: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kgservice.serving.state._AHEAD_SECONDS", 0.0)
    serving = Serving(graph, graph.nothing)
    first = await serving.graph_state()
    await graph.plans.close()
    graph.heard.clear()
    assert await serving.graph_state() is first
    assert graph.heard == []
    for _ in range(100):
        await asyncio.sleep(0.01)
        if graph.heard:
            break
    assert graph.heard == [READ_DATA_VERSION]
    await serving.close()


def answers(first: int, below: str) -> str:
    return f"{{ answers(query: {FILMS}, first: {first}) {{ nodes {{ id {below} }} }} }}"


async def test_a_page_costs_one_query(graph: Counting) -> None:
    assert len(await asked(graph, answers(10, "label types { id } degree"))) == 1


async def test_statements_of_a_page_cost_one_query_more(graph: Counting) -> None:
    below = """label types { id } degree
      statements(first: 3, direction: BOTH, orderBy: SUPPORT) {
        totalCount nodes { id text subject { label } object { id label degree types { id } } } }"""
    assert len(await asked(graph, answers(12, below))) == 2


async def test_each_way_to_ask_for_statements_costs_one_query(graph: Counting) -> None:
    below = "out: statements { nodes { text } } into: statements(direction: IN) { nodes { text } }"
    assert len(await asked(graph, answers(12, below))) == 3


async def test_who_asserts_the_statements_of_a_page_is_read_for_all_of_it(graph: Counting) -> None:
    below = "statements(first: 3) { nodes { sources { id } assertions { rawText } } }"
    texts = await asked(graph, answers(12, below))
    # The page, its statements; twice who asserts them, the newest and all.
    assert len(texts) <= 4, texts


async def test_a_count_alone_costs_one_query(graph: Counting) -> None:
    [text] = await asked(graph, f"{{ answers(query: {FILMS}) {{ totalCount }} }}")
    assert "[] AS rows" in text
