"""Ways out of entities: the rows of a table that begin at each, found by number.

The rows of an entity lie together, by relation. A set of entities selects rows; that is the sparse
product which a hop is. Rows are columns in mapped files, so workers share their pages, and a hop
reads what it selects and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, starmap
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from kgservice.index.numbering import Members
from kgservice.resolution.mapped import Array

#: Places in a table.
Places = npt.NDArray[np.int64]

#: A set with more rows than this looks up the wanted relations within its hubs instead of reading
#: all their rows: 20 rounds of halving cost 150 us, reading a row 3 ns.
_MANY_ROWS = 50_000
#: From so many rows on an entity is a hub.
_HUB = 256
#: So many relations are looked up one by one, at 10 us each.
_FEW = 8
_NOWHERE = np.empty(0, np.int64)
_WHOLE = slice(None)
#: Rows that are laid out at a time: 2 M need 60 MB.
_PORTION = 2_000_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A set of relations: of each code whether it is in it; and its runs of consecutive codes."""

    mask: npt.NDArray[np.bool_]
    firsts: Array
    lasts: Array
    codes: Sequence[int] = ()

    @classmethod
    def of(cls, codes: Sequence[int], relations: int, dtype: npt.DTypeLike) -> Wanted:
        """These codes among so many; `dtype` is that of the column that they are sought in."""
        mask = np.zeros(relations, np.bool_)
        mask[list(codes)] = True
        edges = np.flatnonzero(np.diff(mask, prepend=False, append=False))
        firsts, lasts = edges[::2].astype(dtype), (edges[1::2] - 1).astype(dtype)
        return cls(mask, firsts, lasts, sorted(codes))


class Runs(Protocol):
    """Where the rows of each entity begin and end; one that the table does not know has none."""

    def open_ended(self) -> Runs:
        """The same, of which entities may be asked that came later."""
        ...

    def of(self, members: Members) -> tuple[Places, Places]:
        """The first row of each, and the one behind its last."""
        ...


class DenseRuns:
    """Runs of the entities 0 to n - 1, from an array of n + 2 starts whose last two are the end.

    `beyond` tells that entities from n on may be asked for.
    """

    def __init__(self, starts: Array, *, beyond: bool = False):
        self._starts = starts
        self._ends = starts[1:]
        self._limit = len(starts) - 2 if beyond else None

    def open_ended(self) -> DenseRuns:
        """The same, of which entities may be asked that came later."""
        return DenseRuns(self._starts, beyond=True)

    def of(self, members: Members) -> tuple[Places, Places]:
        """The first row of each, and the one behind its last."""
        if self._limit is not None:
            members = np.minimum(members, self._limit)
        return self._starts[members], self._ends[members]


class SparseRuns:
    """Runs of a few entities, whose numbers are given in order."""

    def __init__(self, entities: Members):
        """`entities` has the entity of each row."""
        firsts = np.flatnonzero(np.diff(entities, prepend=-1))
        self._entities = entities[firsts]
        self._edges = np.append(firsts, len(entities))

    def open_ended(self) -> SparseRuns:
        """Itself: any entity may be asked of."""
        return self

    def of(self, members: Members) -> tuple[Places, Places]:
        """The first row of each, and the one behind its last."""
        if not len(self._entities):
            nothing = np.zeros(len(members), np.int64)
            return nothing, nothing
        places = np.searchsorted(self._entities, members)
        places = np.minimum(places, len(self._entities) - 1)
        ends = self._edges[places + 1]
        return np.where(self._entities[places] == members, self._edges[places], ends), ends


@dataclass(frozen=True, slots=True)
class RelationRuns:
    """The rows of one entity and relation, as runs by relation and entity.

    The runs of relation r are firsts[r]:firsts[r + 1]; of each: its entity, where in the table it
    begins, and how many rows it has.
    """

    firsts: Sequence[int]
    entity: Members
    start: Array
    size: Array

    def of(self, relation: int, members: Members) -> tuple[Places, Places, Array]:
        """Where runs of a relation begin and end, of those entities that have one; and whose."""
        if relation + 1 >= len(self.firsts):
            return _NOWHERE, _NOWHERE, _NOWHERE
        first, last = self.firsts[relation], self.firsts[relation + 1]
        if first == last or not len(members):
            return _NOWHERE, _NOWHERE, _NOWHERE
        entity = self.entity[first:last]
        if len(members) > len(entity) and _ascend(members):
            # The few are sought in the many.
            owners = members.searchsorted(entity)
            found = (members.take(owners, mode="clip") == entity).nonzero()[0]
            owners, places = owners[found], found + first
        else:
            places = entity.searchsorted(members)
            owners = (entity.take(places, mode="clip") == members).nonzero()[0]
            places = places[owners] + first
        starts = self.start[places].astype(np.int64)
        return starts, starts + self.size[places], owners


