"""The evaluator on the tables against the reference, and against Cypher where that is the oracle.

Hypothesis draws the same questions as in tests/answers; here a question costs a millisecond, so
there are more of them.
"""

from __future__ import annotations

from collections import Counter

import pytest
from built_indexes import Both
from comparison import ALL, patience, rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_expressions import Choices, is_exact, patterns, scored_questions
from reference.listing import by_type, groups, page
from reference.sayings import BUILT_IN_PARENTS
from reference.sets import evaluate

from graph_schema.identifiers import label_of_type
from kgservice.algebra.connections import Connecting
from kgservice.algebra.expression import ids
from kgservice.algebra.pattern import Hop
from kgservice.algebra.question import Group, Grouping, PageRequest, Position, Question
from kgservice.graph.client import AsyncGraph
from kgservice.graph.reads import CypherReads
from kgservice.graph.records import Names
from kgservice.index.reads import TableReads

pytestmark = pytest.mark.neo4j

MANY = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SOME = settings(MANY, max_examples=20)
FEW = settings(MANY, max_examples=6)


@MANY
@given(st.data())
async def test_answers_and_their_order(both: Both, data: st.DataObject) -> None:
    question = scored_questions(Choices(both.asked.graph), (2, 3, 3, 4))
    expression, scoring = data.draw(question)
    await both.asked.agrees(expression, scoring, exact=is_exact(scoring))


@SOME
@given(st.data(), st.integers(0, 7))
async def test_a_page_behind_any_place(both: Both, data: st.DataObject, first: int) -> None:
    choices = Choices(both.asked.graph)
    expression, scoring = data.draw(scored_questions(choices))
    whole = await both.asked.whole(expression, scoring)
    places = [Position(score, id) for id, score in whole]
    nowhere = st.builds(
        Position, st.sampled_from((0.0, 0.5, 1.0, 2.0)), st.sampled_from([*choices.ids, "~", ""])
    )
    after = data.draw(st.one_of(nowhere, st.sampled_from(places)) if places else nowhere)
    request = PageRequest(first, after, total=True)
    found = await both.asked.evaluator.answers(Question(expression, scoring), request, patience())
    assert rows(found.positions) == page(dict(whole), first, (after.id, after.score))
    behind = page(dict(whole), ALL, (after.id, after.score))
    assert found.has_next == (len(behind) > first > 0)
    assert found.total == len(whole)


@SOME
@given(st.data(), st.integers(1, 5))
async def test_groups_along_a_pattern(both: Both, data: st.DataObject, first: int) -> None:
    choices = Choices(both.asked.graph)
    expression, scoring = data.draw(scored_questions(choices))
    pattern = data.draw(patterns(choices, 2))
    graph = both.asked.graph
    expected = groups(graph, evaluate(graph, expression, scoring), pattern)
    for some in (first, ALL):
        found = await both.asked.evaluator.groups(
            Question(expression, scoring), Grouping(pattern, some), patience()
        )
        assert found == [Group(id, count) for id, count in expected[:some]]


@SOME
@given(st.data())
async def test_counts_by_direct_type(both: Both, data: st.DataObject) -> None:
    graph = both.asked.graph
    expression, scoring = data.draw(scored_questions(Choices(graph)))
    counted: Counter[str] = Counter()
    found = await both.asked.evaluator.labels(Question(expression, scoring), patience())
    for labels, count in found.items():
        for type in direct_types(graph, labels):
            counted[type] += count
    assert counted == by_type(graph, evaluate(graph, expression, scoring))


def direct_types(graph: object, labels: frozenset[str]) -> set[str]:
    """The types that labels stand for; built-in parents are spread over nodes, and no news."""
    known = {type for own in graph.types.values() for type in own} | {*BUILT_IN_PARENTS.values()}
    named = {type for type in known if label_of_type(type) in labels}
    return named - {BUILT_IN_PARENTS[type] for type in named if type in BUILT_IN_PARENTS}


@FEW
@given(st.data())
async def test_support_is_that_of_cypher(both: Both, data: st.DataObject) -> None:
    question = Question(*data.draw(scored_questions(Choices(both.asked.graph), (2, 3))))
    answers = [id for id, _ in await both.asked.whole(question.expression, question.scoring)][:4]
    expected = await both.cypher.support(question, answers, patience())
    assert await both.asked.evaluator.support(question, answers, patience()) == expected


@FEW
@given(st.data(), st.sampled_from((None, 3, 10)))
async def test_paths_are_those_of_cypher(
    both: Both, data: st.DataObject, avoid_degree: int | None
) -> None:
    choices = Choices(both.asked.graph)
    ends = tuple(data.draw(scored_questions(choices, (1,)))[0] for _ in range(2))
    asked = Connecting(Hop(forwards=None, backwards=None), 3, avoid_degree)
    expected = await both.cypher.connections(ends, asked, 5, patience())
    assert await both.asked.evaluator.connections(ends, asked, 5, patience()) == expected


async def test_ids_that_no_entity_has_are_named(both: Both) -> None:
    known = both.asked.graph.entities[0]
    question = Question(ids(known, "nobody"), must_exist=frozenset({known, "nobody", "no one"}))
    found = await both.asked.evaluator.answers(question, PageRequest(5), patience())
    assert found.unknown == ("no one", "nobody")
    assert rows(found.positions) == [(known, 1.0)]


@pytest.mark.parametrize(("first", "total"), [(7, False), (ALL, True)])
async def test_a_page_comes_with_its_cards(
    both: Both, reader: AsyncGraph, first: int, total: bool
) -> None:
    question = Question(ids(*both.asked.graph.canonical))
    request = PageRequest(first, total=total, cards=True)
    snapshot = both.opened.snapshot
    cypher = CypherReads(reader, snapshot.vocabulary, both.cypher.surroundings, snapshot.names)
    for evaluator, reads in (
        (both.cypher, cypher),
        (both.asked.evaluator, TableReads(snapshot, cypher)),
    ):
        found = await evaluator.answers(question, request, patience())
        shown = [one.id for one in found.positions]
        assert len(shown) == min(first, len(both.asked.graph.entities))
        assert {id: found.cards[id] for id in shown} == await reads.entities(shown, patience())


async def test_cards_are_those_of_cypher(both: Both, reader: AsyncGraph) -> None:
    vocabulary = both.opened.snapshot.vocabulary
    cypher = CypherReads(reader, vocabulary, both.cypher.surroundings, Names(vocabulary))
    ids = [*both.asked.graph.canonical, "nobody"]
    found = await TableReads(both.opened.snapshot, cypher).entities(ids, patience())
    assert found == await cypher.entities(ids, patience())
