"""Scores as whole millionths: sums are exact, and every order of loading gives the same bits.

A score is read to 6 decimals (half to even). A mean is the sum of score x weight over the sum of
the weights, rounded half to even at 6 decimals. Rule: contract, semantics.md (The graph).
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

MILLION = 1_000_000
_MILLIONTH = Decimal("0.000001")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,6})?")


@lru_cache(maxsize=65_536)
def read_score(written: float | str) -> int:
    """A score between 0 and 1 as millionths.

    Raises ValueError for anything outside, NaN included. Takes text or a number, and reads a number
    by its shortest decimal form: that is what its author wrote.

    >>> read_score(0.7), read_score("0.0000005"), read_score("0.0000015")
    (700000, 0, 2)
    """
    text = str(written).strip()
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(f"not a number: {written!r}")
    score = Decimal(text)
    if not 0 <= score <= 1:
        raise ValueError(f"not between 0 and 1: {written}")
    # quantize() rounds once; multiplying first would round to 28 digits before.
    return int(score.quantize(_MILLIONTH, ROUND_HALF_EVEN) * MILLION)


def mean(total: int, weight: int) -> int | None:
    """The mean in millionths of scores that add up to `total`; null where nobody scored.

    >>> mean(1_400_000, 2), mean(1, 2), mean(3, 2), mean(0, 0)
    (700000, 0, 2, None)
    """
    if weight == 0:
        return None
    quotient, remainder = divmod(total, weight)
    if 2 * remainder > weight or (2 * remainder == weight and quotient % 2):
        return quotient + 1
    return quotient


def as_float(score: int | None) -> float | None:
    """Millionths as the double nearest to the decimal they stand for."""
    return None if score is None else score / MILLION
