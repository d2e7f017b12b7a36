"""Short names with a typo: keys that become equal to a text when a few letters are left out.

Trigrams fail short names: one wrong letter of four leaves one trigram in common. Here each key of
at most 12 characters is stored under the hashes of what is left of its first 7 characters without
one or two of them (one where it has at most 6), as in SymSpell; the arrays are mapped, and a lookup
is a few binary searches.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import process
from rapidfuzz.distance import OSA

from kgservice.resolution.mapped import Array, SortedStrings, map_array, write_array
from kgservice.resolution.spans import spread

#: Names of these lengths are short; one or two letters are not looked up with typos.
_SHORTEST, LONGEST = 3, 12
#: Up to this length one edit, beyond it two.
_ONE_EDIT = 6
#: Only so many letters from the beginning are varied: 29 hashes a name instead of 79.
_PREFIX = 7

_PRIME = np.uint64(1_099_511_628_211)
_SEED = np.uint64(14_695_981_039_346_656_037)


def edits_allowed(length: int) -> int:
    """How many edits a text of this length may be from a key."""
    return 1 if length <= _ONE_EDIT else 2


@dataclass(frozen=True, slots=True)
class Deletes:
    """Finds short keys within one or two edits, a swap of neighbouring letters being one edit.

    `hashes` are sorted; keys[i] is a key stored under hashes[i]; length[i] is the key's.
    """

    hashes: npt.NDArray[np.uint32]
    keys: npt.NDArray[np.int32]
    length: npt.NDArray[np.uint8]

    @classmethod
    def open(cls, directory: Path) -> Deletes:
        """What write_deletes wrote."""
        return cls(
            map_array(directory / "delete_hashes.npy"),
            map_array(directory / "delete_keys.npy"),
            map_array(directory / "delete_lengths.npy"),
        )

    def find(self, normal: str, names: SortedStrings, most: int) -> list[int]:
        """The keys nearest to a text, nearest first; none where the text is no short name."""
        edits = edits_allowed(len(normal))
        if not _SHORTEST <= len(normal) <= LONGEST + edits:
            return []
        found = self._stored_under(
            np.unique(_hashes(_letters([normal]), edits)), len(normal), edits
        )
        if not found.size:
            return []
        [distances] = process.cdist(
            [normal], names.take(found), scorer=OSA.distance, score_cutoff=edits, dtype=np.uint8
        )
        near = np.flatnonzero(distances <= edits)
        nearest = near[np.argsort(distances[near], kind="stable")]
        return found[nearest[:most]].tolist()  # type: ignore[no-any-return]

    def _stored_under(self, hashes: Array, length: int, edits: int) -> Array:
        places, _ = spread(
            np.searchsorted(self.hashes, hashes, side="left"),
            np.searchsorted(self.hashes, hashes, side="right"),
        )
        lengths = self.length[places].astype(np.int16)
        return np.unique(self.keys[places[abs(lengths - length) <= edits]])


def write_deletes(directory: Path, keys: pa.Array, searched: Array) -> None:
    """Write the deletes of the short keys for which `searched` holds."""
    length = pc.utf8_length(keys).to_numpy()
    entries = []
    for edits, fits in ((1, length <= _ONE_EDIT), (2, (length > _ONE_EDIT) & (length <= LONGEST))):
        chosen = np.flatnonzero(fits & searched)
        hashes = _hashes(_letters(keys.take(pa.array(chosen)).to_pylist()), edits)
        owners = np.broadcast_to(chosen[:, np.newaxis], hashes.shape)
        entries.append(
            (hashes.astype(np.uint64) << np.uint64(32) | owners.astype(np.uint64)).ravel()
        )
    # A hash and its key in one number: sorting and dropping what stands twice is one pass.
    entry = np.unique(np.concatenate(entries))
    key = (entry & np.uint64(0xFFFF_FFFF)).astype(np.int32)
    write_array(directory / "delete_hashes.npy", (entry >> np.uint64(32)).astype(np.uint32))
    write_array(directory / "delete_keys.npy", key)
    write_array(directory / "delete_lengths.npy", length[key].astype(np.uint8))


def _letters(texts: list[str]) -> npt.NDArray[np.uint32]:
    """The first letters of each text as a row of code points, 0 behind its end."""
    fixed = np.array(texts, dtype=f"<U{_PREFIX}")
    return fixed.view(np.uint32).reshape(len(texts), _PREFIX)


def _kept(edits: int) -> npt.NDArray[np.bool_]:
    """Which places each variant keeps: a row for every choice of up to `edits` to leave out."""
    left_out = [
        places for count in range(edits + 1) for places in combinations(range(_PREFIX), count)
    ]
    return np.array([[place not in one for place in range(_PREFIX)] for one in left_out])


_KEPT = {edits: _kept(edits) for edits in (1, 2)}


def _hashes(letters: npt.NDArray[np.uint32], edits: int) -> npt.NDArray[np.uint32]:
    """The hashes of all variants of each text, a row per text; equal variants have equal hashes."""
    kept = _KEPT[edits]
    state = np.full((len(letters), len(kept)), _SEED)
    for place in range(_PREFIX):
        letter = letters[:, place, np.newaxis].astype(np.uint64)
        mixed = (state ^ letter) * _PRIME
        state = np.where(kept[:, place] & (letter > 0), mixed, state)
    return (state ^ (state >> np.uint64(32))).astype(np.uint32)
