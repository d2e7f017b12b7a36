"""Statement ids for many statements at once: graph_schema.ids.statement_id, column by column."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_schema.ids import relation_mark
from kgservice.resolution.mapped import Array

_LETTERS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)
#: Letters of 5 bits: 60 bits are the first 12, and the last 4 of 64 with 36 more are the others.
_FIRST, _SECOND = 12, 8


def statement_ids(
    subjects: pa.Array, relations: Array, names: Sequence[str], keys: pa.Array
) -> pa.Array:
    """The ids of statements by their parts; `relations` are places in `names`.

    `keys` are entity_key or literal_key of the objects. A digest takes 1 us, all else 0.3.
    """
    if not len(subjects):
        return pa.array([], pa.string())
    parts = pa.array([f"{len(name)}:{name}" for name in names], pa.string())
    whole = pc.binary_join_element_wise(
        _length(subjects),
        ":",
        subjects,
        parts.take(pa.array(relations)),
        _length(keys),
        ":",
        keys,
        "",
    )
    sha256 = hashlib.sha256
    digests = b"".join([sha256(one).digest() for one in whole.cast(pa.binary()).to_pylist()])
    marks = np.frombuffer("".join(map(relation_mark, names)).encode(), np.uint8)
    marks = marks.reshape(len(names), -1)[relations]
    ids = np.concatenate([marks, _letters(digests)], axis=1)
    ends = np.arange(len(ids) + 1, dtype=np.int32) * ids.shape[1]
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(np.ascontiguousarray(ids))]
    return pa.Array.from_buffers(pa.string(), len(ids), buffers, 0)


def _length(texts: pa.Array) -> pa.Array:
    return pc.utf8_length(texts).cast(pa.string())


def _letters(digests: bytes) -> Array:
    """The first 100 bits of each digest of 32 bytes, in base32."""
    words = np.frombuffer(digests, ">u8").reshape(-1, 4)
    first, second = words[:, 0].astype(np.uint64), words[:, 1].astype(np.uint64)
    rest = ((first & np.uint64(15)) << np.uint64(36)) | (second >> np.uint64(28))
    found = np.empty((len(words), _FIRST + _SECOND), np.uint8)
    for place in range(_FIRST):
        found[:, place] = (first >> np.uint64(59 - 5 * place)) & np.uint64(31)
    for place in range(_SECOND):
        found[:, _FIRST + place] = (rest >> np.uint64(35 - 5 * place)) & np.uint64(31)
    letters: Array = _LETTERS[found]
    return letters
