"""How alike a text and a name are, against definitions written out."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgservice.resolution.likeness import COLUMNS, leaves_out, likeness, shortens

_names = st.text("abc ", min_size=1, max_size=9).map(lambda text: " ".join(text.split()))


def edits(one: str, other: str) -> int:
    """Optimal string alignment: insertions, deletions, substitutions, swaps of neighbours."""

    @cache
    def away(here: int, there: int) -> int:
        if not here or not there:
            return here + there
        ways = [
            away(here - 1, there) + 1,
            away(here, there - 1) + 1,
            away(here - 1, there - 1) + (one[here - 1] != other[there - 1]),
        ]
        if here > 1 and there > 1 and one[here - 2 : here] == other[there - 2 : there][::-1]:
            ways.append(away(here - 2, there - 2) + 1)
        return min(ways)

    return away(len(one), len(other))


def in_common(one: str, other: str) -> int:
    """The length of the longest common subsequence."""

    @cache
    def most(here: int, there: int) -> int:
        if not here or not there:
            return 0
        if one[here - 1] == other[there - 1]:
            return most(here - 1, there - 1) + 1
        return max(most(here - 1, there), most(here, there - 1))

    return most(len(one), len(other))


@settings(max_examples=50, deadline=None)
@given(_names.filter(bool), st.lists(_names.filter(bool), min_size=1, max_size=3))
def test_letters_against_their_definition(text: str, names: list[str]) -> None:
    found = likeness(text, names)
    assert found.shape == (len(names), len(COLUMNS))
    assert ((found >= 0) & (found <= 1)).all()
    for row, name in zip(found.tolist(), names, strict=True):
        column = dict(zip(COLUMNS, row, strict=True))
        ratio = 2 * in_common(text, name) / len(text + name)
        assert column["ratio"] == pytest.approx(ratio, abs=1e-6)
        closeness = 1 - edits(text, name) / max(len(text), len(name))
        assert column["edits"] == pytest.approx(closeness, abs=1e-6)
        sorted_both = (" ".join(sorted(one.split())) for one in (text, name))
        one, other = sorted_both
        by_words = 2 * in_common(one, other) / len(one + other)
        assert column["token_sort"] == pytest.approx(by_words, abs=1e-6)
        assert column["alike"] == max(row[:3])
        assert column["exact"] == (text == name)


def test_words_in_common_are_weighed_by_their_letters() -> None:
    [row] = likeness("usb cable 6 feet", ["usb extension cable 6"])
    column = dict(zip(COLUMNS, row.tolist(), strict=True))
    assert column["words"] == pytest.approx(9 / 13)
    assert column["covered"] == pytest.approx(9 / 18)
    assert column["digits"] == 1
    [row] = likeness("size 6", ["size 8"])
    assert row[COLUMNS.index("digits")] == 0
    [row] = likeness("red", ["blue"])
    assert row[COLUMNS.index("digits")] == 1
    assert likeness("red", []).shape == (0, len(COLUMNS))


@pytest.mark.parametrize(
    ("text", "name", "holds"),
    [
        ("t hanks", "tom hanks", True),
        ("uni states america", "united states of america", True),
        ("hanks", "tom hanks", False),
        ("tom hanks", "tom hanks", False),
        ("t h x", "tom hanks", False),
        ("tom h jr", "tom hanks", False),
        ("x", "tom", False),
        ("", "tom", False),
    ],
)
def test_abbreviations(text: str, name: str, holds: bool) -> None:
    assert shortens(text.split(), name.split()) is holds


@pytest.mark.parametrize(
    ("text", "name", "holds"),
    [
        ("new city", "new york city", True),
        ("york", "new york city", True),
        ("a a", "a b a", True),
        ("a a", "a b", False),
        ("city new", "new york city", False),
        ("ne city", "new york city", False),
        ("new york city", "new york city", False),
        ("big new city", "new york city", False),
        ("", "tom", False),
    ],
)
def test_words_left_out(text: str, name: str, holds: bool) -> None:
    assert leaves_out(text.split(), name.split()) is holds
    [row] = likeness(text, [name])
    assert bool(row[COLUMNS.index("left_out")]) is holds
