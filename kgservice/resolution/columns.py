"""What kgservice.resolution.text makes of one text, made of columns of them.

A graph of millions has names in plain ASCII for the most part: those are folded by arrays of bytes,
0.2 us each where one by one takes 2. The others, and texts of signs alone, go one by one.
"""

from __future__ import annotations

from itertools import chain
from string import ascii_letters, ascii_lowercase, digits

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kgservice.resolution.mapped import Array
from kgservice.resolution.text import (
    LONGEST_INITIALS,
    SHORTEST_INITIALS,
    STOPWORDS,
    initials,
    latin,
    normalise,
)

_SPACE = ord(" ")
#: Each byte of ASCII as it stands in a normalised text: all that is no letter or digit parts words.
_FOLDED = np.full(256, _SPACE, np.uint8)
for _letter in ascii_letters + digits:
    _FOLDED[ord(_letter)] = ord(_letter.lower())
_ALPHABETIC = np.zeros(256, np.bool_)
_ALPHABETIC[[ord(_letter) for _letter in ascii_lowercase]] = True


def normalised(texts: pa.Array) -> pa.Array:
    """`normalise` of each text of a column without nulls.

    >>> normalised(pa.array(["Padmé  Amidala", "X-Wing (T-65)", "!!!"])).to_pylist()
    ['padme amidala', 'x wing t 65', '!!!']
    """
    texts = texts.cast(pa.large_string())
    folded = _folded(texts)
    left = pc.or_(pc.invert(pc.string_is_ascii(texts)), pc.equal(folded, ""))
    left = pc.and_(left, pc.not_equal(texts, ""))
    if not pc.any(left).as_py():
        return folded
    one_by_one = [normalise(text) for text in texts.filter(left).to_pylist()]
    return pc.replace_with_mask(folded, left, pa.array(one_by_one, pa.large_string()))


def latin_spellings(texts: pa.Array) -> tuple[pa.Array, Array]:
    """`latin` of the texts that are in another script, and their places."""
    foreign = np.flatnonzero(~_flags(pc.string_is_ascii(texts)))
    spelt = [latin(text) for text in texts.take(pa.array(foreign)).to_pylist()]
    return pa.array(spelt, pa.large_string()), foreign


def acronyms(normal: pa.Array) -> tuple[pa.Array, Array]:
    """All `initials` of normalised texts, and the places of the texts that they are of."""
    plain = _flags(pc.and_(pc.string_is_ascii(normal), pc.not_equal(normal, "")))
    ours, others = np.flatnonzero(plain), np.flatnonzero(~plain)
    found = _acronyms(normal.take(pa.array(ours)))
    short = [initials(one) for one in normal.take(pa.array(others)).to_pylist()]
    one_by_one = pa.array(list(chain.from_iterable(short)), pa.large_string())
    texts = [*(one for one, _ in found), one_by_one]
    places = [*(ours[rows] for _, rows in found), np.repeat(others, [len(one) for one in short])]
    return pa.concat_arrays(texts), np.concatenate(places)


def _acronyms(normal: pa.Array) -> list[tuple[pa.Array, Array]]:
    """Of texts in ASCII: the acronyms of all words, and those without stop words, with rows."""
    words = pc.split_pattern(normal, " ")
    sizes = np.diff(words.offsets.to_numpy())
    owners = np.repeat(np.arange(len(sizes)), sizes)
    _, ends, content = words.values.buffers()
    letters = np.frombuffer(content or b"", np.uint8)[np.frombuffer(ends, np.int64)[: len(owners)]]
    telling = ~_flags(pc.is_in(words.values, pa.array(sorted(STOPWORDS), pa.large_string())))
    every = _joined(letters, owners, sizes, np.full(len(sizes), True))
    left = np.bincount(owners[telling], minlength=len(sizes))
    wanted = (left < sizes) & (sizes >= SHORTEST_INITIALS)
    return [every, _joined(letters[telling], owners[telling], left, wanted)]


def _joined(
    letters: Array, owners: Array, sizes: Array, wanted: npt.NDArray[np.bool_]
) -> tuple[pa.Array, Array]:
    """The letters of each wanted row as a text, where they are an acronym; and the rows."""
    others = np.bincount(owners[~_ALPHABETIC[letters]], minlength=len(sizes))
    fits = (sizes >= SHORTEST_INITIALS) & (sizes <= LONGEST_INITIALS) & (others == 0) & wanted
    ends = np.concatenate([[0], np.cumsum(sizes[fits])])
    return _texts(ends, letters[fits[owners]]), np.flatnonzero(fits)


def _folded(texts: pa.Array) -> pa.Array:
    """Each text as `normalise` has it where it is in ASCII and not of signs alone."""
    _, ends, content = texts.buffers()
    offsets = np.frombuffer(ends, np.int64)[texts.offset :][: len(texts) + 1]
    first, last = int(offsets[0]), int(offsets[-1])
    letters = _FOLDED[np.frombuffer(content or b"", np.uint8)[first:last]]
    offsets = offsets - first
    within = letters != _SPACE
    # Of each run of spaces the first stays, unless its text begins with it.
    kept = within.copy()
    kept[1:] |= within[:-1]
    starts = offsets[:-1][offsets[:-1] < offsets[1:]]
    kept[starts] = within[starts]
    ends = offsets - np.searchsorted(np.flatnonzero(~kept), offsets)
    letters = letters[kept]
    # What stays behind the last word of a text goes.
    blank = np.flatnonzero(ends[1:] > ends[:-1])
    blank = blank[letters[ends[blank + 1] - 1] == _SPACE]
    letters = np.delete(letters, ends[blank + 1] - 1)
    shorter = np.zeros(len(texts), np.int64)
    shorter[blank] = 1
    ends[1:] -= np.cumsum(shorter)
    return _texts(ends, letters)


def _texts(ends: Array, letters: Array) -> pa.Array:
    buffers = [
        None,
        pa.py_buffer(ends.astype(np.int64)),
        pa.py_buffer(np.ascontiguousarray(letters)),
    ]
    return pa.Array.from_buffers(pa.large_string(), len(ends) - 1, buffers)


def _flags(flags: pa.Array) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = flags.to_numpy(zero_copy_only=False)
    return found
