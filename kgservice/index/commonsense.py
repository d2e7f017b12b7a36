"""Commonsense about many heads in one pass over the mapped statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from graph_schema.relations import HAS_PRODUCT, HAS_QUERY
from kgservice.graph.reads import CommonsenseRequest, HeadCommonsense
from kgservice.index.around import Around, Found, Wish
from kgservice.index.effort import Effort
from kgservice.index.numbering import Members
from kgservice.index.snapshot import Snapshot
from kgservice.index.statements import StatementRows
from kgservice.index.walks import passing
from kgservice.model import Direction, Statement
from kgservice.resolution.mapped import Array

_PARTS = frozenset({HAS_QUERY, HAS_PRODUCT})
_BEHAVIOR = frozenset({"Behavior"})


@dataclass(frozen=True, slots=True)
class Commonsense:
    """What is known of the heads of a request, as kgservice.graph.cypher.commonsense says."""

    snapshot: Snapshot
    request: CommonsenseRequest
    effort: Effort

    def of_heads(self) -> list[HeadCommonsense | None]:
        """What is known of each head, in order; null where there is no such head."""
        members = self._members()
        known = np.zeros(len(members), np.bool_)
        totals = np.zeros(len(members), np.int64)
        best: list[list[Statement]] = [[] for _ in members]
        every = self.snapshot.vocabulary.commonsense_relations
        asked = self.snapshot.wanted(self.request.relations & every)
        assert asked is not None, "commonsense is of some relations"
        for found in Around(self.snapshot, self.effort).find(members, Wish(every)):
            if found.far is None:
                continue
            known[found.owners] = True
            of_asked = found.where(asked.mask[found.table.relation[found.rows]])
            totals += np.bincount(of_asked.owners, minlength=len(members))
            for owner, one in self._firsts(of_asked):
                best[owner].append(one)
        heads = self.snapshot.ids(members[members >= 0])
        return list(self._told(members, iter(heads), zip(known, totals, best, strict=True)))

    def _told(
        self,
        members: Members,
        heads: Iterator[str],
        told: Iterator[tuple[np.bool_, np.int64, list[Statement]]],
    ) -> Iterator[HeadCommonsense | None]:
        for number, (known, total, statements) in zip(members.tolist(), told, strict=True):
            if number < 0:
                yield None
                continue
            first = _ranked(statements)[: self.request.first]
            yield HeadCommonsense(next(heads), bool(known), int(total), tuple(first))

    def _members(self) -> Members:
        """The entity of each head; -1 where there is none."""
        heads = self.request.heads
        members = self.snapshot.numbers([first for first, _ in heads])
        pairs = [place for place, (_, second) in enumerate(heads) if second is not None]
        if pairs:
            members = members.copy()
            others = self.snapshot.numbers([heads[place][1] or "" for place in pairs])
            members[pairs] = self._behaviors(members[pairs], others)
        return members

    def _behaviors(self, firsts: Members, seconds: Members) -> Members:
        """The behavior of each pair of ends; of several the one with the most observations."""
        best: dict[int, tuple[int, int]] = {}
        around = Around(self.snapshot, self.effort)
        from_second = around.find(seconds, Wish(frozenset({HAS_PRODUCT}), Direction.IN))
        counts = {
            (owner, behavior): count
            for found in from_second
            for owner, behavior, count in self._of_behaviors(found)
        }
        for found in around.find(firsts, Wish(_PARTS, Direction.IN)):
            for owner, behavior, _ in self._of_behaviors(found):
                count = counts.get((owner, behavior))
                if count is not None and firsts[owner] != seconds[owner]:
                    ranked = (-count, behavior)
                    best[owner] = min(best.get(owner, ranked), ranked)
        return np.array([best.get(place, (0, -1))[1] for place in range(len(firsts))], np.int32)

    def _of_behaviors(self, found: Found) -> Iterator[tuple[int, int, int]]:
        assert found.far is not None, "an end of a behavior is an entity"
        behaviors = self.snapshot.type_mask(_BEHAVIOR)[self.snapshot.kinds(found.far)]
        found = found.where(behaviors)
        support = found.table.support[found.rows]
        columns = (found.owners, found.far, support)
        yield from zip(*(one.tolist() for one in columns if one is not None), strict=True)

    def _firsts(self, found: Found) -> Iterator[tuple[int, Statement]]:
        """Of each head the best, and those that only their ids would tell from them."""
        tests = list(passing(self.snapshot, found.table, self.request.where, found.rows))
        if tests:
            found = found.where(np.logical_and.reduce(tests))
        table, rows = found.table, found.rows
        keys = [
            -table.support[rows],
            _missing_last(table.plausibility[rows]),
            _missing_last(table.typicality[rows]),
        ]
        found = found.where(self._kept(found.owners, keys))
        statements = StatementRows(self.snapshot, found.layer).between(found.rows)
        return zip(found.owners.tolist(), statements, strict=True)

    def _kept(self, owners: Array, keys: Sequence[Array]) -> Array:
        """The places of the first of each owner by keys (the last counts most), ties included."""
        if not len(owners) or not self.request.first:
            return np.empty(0, np.int64)
        order = np.lexsort((*keys, owners))
        sorted_owners = owners[order]
        fresh = np.ones(len(order), np.bool_)
        fresh[1:] = sorted_owners[1:] != sorted_owners[:-1]
        begins = np.maximum.accumulate(np.where(fresh, np.arange(len(order)), 0))
        differs = fresh.copy()
        for key in keys:
            values = key[order]
            differs[1:] |= values[1:] != values[:-1]
        # Where the run of equals begins that a statement stands in, counted from its owner's first.
        runs = np.maximum.accumulate(np.where(differs, np.arange(len(order)), 0))
        return order[runs - begins < self.request.first]


def _missing_last(scores: Array) -> Array:
    return np.where(np.isnan(scores), inf, -scores)


def _ranked(statements: Sequence[Statement]) -> list[Statement]:
    """The best first; ids, which have to be made, are looked at where nothing else tells."""
    worth = [_worth(one) for one in statements]
    if len(set(worth)) < len(worth):
        worth = [(*each, one.id) for each, one in zip(worth, statements, strict=True)]
    return [statements[at] for at in sorted(range(len(worth)), key=worth.__getitem__)]


def _worth(one: Statement) -> tuple[float | str, ...]:
    return (
        inf if one.typicality is None else -one.typicality,
        inf if one.plausibility is None else -one.plausibility,
        -one.support,
    )
