"""Columns and arrays in files that processes share by mapping them; nothing is read until used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kgservice.errors import IndexDamagedError

Array = npt.NDArray[Any]


def write_columns(path: Path, columns: Mapping[str, pa.Array]) -> None:
    """Write columns of one length as one Arrow IPC record batch."""
    batch = pa.record_batch(list(columns.values()), names=list(columns))
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, batch.schema) as writer:
        writer.write_batch(batch)


def map_columns(path: Path) -> Mapping[str, pa.Array]:
    """The columns of a file that write_columns wrote; raises IndexDamagedError."""
    try:
        reader = pa.ipc.open_file(pa.memory_map(str(path), "r"))
        batch = reader.get_batch(0)
    except (OSError, pa.ArrowInvalid) as error:
        raise IndexDamagedError(f"{path} cannot be read: build the index again") from error
    return dict(zip(batch.schema.names, batch.columns, strict=True))


def write_array(path: Path, array: Array) -> None:
    """Write one numpy array; `path` ends in .npy."""
    np.save(path, array, allow_pickle=False)


def map_array(path: Path) -> Array:
    """An array that write_array wrote; raises IndexDamagedError."""
    try:
        # A plain view of the mapping: slicing numpy's memmap class costs ten times as much.
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError) as error:
        raise IndexDamagedError(f"{path} cannot be read: build the index again") from error


def first_not_less(
    ends: memoryview[int], content: memoryview[int], utf8: bytes, low: int, high: int
) -> int:
    """Of rows from low to before high, in order of bytes, the first that is not less than a text.

    `ends` and `content` are the buffers of a column of texts: so none of them becomes a string.
    """
    while low < high:
        middle = (low + high) // 2
        if content[ends[middle] : ends[middle + 1]].tobytes() < utf8:
            low = middle + 1
        else:
            high = middle
    return low


class SortedStrings:
    """Strings in order of code point, looked up by halving: 20 comparisons among a million."""

    def __init__(self, strings: pa.Array):
        self._strings = strings
        # Bytes of UTF-8 are in order of code point too, and compared where they lie: 5 us a string
        # among 100,000, where making a string of each that is met takes 15.
        _, ends, content = strings.buffers()
        places = memoryview(ends or b"").cast("B")
        large = pa.types.is_large_string(strings.type)
        self._ends = (places.cast("q") if large else places.cast("i"))[strings.offset :]
        self._content = memoryview(content or b"").cast("B")

    def __len__(self) -> int:
        return len(self._strings)

    def __getitem__(self, row: int) -> str:
        return self._strings[row].as_py()  # type: ignore[no-any-return]

    def all(self) -> pa.Array:
        """All the strings."""
        return self._strings

    def find(self, string: str) -> int | None:
        """The row of a string, null where it is not there."""
        ends, content = self._ends, self._content
        row = self._first_not_less(string, 0)
        known = row < len(self) and content[ends[row] : ends[row + 1]] == string.encode()
        return row if known else None

    def find_all(self, strings: Sequence[str]) -> Array:
        """The row of each string, -1 where it is not there: 300 take what ten of `find` do."""
        wanted = pa.array(strings, self._strings.type)
        rows = pc.search_sorted(self._strings, wanted).to_numpy().astype(np.int64)
        if not len(self):
            return np.full(len(rows), -1)
        inside = np.minimum(rows, len(self) - 1)
        same = pc.equal(self._strings.take(pa.array(inside)), wanted)
        return np.where(same.to_numpy(zero_copy_only=False), inside, -1)

    def with_prefix(self, prefix: str) -> range:
        """The rows of all strings that begin with the prefix."""
        first = self._first_not_less(prefix, 0)
        # No text holds the last code point, so this lies behind all that begin with the prefix.
        return range(first, self._first_not_less(prefix + "\U0010ffff", first))

    def _first_not_less(self, string: str, low: int) -> int:
        return first_not_less(self._ends, self._content, string.encode(), low, len(self))

    def take(self, rows: Array) -> list[str]:
        """The strings of some rows."""
        return self._strings.take(pa.array(rows)).to_pylist()  # type: ignore[no-any-return]
