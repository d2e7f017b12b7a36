"""Expressions as a person reads them."""

from __future__ import annotations

import pytest

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
    ids,
)
from kgservice.algebra.pattern import Alternatives, Hop, Repeat, Sequence, StatementFilter
from kgservice.algebra.showing import shown

A, B = Hop(frozenset("A")), Hop(backwards=frozenset("B"))
STRICT = StatementFilter(0.5, None, 2, sources=frozenset(("x", "y")), domains=frozenset())


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (ids("x", "y"), "ids(x, y)"),
        (ids(), "ids()"),
        (ids(*"abcdefg"), "ids(a, b, c, d, e, and 2 more)"),
        (Entities((("x", 0.25),)), "ids(x 0.25)"),
        (OfType(frozenset("TU")), "type(T|U)"),
        (Union((ids("x"), OfType(frozenset()))), "union(ids(x), type(none))"),
        (Subtract(ids("x"), ids("y")), "subtract(ids(x), ids(y))"),
        (Intersect((ids("x"),)), "intersect(ids(x))"),
        (
            Follow(ids("x"), (Step(A), Step(B, except_start=True))),
            "follow(ids(x), A / ^B except start)",
        ),
        (Follow(ids("x"), (Step(Hop(None, frozenset("B"))),)), "follow(ids(x), (any|^B))"),
        (Follow(ids("x"), (Step(Hop()),)), "follow(ids(x), nothing)"),
        (
            Follow(ids("x"), (Step(Repeat(Sequence((A, B)), 1, None)), Step(Repeat(A, 0, 2)))),
            "follow(ids(x), (A/^B){1,} / A{0,2})",
        ),
        (
            Follow(ids("x"), (Step(Alternatives((A, Sequence((A, A))))),)),
            "follow(ids(x), (A|(A/A)))",
        ),
        (
            Follow(ids("x"), (Step(Hop(frozenset("A"), where=STRICT, types=frozenset("T"))),)),
            "follow(ids(x), A[plausibility >= 0.5, support >= 2, source x|y, domain none, to T])",
        ),
        (
            Filter(ids("x"), frozenset("T"), (Condition(frozenset("h"), Comparison.GE, "2", "m"),)),
            "filter(ids(x), type T, h GE '2' m)",
        ),
        (Top(ids("x"), 3), "top(ids(x), 3 DESC)"),
        (Top(ids("x"), 1, SortOrder.ASC, frozenset("h")), "top(ids(x), 1 by h ASC)"),
    ],
)
def test_what_is_shown(expression: Expression, text: str) -> None:
    assert shown(expression) == text
