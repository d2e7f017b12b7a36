"""Walks as array steps: a scored set taken along a pattern.

A hop is the product of a sparse vector with the rows that it selects, over the semiring that the
scoring names: scores times weights (or their minimum), merged by maximum or by sum. Any relation,
several, or both directions are one selection of rows: no union is ever built.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from kgservice.algebra.pattern import (
    ANY_STATEMENT,
    NO_RELATION,
    Alternatives,
    Hop,
    Pattern,
    Repeat,
    Sequence,
    StatementFilter,
)
from kgservice.algebra.scoring import (
    DEFAULT_SCORING,
    AlongNorm,
    MergeNorm,
    Scoring,
    StatementWeight,
)
from kgservice.index.effort import Effort
from kgservice.index.numbering import Members
from kgservice.index.snapshot import Layer, Snapshot
from kgservice.index.tables import StatementTable
from kgservice.index.vectors import EMPTY, Mask, ScoredSet, Scores, is_in, merged, united
from kgservice.index.ways import Places, Way
from kgservice.resolution.mapped import Array

#: Numbers of a walk that keeps its starts apart: start times the number of entities, plus entity.
_APART = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Edges:
    """Statements that a hop selects, all of one layer.

    `owners` are positions in the set that the hop begins from, `ends` the entities that it leads
    to, `places` where the statements stand along the way.
    """

    layer: Layer
    way: Way
    places: Places
    owners: Array
    ends: Members

    @property
    def rows(self) -> Places:
        """The statements' rows in the layer."""
        return self.places if self.way.row is None else self.way.row[self.places]

    def where(self, kept: Mask) -> Edges:
        """Those for which it holds."""
        chosen = self.places[kept], self.owners[kept], self.ends[kept]
        return Edges(self.layer, self.way, *chosen)


