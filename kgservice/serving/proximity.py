"""How near entities are to some others in the graph, for completion: a short walk at random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kgservice.index.numbering import Members
from kgservice.index.snapshot import Snapshot
from kgservice.resolution.mapped import Array
from kgservice.resolution.spans import spread

#: Statements that the walk takes, statements looked at of each entity and each side, and entities
#: that it goes on from: this bounds it to some 10,000 statements, 1 ms.
_STEPS, _STATEMENTS, _KEPT = 2, 30, 150
#: Entities that are told, the nearest.
_TOLD = 100
#: What stands between a query and a product, and is never what a person types.
_BETWEEN = "Behavior"


@dataclass(frozen=True, slots=True)
class Proximity:
    """Nearness in one snapshot: how often a walk of two steps from these entities ends in each.

    >>> Proximity(snapshot)(["forrest-gump"])["tom-hanks"]  # doctest: +SKIP
    1.0
    """

    snapshot: Snapshot

    def __call__(self, ids: Sequence[str]) -> Mapping[str, float]:
        """The nearest entities by id, 0..1, the nearest of all 1; those asked about left out."""
        numbers = self.snapshot.numbers(ids)
        starts = np.unique(numbers[numbers >= 0])
        if not len(starts):
            return {}
        members, mass = starts, np.ones(len(starts))
        near: dict[int, float] = {}
        for _ in range(_STEPS):
            members, mass = self._step(members, mass)
            for member, share in zip(members.tolist(), mass.tolist(), strict=True):
                near[member] = near.get(member, 0.0) + share
        found = self._told(np.array(sorted(near), np.int32), starts)
        if not len(found):
            return {}
        nearness = np.array([near[member] for member in found.tolist()])
        order = np.argsort(-nearness, kind="stable")[:_TOLD]
        shown = self.snapshot.ids(found[order])
        return dict(zip(shown, (nearness[order] / nearness.max()).tolist(), strict=True))

    def _told(self, members: Members, starts: Members) -> Members:
        types = self.snapshot.vocabulary.with_subtypes([_BETWEEN])
        between = self.snapshot.type_mask(types)[self.snapshot.kinds(members)]
        told: Members = members[~between & ~np.isin(members, starts)]
        return told

    def _step(self, members: Members, mass: Array) -> tuple[Members, Array]:
        """One statement further, in either direction; what lies at an entity is shared by all."""
        reached, shares = [], []
        for layer in self.snapshot.layers:
            for way in (layer.statements.out, layer.statements.into):
                first, last = way.runs.of(members)
                size = np.minimum(last - first, _STATEMENTS)
                places, owners = spread(first, first + size)
                alive = layer.alive(places if way.row is None else way.row[places])
                if alive is not None:
                    places, owners = places[alive], owners[alive]
                assert way.end is not None, "a neighbour is an entity"
                reached.append(way.end[places])
                # Half of it goes each way; an entity with many statements says little of each.
                shares.append((mass / np.maximum(last - first, 1) / 2)[owners])
        ends, owner = np.unique(np.concatenate(reached), return_inverse=True)
        sums = np.bincount(owner, np.concatenate(shares), len(ends))
        kept = np.sort(np.argsort(-sums, kind="stable")[:_KEPT])
        return ends[kept].astype(np.int32), sums[kept]
