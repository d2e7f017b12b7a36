"""Entities by number: the row of an id among all ids in order of code point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kgservice.index.texts import Texts

#: Numbers of entities, in a sorted set ascending.
Members = npt.NDArray[np.int32]

#: Up to so many ids are sought one by one, at 0.3 us a comparison; a search of all costs 30 us.
_FEW = 4
#: Halving a stretch longer than this meets the same ids again and again: those are remembered.
_STRETCH = 256


class Numbering:
    """The ids of all entities in order; the number of one is its place among them.

    >>> Numbering(pa.array(["a", "c"], pa.large_string())).numbers(["c", "b"])
    array([ 1, -1], dtype=int32)
    """

    def __init__(self, ids: pa.Array):
        self._ids = Texts(ids)
        self._size = len(ids)
        self._met: dict[int, bytes] = {}

    def __len__(self) -> int:
        return self._size

    @property
    def all(self) -> pa.Array:
        """All ids in order."""
        return self._ids.column

    def numbers(self, ids: Sequence[str] | pa.Array) -> Members:
        """The number of each id; -1 where no entity has it."""
        if isinstance(ids, list) and len(ids) <= _FEW:
            return np.array([self._number(id.encode()) for id in ids], np.int32)
        wanted = ids if isinstance(ids, pa.Array) else pa.array(ids, pa.large_string())
        places = self.places(wanted)
        if not self._size:
            return np.full(len(places), -1, np.int32)
        inside = np.minimum(places, self._size - 1)
        same = pc.equal(self.all.take(pa.array(inside)), wanted).to_numpy(zero_copy_only=False)
        return np.where(same, inside, -1).astype(np.int32)

    def _number(self, id: bytes) -> int:
        """The number of an id in UTF-8; -1 where no entity has it."""
        met, utf8 = self._met, self._ids.utf8
        # UTF-8 in order of bytes is in order of code points.
        low, high = 0, self._size
        while high - low > _STRETCH:
            middle = (low + high) // 2
            found = met.get(middle)
            if found is None:
                found = met[middle] = utf8(middle)
            if found < id:
                low = middle + 1
            else:
                high = middle
        place = self._ids.first_from(id, low, high)
        return place if place < self._size and utf8(place) == id else -1

    def places(self, ids: pa.Array) -> npt.NDArray[np.int64]:
        """How many ids stand before each of these."""
        found: npt.NDArray[np.int64] = pc.search_sorted(self.all, ids).to_numpy().astype(np.int64)
        return found

    def ids(self, numbers: Members) -> list[str]:
        """The ids of some numbers."""
        return self._ids.of(numbers)


class Nodes:
    """Neo4j's own numbers of the entities' nodes, in the order of the entities.

    >>> Nodes(np.array([70, 7])).numbers(np.array([7, 8, 70]))
    array([ 1, -1,  0], dtype=int32)
    """

    def __init__(self, nodes: npt.NDArray[np.int64]):
        self._numbers = np.argsort(nodes, kind="stable").astype(np.int32)
        self._nodes = nodes[self._numbers]

    def numbers(self, nodes: npt.NDArray[np.int64]) -> Members:
        """The number of the entity of each node; -1 where it is no entity's."""
        # In order, for then each is sought where the one before it was found: in the caches.
        distinct, which = np.unique(nodes, return_inverse=True)
        found = np.full(len(distinct), -1, np.int32)
        if len(self._nodes):
            places = np.minimum(np.searchsorted(self._nodes, distinct), len(self._nodes) - 1)
            same = self._nodes[places] == distinct
            found[same] = self._numbers[places[same]]
        numbers: Members = found[which]
        return numbers