@dataclass(frozen=True, slots=True)
class Way:
    """Statements from one side: of each the relation, and what it leads to.

    `end` are the entities at the other end, null where there are literals; `row` tells where in
    the table of statements each stands, null where they stand in this order; `by_relation` are the
    same rows as runs, null where there are too few for that.
    """

    runs: Runs
    relation: Array
    end: Array | None
    row: Array | None
    by_relation: RelationRuns | None = None

    def open_ended(self) -> Way:
        """The same, of which entities may be asked that came later."""
        return replace(self, runs=self.runs.open_ended())

    def parts(self, members: Members, wanted: Wanted | None) -> Iterator[tuple[Places, Array]]:
        """The places of all wanted statements of these entities, and whose each is.

        The second array holds positions in `members`. What is found comes in parts of as many rows
        as may be laid out at a time; nearly always it is one, or none where nothing is found.
        """
        if wanted is not None and self.by_relation is not None and len(wanted.codes) <= _FEW:
            starts, ends, owners = self._runs_of(self.by_relation, members, wanted)
            for part in _portions(starts, ends):
                yield _laid_out(starts[part], ends[part], owners[part])
            return
        starts, ends = self.runs.of(members)
        owners = np.arange(len(members))
        for part in _portions(starts, ends):
            yield self._filtered(starts[part], ends[part], owners[part], wanted)

    def _runs_of(
        self, by_relation: RelationRuns, members: Members, wanted: Wanted
    ) -> tuple[Places, Places, Array]:
        """Of few relations: nothing is read but what is wanted."""
        found = [by_relation.of(code, members) for code in wanted.codes]
        if len(found) == 1:
            return found[0]
        if not found:
            return _NOWHERE, _NOWHERE, _NOWHERE
        starts, ends, owners = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return starts, ends, owners

    def _filtered(
        self, starts: Places, ends: Places, owners: Array, wanted: Wanted | None
    ) -> tuple[Places, Array]:
        """Of the rows of entities those of wanted relations."""
        if wanted is None:
            return _laid_out(starts, ends, owners)
        if len(starts) == 1:
            return self._of_one(int(starts[0]), int(ends[0]), owners, wanted)
        sizes = ends - starts
        if int(sizes.sum()) > _MANY_ROWS:
            hubs = np.flatnonzero(sizes > _HUB)
            if len(hubs):
                return self._around_hubs(starts, ends, owners, hubs, wanted)
        places, owners = _laid_out(starts, ends, owners)
        kept = wanted.mask[self.relation[places]]
        return places[kept], owners[kept]

    def _of_one(self, start: int, end: int, owners: Array, wanted: Wanted) -> tuple[Places, Array]:
        relation = self.relation[start:end]
        firsts = (relation.searchsorted(wanted.firsts, "left") + start).tolist()
        lasts = (relation.searchsorted(wanted.lasts, "right") + start).tolist()
        runs = [np.arange(first, last) for first, last in zip(firsts, lasts, strict=True)]
        places = runs[0] if len(runs) == 1 else np.concatenate([_NOWHERE, *runs])
        return places, owners.repeat(len(places))

    def _around_hubs(
        self, starts: Places, ends: Places, owners: Array, hubs: Array, wanted: Wanted
    ) -> tuple[Places, Array]:
        """The same, where in hubs the wanted relations are looked up."""
        runs = len(wanted.firsts)
        many = hubs.repeat(runs)
        firsts = self._sought(starts[many], ends[many], np.tile(wanted.firsts, len(hubs)), "left")
        lasts = self._sought(starts[many], ends[many], np.tile(wanted.lasts, len(hubs)), "right")
        of_hubs, hub_owners = _laid_out(firsts, lasts, owners[many])
        others = ends.copy()
        others[hubs] = starts[hubs]
        rest, rest_owners = _laid_out(starts, others, owners)
        kept = wanted.mask[self.relation[rest]]
        return (
            np.concatenate([of_hubs, rest[kept]]),
            np.concatenate([hub_owners, rest_owners[kept]]),
        )

    def _sought(
        self, low: Places, high: Places, codes: Array, side: Literal["left", "right"]
    ) -> Places:
        """Within each run the place of a relation, as searchsorted tells it, by halving all."""
        while True:
            open_ = low < high
            if not open_.any():
                return low
            middle = (low + high) >> 1
            found = self.relation[np.where(open_, middle, 0)]
            behind = open_ & (found < codes if side == "left" else found <= codes)
            low = np.where(behind, middle + 1, low)
            high = np.where(open_ & ~behind, middle, high)


def _ascend(members: Members) -> bool:
    return bool(np.count_nonzero(members[1:] > members[:-1]) == len(members) - 1)


def _portions(starts: Places, ends: Places) -> Iterator[slice]:
    """Runs in parts that have few enough rows to be laid out at a time."""
    if len(starts) > 1:
        rows = (ends - starts).cumsum()
        if rows[-1] > _PORTION:
            edges = np.flatnonzero(np.diff(rows // _PORTION)) + 1
            yield from starmap(slice, pairwise([0, *edges.tolist(), len(starts)]))
            return
    if len(starts):
        yield _WHOLE


def _laid_out(starts: Places, ends: Places, owners: Array) -> tuple[Places, Array]:
    """All places of several runs, and whose each is."""
    if len(starts) == 1:
        places = np.arange(int(starts[0]), int(ends[0]))
        return places, owners.repeat(len(places))
    sizes = ends - starts
    places = (ends - sizes.cumsum()).repeat(sizes)
    places += np.arange(len(places))
    return places, owners.repeat(sizes)
