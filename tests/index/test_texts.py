"""Columns of texts read a few rows at a time: the same as Arrow itself reads them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from kgservice.index.numbering import Numbering
from kgservice.index.texts import TextLists, Texts

_SOME = ["", "tent", "Zelt für zwei", "テント", "🏕️ camp", "a\0b"]
#: Few are read one by one, many by Arrow.
_COUNTS = (0, 1, 6, 40, 41, 200)


def _rows(count: int, size: int) -> np.ndarray:
    return np.arange(count, dtype=np.int32)[::-1] * 7 % size


@pytest.mark.parametrize("count", _COUNTS)
@pytest.mark.parametrize("first", [0, 3])
def test_rows_of_a_column_and_of_a_part_of_one(count: int, first: int) -> None:
    column = pa.array(_SOME * 5, pa.large_string())[first:]
    texts = Texts(column)
    rows = _rows(count, len(column))
    expected = [(_SOME * 5)[first:][row] for row in rows.tolist()]
    assert texts.of(rows) == expected
    assert texts.where_known(rows) == expected
    assert [texts.utf8(row).decode() for row in rows.tolist()] == expected


@pytest.mark.parametrize("count", _COUNTS)
@pytest.mark.parametrize("first", [0, 3])
def test_rows_without_a_text(count: int, first: int) -> None:
    some = [None, "tent", None, "", "🏕️", None, "lamp", None, "stove"] * 4
    column = pa.array(some, pa.large_string())[first:]
    rows = _rows(count, len(column))
    assert Texts(column).where_known(rows) == [some[first:][row] for row in rows.tolist()]


def test_a_column_of_nothing() -> None:
    nothing = Texts(pa.nulls(3, pa.large_string()))
    assert nothing.where_known(np.array([2, 0])) == [None, None]
    empty = Texts(pa.array([], pa.large_string()))
    assert empty.of(np.array([], np.int32)) == []
    assert empty.first_from(b"a", 0, 0) == 0


@pytest.mark.parametrize("first", [0, 2])
def test_lists(first: int) -> None:
    some = [["a", "b"], [], ["テント"], [], ["x", "", "z"]]
    lists = TextLists(pa.array(some, pa.large_list(pa.large_string()))[first:])
    rows = np.arange(len(some) - first)[::-1]
    assert lists.of(rows) == [tuple(some[first:][row]) for row in rows.tolist()]
    nobody = TextLists(pa.array([[], []], pa.large_list(pa.large_string())))
    assert nobody.of(np.array([1, 1, 0])) == [(), (), ()]


def test_numbers_among_many_ids() -> None:
    """Enough ids for the stretches that are remembered, asked for in any number, known or not."""
    ids = sorted(f"q{number * 3}" for number in range(2_000))
    numbering = Numbering(pa.array(ids, pa.large_string()))
    asked = [*ids[::97], "", "q1", "z", "q", ids[0], ids[-1]]
    expected = [ids.index(id) if id in ids else -1 for id in asked]
    assert numbering.numbers(asked).tolist() == expected
    for _ in range(2):
        assert [numbering.numbers([id]).tolist() for id in asked] == [[one] for one in expected]
