"""The reading of numbers and times that the reference shares with the project, by other means."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgservice.literals import (
    Kind,
    literal,
    literal_by_form,
    literal_from_n_triples,
    read_moment,
    read_number,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_is_read_back_from_its_text(number: float) -> None:
    assert read_number(repr(number)) == number


@given(st.integers(-(10**300), 10**300))
def test_a_whole_number_is_the_nearest_double(number: int) -> None:
    assert read_number(str(number)) == float(number)


@given(st.text())
def test_what_is_read_as_a_number_is_one(text: str) -> None:
    number = read_number(text)
    if number is not None:
        assert text.isascii()
        assert number == float(text)


@pytest.mark.parametrize(
    "text",
    ["", " ", "1 ", " 1", "1_0", "١", "１", "0x1", "inf", "NaN", "INF", "1e999", "+", "."],  # noqa: RUF001
)
def test_what_is_no_number(text: str) -> None:
    assert read_number(text) is None


@given(st.datetimes(), ZONES)
def test_a_time_of_the_common_era(naive: datetime, zone: timezone) -> None:
    aware = naive.replace(tzinfo=zone)
    since = aware - EPOCH
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    assert read_moment(aware.isoformat()) == micros
    assert read_moment(naive.isoformat() + "Z") == read_moment(naive.isoformat())


@given(st.integers(-100_000, 100_000), st.integers(1, 12), st.integers(1, 28))
def test_a_day_of_any_year(year: int, month: int, day: int) -> None:
    written = f"{year:05d}" if year < 0 else f"{year:04d}"
    whole = f"{written}-{month:02d}-{day:02d}"
    # numpy counts years as ISO 8601 does, over all of them.
    first = np.datetime64(whole if year < 10_000 else f"+{whole}", "D").astype("int64")
    assert read_moment(whole) == int(first) * 86_400_000_000
    assert read_moment(f"{written}-{month:02d}") == read_moment(f"{written}-{month:02d}-01")
    assert read_moment(written) == read_moment(f"{written}-01-01")


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "199", "--02-29", "12:00:00", "2023-02-29", "1900-02-29", "2023-13-01",
        "2023-00-01", "2023-01-32", "2023-1-1", "2023-01-01T25:00:00", "2023-01-01T10:60:00",
    ],
)  # fmt: skip
def test_what_is_no_time(text: str) -> None:
    assert read_moment(text) is None


def test_midnight_at_the_end_of_a_day_and_leap_days() -> None:
    assert read_moment("2024-02-28T24:00:00") == read_moment("2024-02-29")
    assert read_moment("2000-02-29") is not None


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ('"5"^^xsd:integer', Kind.NUMBER),
        ('"5"^^<http://www.w3.org/2001/XMLSchema#double>', Kind.NUMBER),
        ('"1994"^^xsd:gYear', Kind.TIME),
        ('"1994-07-06T12:00:00Z"^^xsd:dateTime', Kind.TIME),
        ('"5"', Kind.TEXT),
        ('"1994"@en', Kind.TEXT),
        ('"five"^^xsd:integer', Kind.TEXT),
        ('"soon"^^xsd:date', Kind.TEXT),
    ],
)
def test_the_kind_of_a_literal_with_a_datatype(written: str, kind: Kind) -> None:
    assert literal_from_n_triples(written).kind is kind


def test_the_kind_of_a_value_by_its_form() -> None:
    assert literal_by_form("1994").kind is Kind.NUMBER
    assert literal_by_form("1994", kind=Kind.TIME).kind is Kind.TIME
    assert literal_by_form("1994-07-06").kind is Kind.TIME
    assert literal_by_form("a tent").kind is Kind.TEXT
    assert literal_by_form("5", kind=Kind.TEXT).kind is Kind.TEXT
    assert literal("5").kind is Kind.TEXT


def test_a_reading_is_never_infinite() -> None:
    assert not any(
        math.isinf(number) for number in map(read_number, ("1e308", "-1e308")) if number is not None
    )
