"""Short names with typos, against all edits counted out."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from test_likeness import edits

from kgservice.resolution.deletes import Deletes, edits_allowed, write_deletes
from kgservice.resolution.mapped import SortedStrings

_keys = st.lists(st.text("abcd", min_size=1, max_size=14), min_size=1, max_size=12, unique=True)


def deletes_of(
    keys: list[str], searched: list[bool] | None = None
) -> tuple[Deletes, SortedStrings]:
    strings = pa.array(sorted(keys), pa.large_string())
    wanted = np.array([True] * len(keys) if searched is None else searched)
    with TemporaryDirectory() as directory:
        write_deletes(Path(directory), strings, wanted)
        return Deletes.open(Path(directory)), SortedStrings(strings)


@settings(max_examples=40, deadline=None)
@given(_keys, st.text("abcd", min_size=1, max_size=14))
def test_every_short_key_within_the_edits_of_both(keys: list[str], text: str) -> None:
    deletes, names = deletes_of(keys)
    found = [names[key] for key in deletes.find(text, names, most=99)]
    near = {key: edits(text, key) for key in keys}
    allowed = edits_allowed(len(text))
    assert all(near[key] <= allowed and len(key) <= 12 for key in found)
    assert [near[key] for key in found] == sorted(near[key] for key in found)
    if len(text) >= 3:
        both = {
            key
            for key in keys
            if len(key) <= 12 and near[key] <= min(allowed, edits_allowed(len(key)))
        }
        assert both <= set(found)
    else:
        assert not found


def test_what_is_not_searched_is_not_found() -> None:
    deletes, names = deletes_of(["paris", "rome"], [False, True])
    assert deletes.find("pari", names, most=9) == []
    assert [names[key] for key in deletes.find("rom", names, most=9)] == ["rome"]


def test_at_most_so_many() -> None:
    deletes, names = deletes_of(["cat", "bat", "hat", "rat"])
    assert len(deletes.find("mat", names, most=2)) == 2
