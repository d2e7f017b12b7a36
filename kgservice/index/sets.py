"""Expressions as what they denote: one line of arrays for each line of docs/semantics.md."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kgservice.algebra.expression import (
    Entities,
    Expression,
    Filter,
    Follow,
    Intersect,
    OfType,
    SortOrder,
    Subtract,
    Top,
    Union,
    operands,
)
from kgservice.algebra.scoring import MergeNorm, Scoring
from kgservice.index.effort import Effort
from kgservice.index.snapshot import Snapshot
from kgservice.index.values import Comparing
from kgservice.index.vectors import (
    EMPTY,
    ScoredSet,
    Scores,
    intersected,
    is_in,
    merged,
    subtracted,
    united,
)
from kgservice.index.walks import Walker
from kgservice.resolution.mapped import Array


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Evaluates expressions on one snapshot; ids that it does not have are left out."""

    snapshot: Snapshot
    scoring: Scoring
    effort: Effort

    def evaluate(self, expression: Expression) -> ScoredSet:
        """The entities of a set with their scores."""
        match expression:
            case Entities():
                return self._entities(expression)
            case OfType(types):
                return ScoredSet(self.snapshot.of_types(types))
            case Follow():
                return self._follow(expression)
            case Filter(source):
                return self._filter(self.evaluate(source), expression)
            case Top(source):
                return self._top(self.evaluate(source), expression)
            case Intersect() | Union() | Subtract():
                return self._combined(expression)

    def _combined(self, expression: Intersect | Union | Subtract) -> ScoredSet:
        sets = [self.evaluate(one) for one in operands(expression)]
        match expression:
            case Intersect():
                return intersected(sets, self.scoring.intersect)
            case Union():
                return united(sets, self.snapshot.size, self.scoring.merge)
            case Subtract():
                return subtracted(*sets)

    def _entities(self, anchor: Entities) -> ScoredSet:
        """Ids that name one canonical entity count once, with the best of their scores."""
        numbers = self.snapshot.numbers([id for id, _ in anchor.entities])
        known = numbers >= 0
        scores: Scores | None = None
        if any(score != 1.0 for _, score in anchor.entities):
            scores = np.array([score for _, score in anchor.entities])[known]
        return merged(numbers[known], scores, self.snapshot.size, MergeNorm.MAX)

    def _follow(self, expression: Follow) -> ScoredSet:
        walker = Walker(self.snapshot, self.scoring, self.effort)
        start = self.evaluate(expression.source)
        reached = start
        for step in expression.steps:
            reached = walker.take(reached, step.pattern)
            if step.except_start:
                reached = subtracted(reached, start)
        return reached

    def _filter(self, found: ScoredSet, asked: Filter) -> ScoredSet:
        if asked.types is not None:
            mask = self.snapshot.type_mask(asked.types)
            found = found.where(mask[self.snapshot.kinds(found.members)])
        comparing = Comparing(self.snapshot, self.effort)
        for condition in asked.conditions:
            found = found.where(comparing.meets(found.members, condition))
        return found

    def _top(self, found: ScoredSet, asked: Top) -> ScoredSet:
        if asked.by is None:
            members, keys = found.members, found.known_scores
        else:
            comparing = Comparing(self.snapshot, self.effort)
            members, keys = comparing.extremes(found.members, asked.by, asked.order)
        if not len(members) or not asked.first:
            return EMPTY
        ranks = self.snapshot.ranks(members)
        order = first_by(-keys if asked.order is SortOrder.DESC else keys, ranks, asked.first)
        return found.where(is_in(found.members, np.sort(members[order])))


def first_by(keys: Array, ranks: Array, first: int) -> Array:
    """The places of the first by key ascending, then by rank; all are ordered where few are."""
    if first < len(keys) // 4:
        last = np.partition(keys, first - 1)[first - 1]
        places = np.flatnonzero(keys <= last)
        return places[np.lexsort((ranks[places], keys[places]))[:first]]
    return np.lexsort((ranks, keys))[:first]


def firsts(snapshot: Snapshot, found: ScoredSet, first: int) -> ScoredSet:
    """The first answers in order: by score descending, then by id ascending."""
    ranks = snapshot.ranks(found.members)
    if found.scores is None and ranks is found.members:
        # Numbers ascend with ids, but for entities that came after the tables were made.
        return ScoredSet(found.members[:first])
    if found.scores is None:
        return ScoredSet(found.members[np.argsort(ranks)[:first]])
    places = first_by(-found.scores, ranks, first)
    return ScoredSet(found.members[places], found.scores[places])
