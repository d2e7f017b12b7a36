"""Pages of the statements of entities, in an order: of each entity the first alone are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
import numpy.typing as npt

from kgservice.graph.reads import Placed, StatementsRequest, score_of
from kgservice.index.around import Around, Found, Wish
from kgservice.index.effort import Effort
from kgservice.index.snapshot import Snapshot
from kgservice.index.statements import StatementRows
from kgservice.model import Page, Statement, StatementOrder
from kgservice.resolution.mapped import Array


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages of statements, as kgservice.graph.cypher.cards.statements_of orders them."""

    snapshot: Snapshot
    request: StatementsRequest
    effort: Effort

    def of(self, ids: Sequence[str]) -> dict[str, Page[Placed]]:
        """The page of each entity that there is."""
        members = self.snapshot.numbers(ids)
        placed: list[list[Placed]] = [[] for _ in ids]
        for found in Around(self.snapshot, self.effort).find(members, _wish(self.request)):
            for owner, one in self._firsts(found):
                placed[owner].append(one)
        return {
            id: self._page(several)
            for id, number, several in zip(ids, members.tolist(), placed, strict=True)
            if number >= 0
        }

    def count(self, ids: Sequence[str]) -> dict[str, int]:
        """How many statements each entity has that meet the request."""
        members = self.snapshot.numbers(ids)
        counts = np.zeros(len(ids), np.int64)
        for found in Around(self.snapshot, self.effort).find(members, _wish(self.request)):
            counts += np.bincount(found.owners, minlength=len(ids))
        known = zip(ids, members.tolist(), counts.tolist(), strict=True)
        return {id: count for id, number, count in known if number >= 0}

    def _page(self, placed: list[Placed]) -> Page[Placed]:
        after, first = self.request.after, self.request.first
        keyed = [(_key(one.place), one) for one in placed]
        if after is not None:
            keyed = [one for one in keyed if one[0] > _key(after)]
        keyed.sort(key=lambda one: one[0])
        return Page([one for _, one in keyed[:first]], has_next=len(keyed) > first)

    def _firsts(self, found: Found) -> Iterator[tuple[int, Placed]]:
        """Of each entity as many as a page may need, in any order."""
        reading = StatementRows(self.snapshot, found.layer)
        if found.far is None:
            # An entity has few values, and the order of their texts is not in the table.
            statements = reading.with_literal(found.rows)
        else:
            found = found.where(self._first_rows(found, found.far))
            statements = reading.between(found.rows)
        ends = [None] * len(statements) if found.far is None else self.snapshot.ids(found.far)
        for owner, one, end in zip(found.owners.tolist(), statements, ends, strict=True):
            yield owner, self._placed(one, end)

    def _placed(self, one: Statement, end: str | None) -> Placed:
        other = one.literal.text if one.literal is not None else end
        score = score_of(one, self.request.order)
        return Placed(one, (score, one.relation, other or "", one.id))

    def _first_rows(self, found: Found, far: Array) -> Array:
        """The places of the first statements of each entity behind the one seen last."""
        scores = _columns(found, self.request.order)
        relations = self.snapshot.relation_ranks[found.table.relation[found.rows]]
        others = self.snapshot.ranks(far)
        kept = np.arange(len(found.rows))
        if self.request.after is not None:
            kept = np.flatnonzero(self._not_before(scores, relations, others))
        order = np.lexsort((others[kept], relations[kept], scores[kept], found.owners[kept]))
        kept = kept[order]
        owners = found.owners[kept]
        begins = np.flatnonzero(np.diff(owners, prepend=-1))
        sizes = np.diff(np.append(begins, len(owners)))
        place = np.arange(len(owners)) - np.repeat(begins, sizes)
        # Of two sides each may have the statement that was seen last: one more than the page asks.
        firsts: Array = kept[place <= self.request.first + 1]
        return firsts

    def _not_before(self, scores: Array, relations: Array, others: Array) -> npt.NDArray[np.bool_]:
        """Which do not stand before the place seen last; what stands there is let through."""
        assert self.request.after is not None, "asked for a page behind a place"
        score, relation, other, _ = self.request.after
        seen = inf if score is None else -score
        if self.request.order is StatementOrder.RELATION:
            seen = 0.0
        rank, end = self.snapshot.relation_rank(relation), self.snapshot.rank_behind(other)
        later = (relations > rank) | ((relations == rank) & (others >= end))
        kept: npt.NDArray[np.bool_] = (scores > seen) | ((scores == seen) & later)
        return kept


def _wish(request: StatementsRequest) -> Wish:
    return Wish(request.relations, request.direction, request.where, request.types)


def _key(place: tuple[float | None, str, str, str]) -> tuple[float, str, str, str]:
    score, relation, other, id = place
    return (inf if score is None else -score, relation, other, id)


def _columns(found: Found, order: StatementOrder) -> Array:
    """What statements are ordered by first, ascending; a missing score comes last."""
    match order:
        case StatementOrder.RELATION:
            return np.zeros(len(found.rows))
        case StatementOrder.SUPPORT:
            return -found.table.support[found.rows].astype(np.float64)
        case StatementOrder.TYPICALITY:
            scores = found.table.typicality[found.rows]
        case StatementOrder.PLAUSIBILITY:
            scores = found.table.plausibility[found.rows]
    return np.where(np.isnan(scores), inf, -scores)
