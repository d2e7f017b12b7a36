"""Which text is asked when, on a real Neo4j; and that its plan serves questions of any size."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, LiteralString

import pytest
import pytest_asyncio

from kgservice.algebra.expression import (
    Expression,
    Filter,
    Follow,
    Intersect,
    OfType,
    Step,
    Subtract,
    Top,
    Union,
    ids,
)
from kgservice.algebra.pattern import Hop, Repeat
from kgservice.algebra.question import PageRequest, Question
from kgservice.algebra.scoring import DEFAULT_SCORING
from kgservice.errors import KGError
from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import AsyncGraph
from kgservice.graph.cypher.answers import questions
from kgservice.graph.cypher.answers.writer import Surroundings, Writer
from kgservice.graph.evaluation import CypherEvaluator
from kgservice.graph.plans import Plans
from kgservice.graph.records import Names
from kgservice.graph.warming import usual_texts
from kgservice.local.instance import Running
from kgservice.vocabulary import Vocabulary

NO_NAMES = Names(Vocabulary({}, {}))

pytestmark = pytest.mark.neo4j


class Listening(AsyncGraph):
    """A graph that notes what it is asked."""

    heard: list[str]

    async def value(self, text: LiteralString, parameters: Any, limit: TimeLimit) -> Any:
        self.heard.append(text)
        return await super().value(text, parameters, limit)


@pytest_asyncio.fixture
async def graph(server: Running) -> AsyncIterator[Listening]:
    async with Listening.connect(server.address) as graph:
        graph.heard = []
        yield graph


async def ask(graph: AsyncGraph, expression: Expression) -> None:
    evaluator = CypherEvaluator(graph, Surroundings(), NO_NAMES)
    limit = TimeLimit("tests", 60.0)
    await evaluator.answers(Question(expression), PageRequest(5, cards=True), limit)


def along(relation: str, *anchors: str) -> Follow:
    return Follow(ids(*anchors), (Step(Hop(frozenset({relation}))),))


async def test_first_in_general_then_by_name(graph: Listening) -> None:
    await ask(graph, along("KNOWS", "a"))
    await ask(graph, along("LIKES", "b", "c"))
    assert len(set(graph.heard)) == 1
    assert "$any" in graph.heard[0]
    await ask(graph, along("KNOWS", "d"))
    await graph.plans.planned()
    prepared = graph.heard[-1]
    assert "KNOWS" in prepared
    await ask(graph, along("KNOWS", *map(str, range(200))))
    assert graph.heard[-1] == prepared
    await ask(graph, along("LIKES", "a"))
    assert graph.heard[-1] == graph.heard[0]


async def test_what_is_asked_is_run_until_neo4j_compiles_it_no_more(graph: Listening) -> None:
    general, parameters = next(usual_texts(Surroundings()))
    graph.plans.plan(general, parameters)
    await graph.plans.planned()
    assert graph.heard == [general]
    await graph.plans.value(lambda _: (general, parameters), graph.plans.prepare)
    await graph.plans.planned()
    assert graph.heard == [general] * 2
    await ask(graph, along("KNOWS", "a"))
    await graph.plans.planned()
    assert 10 < graph.heard.count(general) < 15
    await ask(graph, along("KNOWS", "a"))
    assert graph.plans.waiting >= 1
    await graph.plans.planned()
    assert graph.plans.waiting == 0
    [named] = {*graph.heard} - {general}
    assert graph.heard.count(named) > 10


ANCHOR, WALK = ids("a", "𐀀"), along("KNOWS", "a")
NOWHERE = Step(Repeat(Hop(frozenset({"KNOWS"})), 0, 0))


@pytest.mark.parametrize(
    ("expression", "as_they_are"),
    [
        (ANCHOR, False),
        (OfType(frozenset({"Being"})), False),
        (WALK, True),
        (Follow(ANCHOR, (NOWHERE,)), False),
        (Follow(WALK, (NOWHERE,)), True),
        (Union((WALK, ANCHOR)), False),
        (Union((WALK, WALK)), True),
        (Intersect((ANCHOR, WALK)), True),
        (Intersect((ANCHOR,)), False),
        (Subtract(ANCHOR, WALK), False),
        (Subtract(WALK, ANCHOR), True),
        (Filter(WALK, frozenset({"Being"})), True),
        (Top(ANCHOR, 3), False),
    ],
)
def test_ids_that_may_be_parameters_are_ordered_by_a_key(
    expression: Expression, as_they_are: bool
) -> None:
    for total in (False, True):
        writer = Writer(DEFAULT_SCORING, False, Surroundings())
        text = questions.page(writer, expression, PageRequest(5, total=total))
        *_, order = text.partition(" AS score")[2].partition("ORDER BY ")
        assert order.startswith("CASE WHEN id =~ ") != as_they_are
        assert order.startswith(("id LIMIT", "id\n")) == as_they_are


async def test_what_names_no_relation_has_one_text(graph: Listening) -> None:
    for _ in range(3):
        await ask(graph, Follow(ids("a"), (Step(Hop(None)),)))
    await graph.plans.planned()
    assert len(graph.heard) == 3
    assert len(set(graph.heard)) == 1


async def test_usual_structures_are_planned_before_anyone_asks(graph: Listening) -> None:
    texts = [text for text, _ in usual_texts(Surroundings())]
    assert len(set(texts)) == len(texts) == 90
    back = Step(Hop(backwards=frozenset({"KNOWS"})))
    await ask(graph, Follow(Union((along("KNOWS", "a"), along("LIKES", "b"))), (back,)))
    assert graph.heard[0] in texts


async def test_a_text_that_cannot_be_planned_is_asked_in_general(graph: Listening) -> None:
    async def fails(text: LiteralString, parameters: Any) -> Any:
        raise KGError("no plan")

    graph.plans = Plans(fails)
    for _ in range(3):
        await ask(graph, along("KNOWS", "a"))
        await graph.plans.planned()
    assert len(set(graph.heard)) == 1


async def test_planning_ends_with_the_connection(server: Running) -> None:
    async with AsyncGraph.connect(server.address) as graph:
        CypherEvaluator(graph, Surroundings(), NO_NAMES).prepare()
    await graph.plans.planned()
    assert not any(graph.plans.is_ready(text) for text, _ in usual_texts(Surroundings()))


async def test_the_texts_used_last_are_remembered(graph: Listening) -> None:
    plans = Plans(graph.plans.prepare, kept=2)
    texts = ("RETURN 1", "RETURN 2", "RETURN 3")
    for text in texts:
        plans.plan(text, {})
        await plans.planned()
    assert [plans.is_ready(text) for text in texts] == [False, True, True]
    await plans.value(lambda general: (texts[1], {}), graph.plans.prepare)
    plans.plan("RETURN 4", {})
    await plans.planned()
    assert [plans.is_ready(text) for text in (*texts, "RETURN 4")] == [False, True, False, True]
