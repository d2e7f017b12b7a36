"""The fourteen structures of BetaE's questions, and questions of them from any graph.

A question is grown backwards from an answer, as in snap-stanford/KGReasoning, so that it has one.
Now and then it goes straight back over a statement: that is where walks and trails part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

from reference.graph import Graph, Statement
from reference.sets import evaluate
from reference.walks import Scores, ends

from kgservice.algebra.expression import (
    Entities,
    Expression,
    Follow,
    Intersect,
    Step,
    Subtract,
    Union,
    ids,
    operands,
)
from kgservice.algebra.pattern import Hop
from kgservice.algebra.structures import Shape

#: Where walks that use no statement twice end, and the statements that they used.
Trail = tuple[str, frozenset[Statement]]

#: Those that a graph pattern answers wrongly often: CoDEx-S 19 to 55 % of random questions.
TRAPS = frozenset({"2p", "3p", "pi", "ip"})

#: Questions with more answers say little, and most of them are alike.
_MOST_ANSWERS = 500
_MOST_TRAILS = 5_000

#: How often a question goes straight back over a statement.
_BACK = 0.3


def questions(graph: Graph, shape: Shape, random: Random, count: int) -> dict[Expression, Scores]:
    """Different questions of a shape with their answers; fewer where so many are not found."""
    growing = _Growing(graph, random)
    found: dict[Expression, Scores] = {}
    for _ in range(40 * count):
        question = growing.grown(shape, random.choice(graph.statements).object)
        if all(_has_different_legs(one) for one in _all_below(question)):
            answers = evaluate(graph, question)
            if 1 <= len(answers) <= _MOST_ANSWERS and _removes_something(graph, question):
                found[question] = answers
        if len(found) == count:
            break
    return found


def answers_by_trails(graph: Graph, expression: Expression) -> set[str] | None:
    """The answers if no statement could be walked twice; null where there are too many trails."""
    trails: set[Trail] = set()
    for trail in _trails(graph, expression):
        trails.add(trail)
        if len(trails) > _MOST_TRAILS:
            return None
    return {end for end, _ in trails}


@dataclass(frozen=True, slots=True)
class _Growing:
    """Grows a question from an answer; `came_by` is the statement that led to the answer."""

    graph: Graph
    random: Random

    def grown(self, shape: Shape, answer: str, came_by: Statement | None = None) -> Expression:
        match shape:
            case "anchor":
                return ids(answer)
            case ("hop", below):
                return self._hop(below, answer, came_by)
            case ("and", *legs):
                return Intersect(tuple(self.grown(leg, answer, came_by) for leg in legs))
            case ("or", first, *others):
                elsewhere = [self.grown(leg, self._anyone()) for leg in others]
                return Union((self.grown(first, answer, came_by), *elsewhere))
            case ("without", guard, removed):
                guarded = self.grown(guard, answer, came_by)
                other = self.random.choice(sorted(evaluate(self.graph, guarded)))
                return Subtract(guarded, self.grown(removed, other))
            case _:
                raise AssertionError(shape)

    def _hop(self, below: Shape, answer: str, came_by: Statement | None) -> Expression:
        statement = self.random.choice(self.graph.touching[answer])
        if came_by is not None and self.random.random() < _BACK:
            statement = came_by
        relation = frozenset({statement.relation})
        back = statement.subject == answer
        hop = Hop(backwards=relation) if back else Hop(forwards=relation)
        before = statement.object if back else statement.subject
        source = self.grown(below, before, statement)
        # A chain as one follow or as nested ones: they mean the same.
        if isinstance(source, Follow) and self.random.random() < 0.5:
            return Follow(source.source, (*source.steps, Step(hop)))
        return Follow(source, (Step(hop),))

    def _anyone(self) -> str:
        return self.random.choice(self.graph.statements).object


def _has_different_legs(expression: Expression) -> bool:
    legs = operands(expression)
    return len(set(legs)) == len(legs)


def _removes_something(graph: Graph, question: Expression) -> bool:
    return all(
        evaluate(graph, one.source).keys() & evaluate(graph, one.remove).keys()
        for one in _all_below(question)
        if isinstance(one, Subtract)
    )


def _all_below(expression: Expression) -> Iterator[Expression]:
    yield expression
    for below in operands(expression):
        yield from _all_below(below)


def _trails(graph: Graph, expression: Expression) -> Iterator[Trail]:
    match expression:
        case Entities(entities):
            yield from ((id, frozenset()) for id, _ in entities)
        case Follow(source, steps):
            below = Follow(source, steps[:-1]) if len(steps) > 1 else source
            yield from _onward(graph, _trails(graph, below), steps[-1])
        case Intersect(legs):
            for meeting in product(*(list(_trails(graph, leg)) for leg in legs)):
                yield from _together(meeting)
        case _:
            raise AssertionError(f"{expression} is none of the traps")


def _onward(graph: Graph, trails: Iterable[Trail], step: Step) -> Iterator[Trail]:
    assert isinstance(step.pattern, Hop)
    for start, used in trails:
        for end, statement in ends(graph, start, step.pattern):
            if statement not in used:
                yield end, used | {statement}


def _together(meeting: Sequence[Trail]) -> Iterator[Trail]:
    """The trails of all legs as one, where they end in one entity and share no statement."""
    together = frozenset[Statement]().union(*(used for _, used in meeting))
    apart = len(together) == sum(len(used) for _, used in meeting)
    if apart and len({end for end, _ in meeting}) == 1:
        yield meeting[0][0], together
