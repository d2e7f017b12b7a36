"""Random questions over random worlds: the evaluator against the reference."""

from __future__ import annotations

from collections import Counter

import pytest
from comparison import ALL, Asked, patience, rows
from hypothesis import given, settings
from hypothesis import strategies as st
from random_expressions import Choices, is_exact, patterns, scored_questions
from reference.graph import Graph as Reference
from reference.listing import by_type, groups, page
from reference.sayings import BUILT_IN_PARENTS
from reference.sets import evaluate

from graph_schema.identifiers import label_of_type
from kgservice.algebra.question import Group, Grouping, PageRequest, Position, Question

pytestmark = pytest.mark.neo4j


def depths(asked: Asked) -> tuple[int, ...]:
    """How deep to ask: between merged entities a text is long, and planning takes a second."""
    return (2, 3) if asked.evaluator.surroundings.merged else (2, 3, 3, 4)


@settings(max_examples=25)
@given(st.data(), st.booleans())
async def test_answers_and_their_order(asked: Asked, data: st.DataObject, named: bool) -> None:
    expression, scoring = data.draw(scored_questions(Choices(asked.graph), depths(asked)))
    await asked.agrees(expression, scoring, exact=is_exact(scoring), named=named)


@settings(max_examples=8)
@given(st.data(), st.integers(1, 7), st.booleans())
async def test_pages_end_to_end(asked: Asked, data: st.DataObject, first: int, total: bool) -> None:
    expression, scoring = data.draw(scored_questions(Choices(asked.graph)))
    question = Question(expression, scoring)
    whole = await asked.whole(expression, scoring)
    laid: list[tuple[str, float]] = []
    after: Position | None = None
    for _ in range(len(whole) + 1):
        request = PageRequest(first, after, total)
        found = await asked.evaluator.answers(question, request, patience())
        assert found.total == (len(whole) if total else None)
        laid += rows(found.positions)
        assert found.has_next == (len(laid) < len(whole))
        if not found.has_next:
            break
        after = found.positions[-1]
    assert laid == whole


@settings(max_examples=8)
@given(st.data(), st.integers(1, 5))
async def test_a_page_behind_a_place_where_no_answer_is(
    asked: Asked, data: st.DataObject, first: int
) -> None:
    choices = Choices(asked.graph)
    expression, scoring = data.draw(scored_questions(choices))
    after = data.draw(
        st.builds(Position, st.sampled_from((0.0, 0.5, 1.0, 2.0)), st.sampled_from(choices.ids))
    )
    found = await asked.evaluator.answers(
        Question(expression, scoring), PageRequest(first, after), patience()
    )
    whole = dict(await asked.whole(expression, scoring))
    assert rows(found.positions) == page(whole, first, (after.id, after.score))


@settings(max_examples=8)
@given(st.data(), st.integers(1, 5))
async def test_groups_along_a_pattern(asked: Asked, data: st.DataObject, first: int) -> None:
    choices = Choices(asked.graph)
    expression, scoring = data.draw(scored_questions(choices))
    pattern = data.draw(patterns(choices, 2))
    expected = groups(asked.graph, evaluate(asked.graph, expression, scoring), pattern)
    for some in (first, ALL):
        found = await asked.evaluator.groups(
            Question(expression, scoring), Grouping(pattern, some), patience()
        )
        assert found == [Group(id, count) for id, count in expected[:some]]


@settings(max_examples=8)
@given(st.data())
async def test_counts_by_direct_type(asked: Asked, data: st.DataObject) -> None:
    expression, scoring = data.draw(scored_questions(Choices(asked.graph)))
    found = await asked.evaluator.labels(Question(expression, scoring), patience())
    counted: Counter[str] = Counter()
    for labels, count in found.items():
        for type in direct_types(asked.graph, labels):
            counted[type] += count
    assert counted == by_type(asked.graph, evaluate(asked.graph, expression, scoring))


def direct_types(graph: Reference, labels: frozenset[str]) -> set[str]:
    """The types that labels stand for; built-in parents are spread over nodes, and no news."""
    known = {type for own in graph.types.values() for type in own} | {*BUILT_IN_PARENTS.values()}
    named = {type for type in known if label_of_type(type) in labels}
    return named - {BUILT_IN_PARENTS[type] for type in named if type in BUILT_IN_PARENTS}
