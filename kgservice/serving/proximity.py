"""How near entities are to some others in the graph, for completion: a short walk at random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kgservice.index.numbering import Members
from kgservice.index.snapshot import Snapshot
from kgservice.index.vectors import Mask
from kgservice.resolution.shares import Shares
from kgservice.resolution.spans import spread

#: What ending in each step of the walk counts. What comes next is mostly of the kind of a
#: neighbour: one step leads to neighbours, three to what things of the same kind stand beside,
#: two back to things like the one that was entered.
_STEPS = (0.2, 0.2, 0.6)
#: Statements looked at of each entity and each side, spread evenly over all of them, and entities
#: that the walk goes on from: this bounds it to some 30,000 statements, 2 ms.
_STATEMENTS, _KEPT = 30, 300
#: Entities that are told, the nearest.
_TOLD = 300
#: What stands between a query and a product, and is never what a person types.
_BETWEEN = "Behavior"


@dataclass(frozen=True, slots=True)
class Proximity:
    """Nearness in one snapshot: how often a walk of up to three steps ends in each entity.

    >>> Proximity(snapshot)(["forrest-gump"])["tom-hanks"]  # doctest: +SKIP
    0.14
    """

    snapshot: Snapshot

    def __call__(self, ids: Sequence[str]) -> Mapping[str, float]:
        """The nearest entities by id, how often it ends there; those asked about left out."""
        numbers = self.snapshot.numbers(ids)
        starts = np.unique(numbers[numbers >= 0])
        if not len(starts):
            return {}
        here = Shares(starts, np.full(len(starts), 1 / len(starts)))
        reached = [here := self._step(here) for _ in _STEPS]
        near = Shares.mixed(zip(_STEPS, reached, strict=True))
        near = near.only(self._told(near.numbers, starts))
        order = np.argsort(-near.shares, kind="stable")[:_TOLD]
        ids = self.snapshot.ids(near.numbers[order])
        return dict(zip(ids, near.shares[order].tolist(), strict=True))

    def _told(self, members: Members, starts: Members) -> Mask:
        types = self.snapshot.vocabulary.with_subtypes([_BETWEEN])
        between = self.snapshot.type_mask(types)[self.snapshot.kinds(members)]
        told: Mask = ~between & ~np.isin(members, starts)
        return told

    def _step(self, here: Shares) -> Shares:
        """One statement further, in either direction; what lies at an entity is shared by all."""
        sides = [
            (layer, way, *way.runs.of(here.numbers))
            for layer in self.snapshot.layers
            for way in (layer.statements.out, layer.statements.into)
        ]
        each = here.shares / np.maximum(sum(last - first for _, _, first, last in sides), 1)
        reached, shares = [], []
        for layer, way, first, last in sides:
            size = last - first
            looked = np.minimum(size, _STATEMENTS)
            nth, owners = spread(np.zeros_like(looked), looked)
            places = first[owners] + nth * size[owners] // looked[owners]
            alive = layer.alive(places if way.row is None else way.row[places])
            if alive is not None:
                places, owners = places[alive], owners[alive]
            assert way.end is not None, "a neighbour is an entity"
            reached.append(way.end[places])
            # Those that are looked at stand for all of this side.
            shares.append((each * size / np.maximum(looked, 1))[owners])
        ends = Shares.summed(np.concatenate(reached), np.concatenate(shares))
        return ends.only(np.sort(np.argsort(-ends.shares, kind="stable")[:_KEPT]))
