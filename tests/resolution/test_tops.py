"""The largest of a range, and runs laid end to end."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kgservice.resolution.spans import spread
from kgservice.resolution.tops import Tops


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 9_000), st.integers(1, 5), st.randoms(use_true_random=False))
def test_the_largest_of_a_range(size: int, most: int, random: object) -> None:
    rng = np.random.default_rng(random.randrange(2**32))  # type: ignore[attr-defined]
    values = rng.integers(0, 50, size).astype(np.float32)
    start, stop = sorted(rng.integers(0, size + 1, 2).tolist())
    found = Tops(values).find(range(start, stop), most)
    expected = sorted(values[start:stop].tolist(), reverse=True)[:most]
    assert sorted(values[found].tolist(), reverse=True) == expected
    assert len(set(found.tolist())) == len(found)
    assert all(start <= place < stop for place in found.tolist())


def test_the_largest_of_many_blocks() -> None:
    values = np.random.default_rng(7).permutation(20_000).astype(np.float32)
    found = Tops(values).find(range(100, 19_000), 3)
    expected = 100 + np.argsort(-values[100:19_000])[:3]
    assert sorted(found.tolist()) == sorted(expected.tolist())


def test_runs_end_to_end() -> None:
    places, owners = spread(np.array([4, 9, 2]), np.array([6, 9, 3]))
    assert places.tolist() == [4, 5, 2]
    assert owners.tolist() == [0, 0, 2]