@dataclass(frozen=True, slots=True)
class Walker:
    """Takes sets along patterns.

    With `apart` every start is walked from by itself: a member of a set is then a start times the
    number of entities, plus the entity.
    """

    snapshot: Snapshot
    scoring: Scoring
    effort: Effort
    apart: bool = False

    @property
    def size(self) -> int:
        """All members of sets lie below this."""
        return _APART if self.apart else self.snapshot.size

    def take(self, source: ScoredSet, pattern: Pattern) -> ScoredSet:
        """The set that a pattern leads to."""
        match pattern:
            case Hop():
                return self.hop(source, pattern)
            case Sequence(parts):
                for part in parts:
                    source = self.take(source, part)
                return source
            case Alternatives(parts):
                sets = [self.take(source, part) for part in parts]
                return united(sets, self.size, self.scoring.merge)
            case Repeat(inner, least, None):
                return self._closure(source, inner, least)
            case Repeat(inner, least, most):
                levels = [source]
                for _ in range(most or 0):
                    levels.append(self.take(levels[-1], inner))
                return united(levels[least:], self.size, self.scoring.merge)

    def hop(self, source: ScoredSet, hop: Hop) -> ScoredSet:
        """The set that one hop leads to."""
        if not len(source):
            return EMPTY
        members, bases = source.members, None
        if self.apart:
            members = source.members % self.snapshot.size
            bases = source.members - members
        ends, scores = [], []
        for edges in self.edges(members, hop):
            ends.append(edges.ends if bases is None else bases[edges.owners] + edges.ends)
            scores.append(self._along(source.scores, edges))
        if not ends:
            return EMPTY
        return merged(_joined(ends), _joined_scores(scores), self.size, self.scoring.merge)

    def edges(self, members: Members, hop: Hop) -> Iterator[Edges]:
        """The statements that a hop may walk from these entities, in parts; each stands once."""
        for layer in self.snapshot.layers:
            statements = layer.statements
            for way, relations, back in (
                (statements.out, hop.forwards, False),
                (statements.into, hop.backwards, True),
            ):
                if relations == NO_RELATION:
                    continue
                wanted = self.snapshot.wanted(relations)
                assert way.end is not None, "a walk leads from entity to entity"
                for places, owners in way.parts(members, wanted):
                    self.effort.spend(len(places))
                    found = Edges(layer, way, places, owners, way.end[places])
                    kept = self._kept(found, members, hop, back=back)
                    yield found if kept is None else found.where(kept)

    def _kept(self, found: Edges, members: Members, hop: Hop, *, back: bool) -> Mask | None:
        """Which of the selected statements may be walked; null where all may."""
        dead = found.layer.dead
        tests: list[Mask] = [] if dead is None else [~dead[found.rows]]
        if hop.where is not ANY_STATEMENT:
            tests.extend(
                passing(self.snapshot, found.layer.statements.between, hop.where, found.rows)
            )
        if hop.types is not None:
            tests.append(self.snapshot.type_mask(hop.types)[self.snapshot.kinds(found.ends)])
        if back and hop.forwards != NO_RELATION:
            # A statement from an entity to itself was met on the way out already.
            loops = members[found.owners] == found.ends
            if loops.any():
                ahead = self.snapshot.wanted(hop.forwards)
                relation = found.way.relation[found.places]
                tests.append(~(loops if ahead is None else loops & ahead.mask[relation]))
        return reduce(np.logical_and, tests) if tests else None

    def _along(self, scores: Scores | None, edges: Edges) -> Scores | None:
        """The score behind each statement."""
        weights = None
        if self.scoring.statement is not StatementWeight.NONE:
            table = edges.layer.statements.between
            weights = weights_of(table, self.scoring.statement, edges.rows)
        before = None if scores is None else scores[edges.owners]
        if self.scoring.along is AlongNorm.MIN and (weights is not None or before is not None):
            # What weighs nothing weighs 1, and sums may lie above it.
            return np.minimum(
                1.0 if before is None else before, 1.0 if weights is None else weights
            )
        if weights is None or before is None:
            return before if weights is None else weights
        return before * weights

    def _closure(self, source: ScoredSet, inner: Pattern, least: int) -> ScoredSet:
        """Propagates the maximum until nothing improves; within, no statement weighs anything."""
        plain = replace(self, scoring=DEFAULT_SCORING)
        level = source
        for _ in range(least):
            level = plain.take(level, inner)
        best = level
        while len(level):
            level = _better(plain.take(level, inner), best)
            best = united([best, level], self.size, MergeNorm.MAX)
        return best


def passing(
    snapshot: Snapshot, table: StatementTable, where: StatementFilter, rows: Places
) -> Iterator[Mask]:
    """What a filter says of some statements, test by test; a missing score meets no minimum."""
    if where.min_plausibility is not None:
        yield table.plausibility[rows] >= where.min_plausibility
    if where.min_typicality is not None:
        yield table.typicality[rows] >= where.min_typicality
    if where.min_support is not None:
        yield table.support[rows] >= where.min_support
    origins = snapshot.origin_mask(where)
    if origins is not None:
        yield origins[table.origin[rows]]


def weights_of(table: StatementTable, kind: StatementWeight, rows: Places) -> Scores | None:
    """What some statements weigh, 1 without the score; null where all weigh 1."""
    match kind:
        case StatementWeight.NONE:
            return None
        case StatementWeight.SUPPORT:
            return table.support[rows].astype(np.float64)
        case StatementWeight.PLAUSIBILITY:
            scores = table.plausibility[rows]
        case StatementWeight.TYPICALITY:
            scores = table.typicality[rows]
    return np.where(np.isnan(scores), 1.0, scores)


def _better(found: ScoredSet, best: ScoredSet) -> ScoredSet:
    """Those of the found that are new, or have a higher score than before."""
    known = is_in(found.members, best.members)
    if found.scores is None or best.scores is None:
        return found.where(~known)
    places = np.minimum(np.searchsorted(best.members, found.members), len(best) - 1)
    return found.where(~known | (found.scores > best.scores[places]))


def _joined(parts: list[Array]) -> Array:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _joined_scores(parts: list[Scores | None]) -> Scores | None:
    known = [one for one in parts if one is not None]
    return _joined(known) if known else None
