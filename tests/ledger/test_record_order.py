"""Which record is the newer one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgservice.ledger.order import Order, natural, order, read_time

_EARLY, _LATE = "2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"


def at(time: str | None, version: str | None = None, **how: Any) -> Order:
    return order(time, version, **{"retraction": False, "canonical": "", **how})


OLDEST_FIRST = [
    at(None),
    at(None, canonical="{}"),
    at(None, "1"),
    at(None, retraction=True),
    at(_EARLY),
    at(_EARLY, "", canonical="z"),
    at(_EARLY, "9"),
    at(_EARLY, "9", canonical="a"),
    at(_EARLY, "9", canonical="b"),
    at(_EARLY, "9", canonical="\uffff"),
    at(_EARLY, "9", canonical="\U00010000"),
    at(_EARLY, "9", retraction=True),
    at(_EARLY, "10"),
    at(_EARLY, "v1", canonical="a"),
    at(_EARLY, retraction=True),
    at("2024-01-01T00:00:00.000000001Z"),
    at("2024-01-01T00:00:00.25Z"),
    at("2024-01-01T00:00:00.5Z"),
    at("2024-01-01T00:00:01Z"),
    at(_LATE),
]


def test_order() -> None:
    assert sorted(OLDEST_FIRST) == OLDEST_FIRST
    assert all(older < newer for older, newer in pairwise(OLDEST_FIRST))


@pytest.mark.parametrize(
    "versions",
    [
        ["v9", "v10", "v11"],
        ["2023.12", "2024.1", "2024.05", "2024.5", "2024.10"],
        ["1.9.9", "1.10", "1.10.0", "1.10.1"],
        ["7", "007a"],
        ["a", "a1", "a1b", "a2", "b"],
        ["9" * 4999, "1" * 5000],
        ["", "0", "00", "000001", "1a", "a"],
    ],
)
def test_natural_order(versions: list[str]) -> None:
    backwards = versions[::-1]
    assert sorted(backwards, key=natural) == versions


@given(st.lists(st.text(alphabet="0123.av", max_size=6), max_size=6, unique=True))
def test_natural_order_is_one(versions: list[str]) -> None:
    """Total, and no two texts are equal in it: the order of arrival never decides."""
    keys = [natural(version) for version in versions]
    assert len(set(keys)) == len(versions)
    backwards = keys[::-1]
    assert sorted(keys) == sorted(backwards)


@given(
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 12, 31)),
    st.integers(-1439, 1439),
    st.sampled_from("Tt "),
)
def test_times_in_any_zone(moment: datetime, minutes: int, between: str) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    written = aware.isoformat(sep=between, timespec="microseconds")
    utc = aware.astimezone(UTC)
    wanted = utc.replace(tzinfo=None).isoformat(timespec="seconds")
    fraction = f"{utc.microsecond:06}".rstrip("0")
    assert read_time(written) == wanted + (f".{fraction}" if fraction else "") + "Z"


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3), st.sampled_from(("", ".0", ".5", ".25", ".5000", ".499999999"))
        ),
        min_size=2,
        max_size=2,
    )
)
def test_times_sort_as_instants(parts: list[tuple[int, str]]) -> None:
    instants = [second + float(f"0{fraction}") for second, fraction in parts]
    times = [read_time(f"2024-01-01T00:00:0{second}{fraction}Z") for second, fraction in parts]
    one, other = (at(time) for time in times)
    assert (one < other) == (instants[0] < instants[1])
    assert (one == other) == (instants[0] == instants[1])


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("2024-01-01t00:00:00z", "2024-01-01T00:00:00Z"),
        ("2024-01-01 00:00:00-00:00", "2024-01-01T00:00:00Z"),
        ("2024-01-01T00:00:00.1234567891Z", "2024-01-01T00:00:00.123456789Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2024-01-01T00:00:00+05:30", "2023-12-31T18:30:00Z"),
    ],
)
def test_times(written: str, wanted: str) -> None:
    assert read_time(written) == wanted


@pytest.mark.parametrize(
    "written",
    ["", "2024", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01T00:00Z", "2024-02-30T00:00:00Z",
     "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:00+24:00",
     "2024-01-01T00:00:00+00:60", "2024-01-01T00:00:00.Z", "0000-01-01T00:00:00Z",
     "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "9999-12-31T23:59:60Z",
     "2024-01-01T00:00:00.\u0665Z", "\u0662\u0660\u0662\u0664-01-01T00:00:00Z",
     "2024-01-01T00:00:00Z\n", " 2024-01-01T00:00:00Z", "20240101T000000Z"],
)  # fmt: skip
def test_no_times(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_time(written)
