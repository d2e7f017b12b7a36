"""Columns of texts, of which a few rows at a time are read straight from their mapped buffers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kgservice.resolution.mapped import first_not_less

#: Rows in a column.
Rows = npt.NDArray[np.integer]

#: Up to so many texts are read one by one, 0.4 us each; a take costs 16 us and 0.05 us each.
_FEW = 40


class Texts:
    """A column of texts.

    >>> texts = Texts(pa.array(["tent", None], pa.large_string()))
    >>> texts.of(np.array([0])), texts.where_known(np.array([1, 0]))
    (['tent'], [None, 'tent'])
    """

    def __init__(self, column: pa.Array):
        """`column` is of large strings."""
        self.column = column
        self._no_text = column.null_count == len(column)
        known, ends, content = column.buffers()
        self._known = memoryview(known).cast("B") if column.null_count else None
        # Without a row there need not be a buffer.
        self._ends = memoryview(ends).cast("B").cast("q")[column.offset :] if len(column) else None
        self._content = memoryview(content or b"").cast("B")

    def __len__(self) -> int:
        return len(self.column)

    def utf8(self, row: int) -> bytes:
        """The text of a row as bytes."""
        ends = self._ends
        assert ends is not None, "a column without rows has no text"
        return self._content[ends[row] : ends[row + 1]].tobytes()

    def first_from(self, utf8: bytes, low: int, high: int) -> int:
        """Of the rows from low to before high, in order of bytes, the first not less than this."""
        ends = self._ends
        return low if ends is None else first_not_less(ends, self._content, utf8, low, high)

    def of(self, rows: Rows) -> list[str]:
        """The texts of some rows, all of which have one."""
        if len(rows) > _FEW:
            found: list[str] = self.column.take(pa.array(rows)).to_pylist()
            return found
        return self.read(rows.tolist())

    def where_known(self, rows: Rows) -> list[str | None]:
        """The texts of some rows; null where there is none."""
        if self._no_text:
            return [None] * len(rows)
        known, texts = self._known, self.of(rows)
        if known is None or len(rows) > _FEW:
            return list(texts)
        bits = (rows + self.column.offset).tolist()
        return [
            text if known[bit >> 3] >> (bit & 7) & 1 else None
            for bit, text in zip(bits, texts, strict=True)
        ]

    def read(self, rows: Iterable[int]) -> list[str]:
        """As `of`, one by one."""
        ends, content = self._ends, self._content
        if ends is None:
            return []
        return [str(content[ends[row] : ends[row + 1]], "utf-8") for row in rows]


class TextLists:
    """A column of lists of texts.

    >>> lists = TextLists(pa.array([["a", "b"], []], pa.large_list(pa.large_string())))
    >>> lists.of(np.array([1, 0]))
    [(), ('a', 'b')]
    """

    def __init__(self, column: pa.LargeListArray):
        """`column` is of large lists of large strings, none of them null."""
        self.column = column
        self._edges = column.offsets.to_numpy()
        self._texts = Texts(column.values)

    def of(self, rows: Rows) -> list[tuple[str, ...]]:
        """The lists of some rows; most entities have none, and those cost nothing."""
        if not len(self._texts):
            return [()] * len(rows)
        firsts, lasts = self._edges[rows].tolist(), self._edges[rows + 1].tolist()
        read = self._texts.read
        return [
            tuple(read(range(first, last))) if first < last else ()
            for first, last in zip(firsts, lasts, strict=True)
        ]
