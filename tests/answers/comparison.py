"""One question put to the evaluator and to the reference."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from math import isclose
from typing import Any

from reference.graph import Graph
from reference.listing import in_order
from reference.sets import evaluate
from reference.walks import Scores

from kgservice.algebra.expression import Expression
from kgservice.algebra.question import PageRequest, Position, Question
from kgservice.algebra.scoring import DEFAULT_SCORING, Scoring
from kgservice.graph.asked import TimeLimit
from kgservice.graph.cypher.answers.writer import Surroundings
from kgservice.graph.evaluation import CypherEvaluator
from kgservice.graph.plans import Asking, Plans, Write

Row = tuple[str, float]

#: More than any test's graph has entities.
ALL = 100_000

#: From here on a double does not hold every whole number.
EXACT_UP_TO = 2.0**53

_AT_A_TIME = 4


def patience() -> TimeLimit:
    return TimeLimit("tests", 60.0)


class NamedOnly(Plans):
    """Never asks the general text of a question: else most would be asked by nothing else."""

    async def value(self, write: Write, ask: Asking) -> Any:
        return await ask(*write(False))


class Asked:
    """An evaluator, and the reference's graph of the same data.

    `named` is the same evaluator where every question has been asked before, if that differs.

    No dataclass: Hypothesis writes their fields out where a test fails, and a graph is long.
    """

    def __init__(
        self, evaluator: CypherEvaluator, graph: Graph, named: CypherEvaluator | None = None
    ):
        self.evaluator = evaluator
        self.named = named or evaluator
        self.graph = graph

    async def whole(
        self, expression: Expression, scoring: Scoring = DEFAULT_SCORING, *, named: bool = False
    ) -> list[Row]:
        """All answers in order; the total must say how many they are."""
        request = PageRequest(ALL, total=True)
        evaluator = self.named if named else self.evaluator
        found = await evaluator.answers(Question(expression, scoring), request, patience())
        assert not found.has_next
        assert found.total == len(found.positions)
        return rows(found.positions)

    async def ids(self, expression: Expression) -> set[str]:
        return {id for id, _ in await self.whole(expression)}

    async def agrees(
        self,
        expression: Expression,
        scoring: Scoring = DEFAULT_SCORING,
        *,
        exact: bool = True,
        named: bool = False,
    ) -> Scores:
        """The answers, after both have given the same ones in the same order."""
        expected = evaluate(self.graph, expression, scoring)
        exact = exact and max(expected.values(), default=0.0) < EXACT_UP_TO
        found = await self.whole(expression, scoring, named=named)
        if exact:
            assert found == in_order(expected)
        assert_alike(found, expected)
        return expected

    async def all_whole(self, expressions: Iterable[Expression], *, named: bool) -> list[list[Row]]:
        """The answers of many expressions, a few of them asked at a time."""
        few = asyncio.Semaphore(_AT_A_TIME)

        async def one(expression: Expression) -> list[Row]:
            async with few:
                return await self.whole(expression, named=named)

        return await asyncio.gather(*(one(expression) for expression in expressions))


#: Makes one of the reference's graph of what is in the database.
AskOf = Callable[[Graph, Surroundings], Asked]


def rows(positions: object) -> list[Row]:
    assert isinstance(positions, list | tuple)
    assert all(isinstance(one, Position) for one in positions)
    return [(one.id, one.score) for one in positions]


def assert_alike(found: list[Row], expected: Scores) -> None:
    """The same entities, scores alike to 1e-9, in the order of their own scores."""
    assert {id for id, _ in found} == set(expected)
    assert len(found) == len(expected)
    assert all(isclose(score, expected[id], rel_tol=1e-9) for id, score in found)
    assert found == in_order(dict(found))
