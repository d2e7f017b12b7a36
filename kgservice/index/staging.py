"""Columns that grow in files while a graph streams by, so that building needs little memory.

A file is open only while a chunk is added to it, which costs 10 us: whoever stops in the middle
leaves none open.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kgservice.resolution.mapped import Array


class NumberColumn:
    """Numbers of one type, appended chunk by chunk."""

    def __init__(self, path: Path, dtype: npt.DTypeLike):
        self._path = path
        self._dtype = np.dtype(dtype)
        self.rows = 0

    def append(self, values: Array) -> None:
        """Add some values."""
        with self._path.open("ab") as file:
            np.ascontiguousarray(values, self._dtype).tofile(file)
        self.rows += len(values)

    def array(self) -> Array:
        """All values, mapped."""
        if not self.rows:
            return np.empty(0, self._dtype)
        return np.asarray(np.memmap(self._path, self._dtype, "r"))

    def column(self) -> pa.Array:
        """All values as a column."""
        return pa.array(self.array())


class TextColumn:
    """Texts, any of which may be null."""

    def __init__(self, path: Path):
        self._path = path
        self._ends = NumberColumn(path.with_suffix(".ends"), np.int64)
        self._known = NumberColumn(path.with_suffix(".known"), np.bool_)
        self._bytes = 0
        self._nulls = 0
        self._ends.append(np.zeros(1, np.int64))

    def append(self, texts: pa.Array) -> None:
        """Add some texts."""
        if not len(texts):
            return
        texts = texts.cast(pa.large_string())
        _, offsets_buffer, content = texts.buffers()
        offsets = np.frombuffer(offsets_buffer, np.int64)[texts.offset :][: len(texts) + 1]
        first, last = int(offsets[0]), int(offsets[-1])
        if last > first:
            with self._path.open("ab") as file:
                file.write(memoryview(content)[first:last])
        self._ends.append(offsets[1:] + (self._bytes - first))
        self._bytes += last - first
        self._known.append(texts.is_valid().to_numpy(zero_copy_only=False))
        self._nulls += texts.null_count

    def column(self) -> pa.Array:
        """All texts as a column, mapped."""
        content = np.memmap(self._path, np.uint8, "r") if self._bytes else np.empty(0, np.uint8)
        known = self._known.array()
        valid = pa.py_buffer(np.packbits(known, bitorder="little")) if self._nulls else None
        buffers = [valid, pa.py_buffer(self._ends.array()), pa.py_buffer(content)]
        return pa.Array.from_buffers(pa.large_string(), len(known), buffers, self._nulls)


class TextListColumn:
    """Lists of texts."""

    def __init__(self, path: Path):
        self._texts = TextColumn(path)
        self._ends = NumberColumn(path.with_suffix(".lists"), np.int64)
        self._count = 0
        self._ends.append(np.zeros(1, np.int64))

    def append(self, lists: pa.Array) -> None:
        """Add some lists."""
        lists = lists.cast(pa.large_list(pa.large_string()))
        self._texts.append(lists.flatten())
        ends = np.cumsum(lists.value_lengths().to_numpy())
        self._ends.append(ends + self._count)
        self._count += int(ends[-1]) if len(ends) else 0

    def column(self) -> pa.Array:
        """All lists as a column, mapped."""
        return pa.LargeListArray.from_arrays(pa.array(self._ends.array()), self._texts.column())
