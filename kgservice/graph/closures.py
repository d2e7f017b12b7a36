"""Closures over Neo4j: what Cypher cannot say in one text is evaluated beforehand, level by level.

In a closure y's score is the best S(x) over all x that reach it, and statements weigh nothing. So
the entities of one score are one start, and the starts are taken from the best score down. Each
entity is expanded once, however many starts and levels meet in it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from kgservice.algebra.expression import (
    Entities,
    Expression,
    Filter,
    Follow,
    Intersect,
    Step,
    Subtract,
    Top,
    Union,
)
from kgservice.algebra.pattern import Alternatives, Pattern, Repeat, Sequence, has_closure
from kgservice.algebra.question import Question
from kgservice.algebra.scoring import DEFAULT_SCORING, MergeNorm, Scoring
from kgservice.graph.asking import Asking
from kgservice.graph.cypher.answers import questions

Rows = Mapping[str, float]


@dataclass(slots=True)
class Reach:
    """What can be reached by repeating one pattern; remembers every expansion."""

    successors: Callable[[Collection[str]], Awaitable[Mapping[str, Collection[str]]]]
    known: dict[str, Collection[str]] = field(default_factory=dict)

    async def best_scores(self, rows: Rows, least: int) -> dict[str, float]:
        """Each reached entity with the best score of those that reach it."""
        starts: dict[float, list[str]] = {}
        for id, score in rows.items():
            starts.setdefault(score, []).append(id)
        best: dict[str, float] = {}
        for score in sorted(starts, reverse=True):
            for id in await self._reached(starts[score], least):
                best.setdefault(id, score)
        return best

    async def _reached(self, starts: Iterable[str], least: int) -> set[str]:
        """The entities reached by `least` repetitions, and then any number more."""
        level = set(starts)
        for _ in range(least):
            level = await self._next(level)
        reached = set(level)
        while level:
            level = await self._next(level) - reached
            reached |= level
        return reached

    async def _next(self, level: Collection[str]) -> set[str]:
        new = [id for id in level if id not in self.known]
        if new:
            found = await self.successors(new)
            self.known.update({id: found.get(id, ()) for id in new})
        return {reached for id in level for reached in self.known[id]}


@dataclass(frozen=True, slots=True)
class Closures:
    """Replaces the walks that hold a closure by the entities that they reach."""

    asking: Asking
    scoring: Scoring

    async def settled(self, expression: Expression) -> Expression:
        """The same set without closures."""
        match expression:
            case Follow(source, steps):
                return await self._settled_walk(Follow(await self.settled(source), steps))
            case Intersect(operands) | Union(operands):
                each = tuple([await self.settled(one) for one in operands])
                return replace(expression, operands=each)
            case Subtract(source, remove):
                return Subtract(await self.settled(source), await self.settled(remove))
            case Filter(source) | Top(source):
                return replace(expression, source=await self.settled(source))
            case _:
                return expression

    async def along(self, rows: Rows, pattern: Pattern) -> Rows:
        """These rows taken along a pattern."""
        if not has_closure(pattern):
            return await self.everything(Follow(_entities(rows), (Step(pattern),)))
        match pattern:
            case Sequence(parts):
                for part in parts:
                    rows = await self.along(rows, part)
                return rows
            case Alternatives(parts):
                return self._merged([await self.along(rows, part) for part in parts])
            case Repeat(inner, least, most):
                return await self._repeated(rows, inner, least, most)
            case _:
                raise AssertionError(f"no closure in {pattern}")

    async def everything(self, expression: Expression) -> dict[str, float]:
        """All entities of a set, with their scores."""
        rows = await self.asking.value(
            lambda writer: questions.everything(writer, expression),
            self.scoring,
            scored=questions.is_scored(Question(expression, self.scoring)),
        )
        return dict(rows)

    async def _settled_walk(self, expression: Follow) -> Expression:
        if not any(has_closure(step.pattern) for step in expression.steps):
            return expression
        start: Rows = await self.everything(expression.source)
        rows = start
        for step in expression.steps:
            rows = await self.along(rows, step.pattern)
            if step.except_start:
                rows = {id: score for id, score in rows.items() if id not in start}
        return _entities(rows)

    async def _repeated(self, rows: Rows, inner: Pattern, least: int, most: int | None) -> Rows:
        if most is None:
            reach = Reach(lambda ids: self._successors(ids, inner))
            return await reach.best_scores(rows, least)
        levels = [rows]
        for _ in range(most):
            levels.append(await self.along(levels[-1], inner))
        return self._merged(levels[least:])

    async def _successors(
        self, ids: Collection[str], pattern: Pattern
    ) -> Mapping[str, Collection[str]]:
        """What each of these entities reaches by taking a pattern once."""
        if has_closure(pattern):
            unscored = replace(self, scoring=DEFAULT_SCORING)
            return {id: await unscored.along({id: 1.0}, pattern) for id in ids}
        rows = await self.asking.value(
            lambda writer: questions.successors(writer, pattern), ids=sorted(ids)
        )
        found: dict[str, list[str]] = {}
        for id, reached in rows:
            found.setdefault(id, []).append(reached)
        return found

    def _merged(self, several: Iterable[Rows]) -> Rows:
        merged: dict[str, float] = {}
        for rows in several:
            for id, score in rows.items():
                if self.scoring.merge is MergeNorm.SUM:
                    merged[id] = merged.get(id, 0.0) + score
                else:
                    merged[id] = max(merged.get(id, 0.0), score)
        return merged


def _entities(rows: Rows) -> Entities:
    return Entities(tuple(sorted(rows.items())))
