"""Support and connections of random questions, against all walks tried one by one."""

from __future__ import annotations

import pytest
from comparison import Asked, AskOf, patience
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_expressions import Choices, expressions, filters, is_exact, scored_questions
from random_worlds import small_world
from reference import explaining
from reference.explaining import Explaining, TooManyWalksError
from reference.reading import graph_of
from reference.sayings import World
from reference.sets import evaluate
from world_files import Fresh, load_world

from graph_schema.ids import entity_key, statement_id
from kgservice.algebra.best_walks import Walk
from kgservice.algebra.connections import Connecting
from kgservice.algebra.pattern import Hop
from kgservice.algebra.question import Question
from kgservice.graph.cypher.answers.writer import Surroundings

pytestmark = pytest.mark.neo4j

Shown = tuple[tuple[int, ...], tuple[str, ...], tuple[str, ...], float]


class Small:
    """What is asked, and the ids of its statements; no dataclass, as Asked is none."""

    def __init__(self, asked: Asked, ids: explaining.Ids):
        self.asked = asked
        self.ids = ids
        self.choices = Choices(asked.graph)


@pytest.fixture(scope="module", params=[False, True], ids=["unmerged", "merged"])
def small(
    request: pytest.FixtureRequest,
    fresh: Fresh,
    ask_of: AskOf,
    tmp_path_factory: pytest.TempPathFactory,
) -> Small:
    merged: bool = request.param
    world = small_world(6, merged=merged)
    with fresh() as graph:
        load_world(graph, world, tmp_path_factory.mktemp("small"))
    asked = ask_of(graph_of(world), Surroundings(merged=merged))
    return Small(asked, statement_ids(world, asked))


def statement_ids(world: World, asked: Asked) -> dict[tuple[str, str, str], str]:
    """Of statements that became equal the smallest id."""
    canonical = asked.graph.canonical
    ids: dict[tuple[str, str, str], str] = {}
    for fact in world.facts:
        assert isinstance(fact.object, str)
        own = statement_id(fact.subject, fact.relation, entity_key(fact.object))
        triple = (canonical[fact.subject], fact.relation, canonical[fact.object])
        ids[triple] = min(own, ids.get(triple, own))
    return ids


@settings(max_examples=25)
@given(st.data())
async def test_support(small: Small, data: st.DataObject) -> None:
    graph = small.asked.graph
    expression, scoring = data.draw(scored_questions(small.choices, (2, 3)))
    assume(is_exact(scoring))
    answers = sorted(evaluate(graph, expression, scoring))[:4]
    assume(answers)
    reference = Explaining(graph, small.ids, scoring)
    try:
        expected = {
            id: [
                (walk.leg, walk.entities, walk.statements, walk.score)
                for walk in reference.support(expression, id)
            ]
            for id in answers
        }
    except TooManyWalksError:
        assume(False)
    question = Question(expression, scoring)
    found = await small.asked.evaluator.support(question, answers, patience())
    assert {id: [shown(walk) for walk in walks] for id, walks in found.items()} == expected


@settings(max_examples=25)
@given(st.data(), st.integers(0, 3), st.none() | st.integers(1, 8), st.integers(0, 4))
async def test_connections(
    small: Small, data: st.DataObject, max_hops: int, avoid_degree: int | None, first: int
) -> None:
    graph = small.asked.graph
    ends = data.draw(expressions(small.choices, 1)), data.draw(expressions(small.choices, 1))
    relations = data.draw(st.none() | st.frozensets(st.sampled_from(small.choices.relations)))
    where = data.draw(filters())
    hop = data.draw(st.sampled_from((Hop(relations, relations), Hop(relations, relations, where))))
    near, far = [set[str](evaluate(graph, end)) for end in ends]
    expected = explaining.connections(graph, small.ids, (near, far), hop, max_hops, avoid_degree)
    found = await small.asked.evaluator.connections(
        ends, Connecting(hop, max_hops, avoid_degree), first, patience()
    )
    assert found.total == len(expected)
    assert [(walk.entities, walk.statements) for walk in found.walks] == [
        (walk.entities, walk.statements) for walk in expected[:first]
    ]


def shown(walk: Walk) -> Shown:
    return walk.leg, walk.entities, walk.statements, walk.score
