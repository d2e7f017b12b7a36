"""The fourteen structures of BetaE's questions, and questions of them from any graph.

A question is grown backwards from an answer, as in snap-stanford/KGReasoning, so that it has one. It
may go straight back over a statement: that is where walks and trails part.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random

from reference.graph import Graph, Statement
from reference.sets import evaluate
from reference.walks import ends

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

Shape = str | tuple["str | Shape", ...]

_P: Shape = ("hop", "anchor")
_PP: Shape = ("hop", _P)

STRUCTURES: dict[str, Shape] = {
    "1p": _P,
    "2p": _PP,
    "3p": ("hop", _PP),
    "2i": ("and", _P, _P),
    "3i": ("and", _P, _P, _P),
    "pi": ("and", _PP, _P),
    "ip": ("hop", ("and", _P, _P)),
    "2u": ("or", _P, _P),
    "up": ("hop", ("or", _P, _P)),
    "2in": ("without", _P, _P),
    "3in": ("without", ("and", _P, _P), _P),
    "inp": ("hop", ("without", _P, _P)),
    "pin": ("without", _PP, _P),
    "pni": ("without", _P, _PP),
}

#: Those that a graph pattern answers wrongly often: CoDEx-S 19 to 55 % of random questions.
TRAPS = frozenset({"2p", "3p", "pi", "ip"})

#: Questions with more answers say little, and most of them are alike.
_MOST_ANSWERS = 500

_MOST_TRAILS = 20_000


def questions(graph: Graph, shape: Shape, random: Random, count: int) -> list[Expression]:
    """Different questions of a shape, each with answers; fewer where so many are not found."""
    found: dict[Expression, None] = {}
    for _ in range(40 * count):
        question = _grown(graph, shape, random.choice(graph.statements).object, random)
        if _is_worth_asking(graph, question):
            found[question] = None
        if len(found) == count:
            break
    return list(found)


def answers_by_trails(graph: Graph, expression: Expression) -> set[str] | None:
    """The answers if no statement could be walked twice; null where there are too many trails."""
    trails: set[tuple[str, frozenset[Statement]]] = set()
    for trail in _trails(graph, expression):
        trails.add(trail)
        if len(trails) > _MOST_TRAILS:
            return None
    return {end for end, _ in trails}


def _grown(graph: Graph, shape: Shape, answer: str, random: Random) -> Expression:
    match shape:
        case "anchor":
            return ids(answer)
        case ("hop", below):
            statement = random.choice(graph.touching[answer])
            back = statement.subject == answer
            relation = frozenset({statement.relation})
            hop = Hop(backwards=relation) if back else Hop(forwards=relation)
            before = statement.object if back else statement.subject
            return _followed(_grown(graph, below, before, random), Step(hop), random)
        case ("and", *legs):
            return Intersect(tuple(_grown(graph, leg, answer, random) for leg in legs))
        case ("or", first, *others):
            elsewhere = [random.choice(graph.statements).object for _ in others]
            legs = zip(others, elsewhere, strict=True)
            return Union(
                (
                    _grown(graph, first, answer, random),
                    *(_grown(graph, leg, other, random) for leg, other in legs),
                )
            )
        case ("without", guard, removed):
            guarded = _grown(graph, guard, answer, random)
            other = random.choice(sorted(evaluate(graph, guarded)))
            return Subtract(guarded, _grown(graph, removed, other, random))
        case _:
            raise AssertionError(shape)


def _followed(source: Expression, step: Step, random: Random) -> Expression:
    """A chain as one follow or as nested ones: they mean the same."""
    if isinstance(source, Follow) and random.random() < 0.5:
        return Follow(source.source, (*source.steps, step))
    return Follow(source, (step,))


def _is_worth_asking(graph: Graph, question: Expression) -> bool:
    if not all(_has_different_legs(one) for one in _all_below(question)):
        return False
    if not all(_removes_something(graph, one) for one in _all_below(question)):
        return False
    return 1 <= len(evaluate(graph, question)) <= _MOST_ANSWERS


def _has_different_legs(expression: Expression) -> bool:
    legs = operands(expression)
    return len(set(legs)) == len(legs)


def _removes_something(graph: Graph, expression: Expression) -> bool:
    if not isinstance(expression, Subtract):
        return True
    removed = evaluate(graph, expression.remove)
    return any(id in removed for id in evaluate(graph, expression.source))


def _all_below(expression: Expression) -> Iterator[Expression]:
    yield expression
    for below in operands(expression):
        yield from _all_below(below)


def _trails(graph: Graph, expression: Expression) -> Iterator[tuple[str, frozenset[Statement]]]:
    match expression:
        case Entities(entities):
            for id, _ in entities:
                yield id, frozenset()
        case Follow(source, steps):
            below = Follow(source, steps[:-1]) if len(steps) > 1 else source
            pattern = steps[-1].pattern
            assert isinstance(pattern, Hop)
            for start, used in _trails(graph, below):
                for end, statement in ends(graph, start, pattern):
                    if statement not in used:
                        yield end, used | {statement}
        case Intersect(legs):
            for meeting in product(*(list(_trails(graph, leg)) for leg in legs)):
                used = [statements for _, statements in meeting]
                together = frozenset().union(*used)
                if len({end for end, _ in meeting}) == 1 and len(together) == sum(map(len, used)):
                    yield meeting[0][0], together
        case Union(legs):
            for leg in legs:
                yield from _trails(graph, leg)
        case Subtract(source, remove):
            removed = evaluate(graph, remove)
            yield from (one for one in _trails(graph, source) if one[0] not in removed)
