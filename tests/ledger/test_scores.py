"""Scores as millionths, beside exact fractions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kgservice.ledger.scores import as_float, mean, read_score


@given(st.decimals(0, 1, allow_nan=False, allow_infinity=False))
@example(Decimal("0.0000005"))
@example(Decimal("0.0000015"))
@example(Decimal("0.00000050000000000000000000000000000000001"))
def test_a_score_is_rounded_once_half_to_even(written: Decimal) -> None:
    assert read_score(str(written)) == round(Fraction(written) * 10**6)


@given(st.floats(0, 1))
def test_a_number_is_read_as_it_is_written(number: float) -> None:
    assert read_score(number) == read_score(repr(number)) == round(Fraction(repr(number)) * 10**6)


@given(st.integers(0, 10**6))
def test_as_a_double_and_back(score: int) -> None:
    assert read_score(as_float(score) or 0.0) == score


@pytest.mark.parametrize("written", ["0.7", " 0.7 ", "+.7", "7e-1", "0.70000000", "0.7000004", 0.7])
def test_forms_of_one_score(written: float | str) -> None:
    assert read_score(written) == 700_000


@pytest.mark.parametrize(
    "written",
    ["", " ", "NaN", "sNaN", "-NaN", "inf", "-Infinity", "1.0000001", "-1e-9", "2", "0,7",
     "0_7", "0.7.0", "\u0660.\u0667", "1e99999999999", "0x1", "half", "1/2",
     float("nan"), float("inf"), -1],
)  # fmt: skip
def test_no_scores(written: float | str) -> None:
    with pytest.raises(ValueError, match=r"not a number|not between 0 and 1"):
        read_score(written)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10**9)), max_size=20))
def test_a_mean_is_the_exact_one_rounded_half_to_even(weighted: list[tuple[int, int]]) -> None:
    total = sum(score * weight for score, weight in weighted)
    weight = sum(weight for _, weight in weighted)
    wanted = round(Fraction(total, weight)) if weighted else None
    assert mean(total, weight) == wanted


@given(st.integers(0, 10**6), st.lists(st.integers(1, 10**9), min_size=1, max_size=20))
def test_a_mean_of_equal_scores_is_that_score(score: int, weights: list[int]) -> None:
    """So a mean of 0.7 meets a minimum of 0.7."""
    assert mean(sum(score * weight for weight in weights), sum(weights)) == score


def test_no_score_is_null() -> None:
    assert as_float(None) is None
    assert as_float(700_000) == 0.7
