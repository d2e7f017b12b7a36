"""Keys by their runs of three letters, where most of them are in almost every key."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse

from kgservice.resolution.trigrams import Trigrams, write_trigrams

_SYLLABLES = [a + b for a in "bdfgklmnprst" for b in "aeiou"]
#: 21,600 keys that differ in three syllables: "babada systems incorporated" and so on.
_KEYS = [
    f"{one}{two}{three} systems incorporated"
    for one in _SYLLABLES
    for two in _SYLLABLES
    for three in _SYLLABLES[::10]
]


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Trigrams:
    place: Path = tmp_path_factory.mktemp("crowded") / "trigrams"
    types = sparse.csr_array((len(_KEYS), 1), dtype=np.int32)
    write_trigrams(place, pa.array(_KEYS), np.ones(len(_KEYS), np.bool_), types)
    return Trigrams(place)


@pytest.mark.parametrize("row", [0, 4_711, 21_599])
def test_what_tells_keys_apart_is_found_among_what_does_not(crowded: Trigrams, row: int) -> None:
    misspelt = _KEYS[row].replace("systems", "sytems")
    assert row in crowded.find(misspelt, 20)


def test_a_text_that_tells_nothing_apart_finds_keys_all_the_same(crowded: Trigrams) -> None:
    found = crowded.find("systems incorporated", 20)
    assert len(set(found)) == 20


def test_a_text_without_a_known_run_finds_nothing(crowded: Trigrams) -> None:
    assert crowded.find("xyzzy", 20) == []
