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


class Numbering:
    """The ids of all entities in order; the number of one is its place among them.

    >>> Numbering(pa.array(["a", "c"], pa.large_string())).numbers(["c", "b"])
    array([ 1, -1], dtype=int32)
    """

    def __init__(self, ids: pa.Array):
        self._ids = ids

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def all(self) -> pa.Array:
        """All ids in order."""
        return self._ids

    def numbers(self, ids: Sequence[str] | pa.Array) -> Members:
        """The number of each id; -1 where no entity has it."""
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

    def places(self, ids: pa.Array) -> npt.NDArray[np.int64]:
        """How many ids stand before each of these."""
        found: npt.NDArray[np.int64] = pc.search_sorted(self._ids, ids).to_numpy().astype(np.int64)
        return found

    def ids(self, numbers: Members) -> list[str]:
        """The ids of some numbers."""
        return taken(self._ids, numbers)


def taken(column: pa.Array, rows: npt.NDArray[np.integer]) -> list[str]:
    """Some rows of a column as Python values."""
    if len(rows) <= _FEW:
        return [column[row].as_py() for row in rows.tolist()]
    found: list[str] = column.take(pa.array(rows)).to_pylist()
    return found
