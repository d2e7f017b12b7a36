"""What is near some entities in meaning: those whose labels have the nearest vectors.

Of products that were bought together 80 % have each other's title among the 100 nearest of 100,000
names, a quarter as the very nearest: about as often as 1 / rank says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from kgservice.resolution.index import NameIndex, Shown
from kgservice.resolution.mapped import Array
from kgservice.resolution.shares import Shares
from kgservice.resolution.spans import spread

#: Keys that are looked at, and entities of each.
_NEAREST, _NAMESAKES = 100, 3
#: The sum of 1 / rank over so many.
_HARMONIC = sum(1 / rank for rank in range(1, _NEAREST + 1))
#: Entities of which it is kept what is near them: 4 kB each. To find that takes 0.6 ms, and what is
#: entered next is entered after all that was before.
_KEPT = 1_000


@dataclass(frozen=True)
class Kinship:
    """Nearness in meaning among the entities of an index; nothing is near without vectors.

    >>> Kinship(NameIndex.open(Path("names"))).near(["camping-tent"])  # doctest: +SKIP
    [Shares(numbers=array([ 4, 17]), shares=array([0.1 , 0.19]))]
    """

    index: NameIndex

    def near(self, ids: Sequence[str]) -> list[Shares]:
        """Of each layer, by row, what is near these entities, all alike, and is none of them."""
        places = [found for id in ids if (found := self.index.find(id)) is not None]
        each = [self._of(place) for place in places]
        near = []
        for layer in range(len(self.index.layers)):
            alike = Shares.mixed((1 / len(places), one[layer]) for one in each)
            own = [row for at, row in places if at == layer]
            near.append(alike.only(~np.isin(alike.numbers, own)))
        return near

    @cached_property
    def _of(self) -> Callable[[tuple[int, int]], Sequence[Shares]]:
        return lru_cache(_KEPT)(self._near_one)

    def _near_one(self, place: tuple[int, int]) -> list[Shares]:
        nearest = _nearest(self.index, *place)
        near = []
        for layer, shown in enumerate(self.index.layers):
            ranks = [rank for rank, (at, _) in enumerate(nearest, start=1) if at == layer]
            keys = np.array([nearest[rank - 1][1] for rank in ranks], np.int64)
            entities, owners = _entities(shown, keys)
            near.append(Shares.summed(entities, 1 / (np.array(ranks)[owners] * _HARMONIC)))
        return near


def _nearest(index: NameIndex, layer: int, row: int) -> list[tuple[int, int]]:
    """The keys that are nearest to the label of an entity, each with its layer, but for its own."""
    names, vectors = index.layers[layer].layer.names, index.layers[layer].layer.name_vectors
    key = names.label_key(row)
    vector = None if key is None or vectors is None else vectors.of(key)
    if vector is None:
        return []
    found = [
        (-cosine, place, other)
        for place, shown in enumerate(index.layers)
        if shown.layer.name_vectors is not None
        for other, cosine in shown.layer.name_vectors.beside(vector, _NEAREST + 1)
        if (place, other) != (layer, key)
    ]
    return [(place, other) for _, place, other in sorted(found)[:_NEAREST]]


def _entities(shown: Shown, keys: Array) -> tuple[Array, Array]:
    """The best known of those that have some names, as far as they are shown, and of which name."""
    names = shown.layer.names
    starts = names.starts[keys]
    rows, owners = spread(starts, np.minimum(names.starts[keys + 1], starts + _NAMESAKES))
    entities = names.entity[rows]
    kept = ~shown.hidden[entities]
    return entities[kept], owners[kept]
