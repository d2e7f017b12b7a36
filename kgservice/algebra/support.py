"""Why: for each leg of an expression that reached an answer, its best walk from an anchor.

The walks are a tree read from its leaves. A chain of directly nested follows is one leg; an
intersection gives the walks of all its operands, a union of those that hold the answer. For a
follow over a set that is not itself a follow, first the best walk from an entity of that set to
the answer is chosen, then the support of that entity, each part continued by the one walk. Rule:
docs/semantics.md, Support.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from kgservice.algebra.automaton import automaton, legs
from kgservice.algebra.best_walks import Walk, best_walks
from kgservice.algebra.expression import (
    Entities,
    Expression,
    Filter,
    Follow,
    Intersect,
    OfType,
    Subtract,
    Top,
    Union,
)
from kgservice.algebra.scoring import Scoring
from kgservice.algebra.walking import Walking, along

Walks = Mapping[str, list[Walk]]


async def support(
    expression: Expression, scoring: Scoring, answers: Collection[str], walking: Walking
) -> dict[str, list[Walk]]:
    """The walks that explain each answer of an expression."""
    explained = await _Explaining(scoring, walking).walks(expression, answers)
    if isinstance(expression, Entities | OfType):
        return dict(explained)
    # An operand that merely names the answer explains nothing.
    return {
        answer: [walk for walk in explained.get(answer, []) if walk.statements]
        for answer in answers
    }


@dataclass(frozen=True, slots=True)
class _Explaining:
    scoring: Scoring
    walking: Walking

    async def walks(self, expression: Expression, ids: Collection[str]) -> Walks:
        """The walks to each of these entities of a set; one that is not in it has none."""
        match expression:
            case Entities() | OfType():
                rows = await self._rows(expression, ids)
                return {id: [Walk((id,), score=score)] for id, score in rows.items()}
            case Follow():
                return await self._follow(expression, ids)
            case Intersect(operands) | Union(operands):
                return await self._operands(operands, ids)
            case Subtract(source, _) | Filter(source) | Top(source):
                return await self.walks(source, ids)

    async def _operands(
        self, operands: tuple[Expression, ...], ids: Collection[str]
    ) -> dict[str, list[Walk]]:
        found: dict[str, list[Walk]] = {id: [] for id in ids}
        for number, operand in enumerate(operands):
            members = await self._rows(operand, ids)
            for id, walks in (await self.walks(operand, list(members))).items():
                found[id].extend(replace(walk, leg=(number, *walk.leg)) for walk in walks)
        return found

    async def _follow(self, expression: Follow, ids: Collection[str]) -> dict[str, list[Walk]]:
        source, chain = legs(expression)
        starts = await self.walking.rows(source, self.scoring)
        last = await best_walks(automaton(chain), starts, ids, self.scoring, self.walking)
        before = await self.walks(source, {walk.entities[0] for walk in last.values()})
        return {
            id: [self._continued(part, walk) for part in before.get(walk.entities[0], [])]
            for id, walk in last.items()
        }

    async def _rows(self, expression: Expression, ids: Collection[str]) -> Mapping[str, float]:
        """Those of some entities that are in a set, with the score that they have in it."""
        if isinstance(expression, Entities) and {(id, 1.0) for id in ids} <= {*expression.entities}:
            return dict.fromkeys(ids, 1.0)
        # One that was merged is asked for by its canonical id, which the expression need not have.
        named = Entities(tuple((id, 1.0) for id in sorted(ids)))
        return await self.walking.rows(Intersect((expression, named)), self.scoring)

    def _continued(self, part: Walk, walk: Walk) -> Walk:
        """A walk to where another one begins, and then that one."""
        score = part.score
        for weight in walk.weights:
            score = score if weight is None else along(score, weight, self.scoring)
        return Walk(
            (*part.entities, *walk.entities[1:]),
            (*part.statements, *walk.statements),
            (*part.weights, *walk.weights),
            score,
            part.leg,
        )
