"""Entities by number: the row of an id among all ids in order of code point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

#: Numbers of entities, in a sorted set ascending.
Members = npt.NDArray[np.int32]

#: Up to so many texts are fetched one by one (0.5 us each); a take costs 30 us and 0.1 us each.
_FEW = 64
#: Up to so many are sought one by one, at 0.4 us a comparison; a search of all costs 30 us.
_FEW_SOUGHT = 4


class Numbering:
    """The ids of all entities in order; the number of one is its place among them.

    >>> Numbering(pa.array(["a", "c"], pa.large_string())).numbers(["c", "b"])
    array([ 1, -1], dtype=int32)
    """

    def __init__(self, ids: pa.Array):
        self._ids = ids
        _, ends, content = ids.buffers()
        # UTF-8 in order of bytes is in order of code points.
        self._ends = memoryview(ends).cast("B").cast("q")[ids.offset :] if len(ids) else None
        self._content = memoryview(content or b"").cast("B")

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def all(self) -> pa.Array:
        """All ids in order."""
        return self._ids

    def numbers(self, ids: Sequence[str] | pa.Array) -> Members:
        """The number of each id; -1 where no entity has it."""
        if isinstance(ids, list) and len(ids) <= _FEW_SOUGHT:
            return np.array([self._number(id.encode()) for id in ids], np.int32)
        wanted = ids if isinstance(ids, pa.Array) else pa.array(ids, pa.large_string())
        places = self.places(wanted)
        if not len(self):
            return np.full(len(places), -1, np.int32)
        inside = np.minimum(places, len(self) - 1)
        if len(inside) <= _FEW:
            same = np.array(
                [self._ids[place] == id for place, id in zip(inside.tolist(), wanted, strict=True)],
                np.bool_,
            )
        else:
            same = pc.equal(self._ids.take(pa.array(inside)), wanted).to_numpy(zero_copy_only=False)
        return np.where(same, inside, -1).astype(np.int32)

    def _number(self, id: bytes) -> int:
        """The number of an id in UTF-8; -1 where no entity has it."""
        ends, content = self._ends, self._content
        if ends is None:
            return -1
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if content[ends[middle] : ends[middle + 1]].tobytes() < id:
                low = middle + 1
            else:
                high = middle
        known = low < len(self) and content[ends[low] : ends[low + 1]] == id
        return low if known else -1

    def places(self, ids: pa.Array) -> npt.NDArray[np.int64]:
        """How many ids stand before each of these."""
        found: npt.NDArray[np.int64] = pc.search_sorted(self._ids, ids).to_numpy().astype(np.int64)
        return found

    def ids(self, numbers: Members) -> list[str]:
        """The ids of some numbers."""
        return taken(self._ids, numbers)


def taken_lists(column: pa.LargeListArray, rows: npt.NDArray[np.integer]) -> list[list[str]]:
    """Some rows of a column of lists; most entities have none, and those cost nothing."""
    offsets = column.offsets.to_numpy()
    firsts, lasts = offsets[rows], offsets[rows + 1]
    if bool((firsts == lasts).all()):
        return [[] for _ in firsts]
    values = column.values
    spans = zip(firsts.tolist(), lasts.tolist(), strict=True)
    return [values[first:last].to_pylist() for first, last in spans]


def taken(column: pa.Array, rows: npt.NDArray[np.integer]) -> list[str]:
    """Some rows of a column as Python values."""
    if len(rows) <= _FEW:
        return [column[row].as_py() for row in rows.tolist()]
    found: list[str] = column.take(pa.array(rows)).to_pylist()
    return found
