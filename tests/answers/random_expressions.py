"""Expressions of chance over one graph, for Hypothesis.

Every choice comes from what the graph holds, so that answers are rarely empty; the depth is bounded
because each new text costs Neo4j 10 to 100 ms to plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from hypothesis import strategies as st
from random_worlds import DATASETS, DOMAINS, MARKETPLACES, VALUE_RELATIONS
from reference.graph import Graph

from kgservice.algebra.expression import (
    Comparison,
    Condition,
    Entities,
    Expression,
    Filter,
    Follow,
    Intersect,
    OfType,
    SortOrder,
    Step,
    Subtract,
    Top,
    Union,
    operands,
)
from kgservice.algebra.pattern import (
    Alternatives,
    Hop,
    Pattern,
    Relations,
    Repeat,
    Sequence,
    StatementFilter,
    has_closure,
)
from kgservice.algebra.scoring import (
    AlongNorm,
    IntersectNorm,
    MergeNorm,
    Scoring,
    StatementWeight,
)

#: What values are compared with: some are there, some lie between, some read in one kind alone.
ASKED = (
    "1", "2.5", "9", "10", "1000", "1994", "-3", "12", "1994-01-01", "1994-07-07T04:30:00Z",
    "-0043", "12024", "a tent", "b", "\uff5e", "😀", "tall", "",
)  # fmt: skip

#: Halves and quarters: sums of them are exact, in whatever order they are added.
EXACT = (1.0, 1.0, 0.5, 0.25, 0.75)

WHOLE_WEIGHTS = (StatementWeight.NONE, StatementWeight.SUPPORT)


class Choices:
    """What expressions over a graph are made of."""

    def __init__(self, graph: Graph):
        types = {type for own in graph.types.values() for type in own} | {"Being", "Intent"}
        self.ids = sorted(graph.canonical)
        self.busy = [id for id in graph.entities if len(graph.touching[id]) > 5]
        self.relations = sorted({one.relation for one in graph.statements})
        self.types = [graph.with_subtypes(type) for type in sorted(types)]


T = TypeVar("T")


@st.composite
def scored_questions(
    draw: st.DrawFn, choices: Choices, depths: Iterable[int] = (2, 3)
) -> tuple[Expression, Scoring]:
    """An expression of one of these depths at most, and a scoring that fits it."""
    expression = draw(expressions(choices, draw(st.sampled_from(tuple(depths)))))
    scoring = draw(scorings())
    if scoring.merge is MergeNorm.SUM and closes(expression):
        scoring = replace(scoring, merge=MergeNorm.MAX)
    if scoring.merge is MergeNorm.SUM and chooses_by_score(expression):
        # A sum of fractions may differ in its last bit, and then another one is the best.
        scoring = replace(scoring, statement=StatementWeight.NONE)
    return expression, scoring


def is_exact(scoring: Scoring) -> bool:
    """Whether the order of adding up cannot change the last bit of a score."""
    return scoring.merge is MergeNorm.MAX or scoring.statement in WHOLE_WEIGHTS


def scorings() -> st.SearchStrategy[Scoring]:
    return st.builds(
        Scoring,
        st.sampled_from(StatementWeight),
        st.sampled_from(AlongNorm),
        st.sampled_from(MergeNorm),
        st.sampled_from(IntersectNorm),
    )


@st.composite
def expressions(draw: st.DrawFn, choices: Choices, depth: int) -> Expression:
    kind = draw(st.sampled_from(KINDS if depth > 1 else ANCHORS))
    below = expressions(choices, depth - 1)
    match kind:
        case "ids":
            return draw(_entities(choices))
        case "type":
            return OfType(draw(_types(choices)))
        case "follow":
            steps = draw(st.lists(_steps(choices), min_size=1, max_size=2))
            return Follow(draw(below), tuple(steps))
        case "intersect":
            return Intersect(tuple(draw(st.lists(below, min_size=1, max_size=2))))
        case "union":
            return Union(tuple(draw(st.lists(below, max_size=3))))
        case "subtract":
            return Subtract(draw(below), draw(below))
        case "filter":
            types = draw(_now_and_then(_types(choices)))
            asked = draw(st.lists(conditions(), min_size=types is None, max_size=2))
            return Filter(draw(below), types, tuple(asked))
        case _:
            by = draw(st.none() | _values())
            return Top(draw(below), draw(st.integers(1, 12)), draw(st.sampled_from(SortOrder)), by)


#: Walks are what most questions are made of. A tuple, for one_of() takes equal strategies as one.
ANCHORS = ("ids", "ids", "ids", "type")
KINDS = (
    *("follow",) * 6, "intersect", "union", "union", "subtract", "filter", "top", *ANCHORS[2:],
)  # fmt: skip


def _steps(choices: Choices) -> st.SearchStrategy[Step]:
    along = st.sampled_from((0, 1, 1, 2)).flatmap(lambda depth: patterns(choices, depth))
    return st.builds(Step, along, st.sampled_from((False, False, False, True)))


@st.composite
def patterns(draw: st.DrawFn, choices: Choices, depth: int) -> Pattern:
    kinds = ("hop",) * 6 + ("sequence", "alternatives", "repeat", "closure")
    kind = draw(st.sampled_from(kinds if depth > 0 else ("hop",)))
    below = patterns(choices, depth - 1)
    match kind:
        case "sequence":
            return Sequence(tuple(draw(st.lists(below, min_size=2, max_size=3))))
        case "alternatives":
            return Alternatives(tuple(draw(st.lists(below, min_size=2, max_size=3))))
        case "repeat":
            least = draw(st.integers(0, 2))
            return Repeat(draw(below), least, draw(st.integers(max(least, 1), max(least, 1) + 1)))
        case "closure":
            return Repeat(draw(below), draw(st.integers(0, 2)), None)
        case _:
            return draw(hops(choices))


@st.composite
def hops(draw: st.DrawFn, choices: Choices) -> Hop:
    way = draw(st.sampled_from(("ahead", "ahead", "back", "back", "both", "different")))
    one, other = draw(_relations(choices)), draw(_relations(choices))
    where = draw(_now_and_then(filters())) or StatementFilter()
    types = draw(_now_and_then(_types(choices)))
    match way:
        case "ahead":
            return Hop(forwards=one, where=where, types=types)
        case "back":
            return Hop(backwards=one, where=where, types=types)
        case "both":
            return Hop(one, one, where, types)
        case _:
            return Hop(one, other, where, types)


def filters() -> st.SearchStrategy[StatementFilter]:
    """One restriction or two, mostly: statements that meet six at once are few."""
    score = st.sampled_from((0.0, 0.25, 0.5, 0.7, 1.0))

    def some_of(names: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
        return st.frozensets(st.sampled_from(names), max_size=2)

    allowed: dict[str, st.SearchStrategy[object]] = {
        "min_plausibility": score,
        "min_typicality": score,
        "min_support": st.integers(1, 6),
        "sources": some_of((*DATASETS, "nobody")),
        "domains": some_of(DOMAINS),
        "marketplaces": some_of(MARKETPLACES),
    }
    names = st.lists(st.sampled_from(sorted(allowed)), min_size=1, max_size=2, unique=True)
    return names.flatmap(
        lambda some: st.fixed_dictionaries({name: allowed[name] for name in some}).map(
            lambda fields: StatementFilter(**fields)
        )
    )


def conditions() -> st.SearchStrategy[Condition]:
    return st.builds(
        Condition,
        _values(),
        st.sampled_from(Comparison),
        st.sampled_from(ASKED),
        _now_and_then(st.sampled_from(("m", "kg", "s"))),
    )


def closes(expression: Expression) -> bool:
    """Whether a closure stands anywhere in an expression."""
    here = isinstance(expression, Follow) and any(
        has_closure(step.pattern) for step in expression.steps
    )
    return here or any(closes(one) for one in operands(expression))


def chooses_by_score(expression: Expression) -> bool:
    """Whether a top by score stands anywhere in an expression."""
    here = isinstance(expression, Top) and expression.by is None
    return here or any(chooses_by_score(one) for one in operands(expression))


def _entities(choices: Choices) -> st.SearchStrategy[Entities]:
    known = st.sampled_from(choices.busy) | st.sampled_from(choices.ids)
    alike = st.lists(known, min_size=2, max_size=12, unique=True).map(
        lambda ids: [(id, 1.0) for id in ids]
    )
    one = st.tuples(known | st.just("nobody's id"), st.sampled_from(EXACT))
    different = st.lists(one, min_size=2, max_size=12, unique_by=lambda each: each[0])
    return (alike | different).map(lambda found: Entities(tuple(sorted(found))))


def _types(choices: Choices) -> st.SearchStrategy[frozenset[str]]:
    """One type or several, mostly; now and then none, which nothing is of."""
    some = st.lists(st.sampled_from(choices.types), min_size=1, max_size=5)
    return _mostly(some.map(lambda types: frozenset().union(*types)), frozenset())


def _relations(choices: Choices) -> st.SearchStrategy[Relations]:
    some = st.frozensets(st.sampled_from(choices.relations), min_size=3, max_size=8)
    return _mostly(st.none() | some, frozenset())


def _values() -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(VALUE_RELATIONS), min_size=1, max_size=3)


def _now_and_then(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    """A value one time in four, else null."""
    return st.sampled_from((None, None, None, True)).flatmap(
        lambda here: strategy if here else st.none()
    )


def _mostly(strategy: st.SearchStrategy[T], otherwise: T) -> st.SearchStrategy[T]:
    return st.integers(0, 19).flatmap(lambda roll: strategy if roll else st.just(otherwise))
