"""How values are read from texts; moments are compared with Python's own calendar."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kgservice.literals import (
    Kind,
    Literal,
    literal,
    literal_by_form,
    literal_from_n_triples,
    read_moment,
    read_number,
    short_datatype,
)

_1970 = datetime(1970, 1, 1, tzinfo=UTC)
_XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ('"plain"', Literal("plain")),
        ('""', Literal("")),
        ('"a \\"b\\" \\\\ \\t\\n\\r\\b\\f\\\'"', Literal('a "b" \\ \t\n\r\b\f\'')),
        ('"caf\\u00E9 \\U0001F600"', Literal("café 😀")),
        ('"Regen"@de', Literal("Regen", "rdf:langString", "de")),
        ('"rain"@en-GB', Literal("rain", "rdf:langString", "en-GB")),
        ('"5"^^xsd:integer', Literal("5", "xsd:integer", number=5.0)),
        (f'"5"^^<{_XSD}integer>', Literal("5", "xsd:integer", number=5.0)),
        (f'"x"^^<{_XSD}string>', Literal("x")),
        ('"05"^^xsd:byte', Literal("05", "xsd:byte", number=5.0)),
        ('"1.5E3"^^xsd:double', Literal("1.5E3", "xsd:double", number=1500.0)),
        ('"INF"^^xsd:double', Literal("INF", "xsd:double")),
        ('"five"^^xsd:integer', Literal("five", "xsd:integer")),
        ('"1970"^^xsd:gYear', Literal("1970", "xsd:gYear", moment=0)),
        ('"x"^^<http://example.org/t>', Literal("x", "http://example.org/t")),
        ('"x"  ', Literal("x")),
    ],
)
def test_n_triples(written: str, wanted: Literal) -> None:
    assert literal_from_n_triples(written) == wanted


@pytest.mark.parametrize(
    "written",
    [
        '"', '"a', 'a"', '"a"b', '"a"@', '"a"@1', '"a"^^', '"a"^^integer', '"a"^^<x', '"a"^^<x y>',
        '"a\nb"', '"a" . ', '"a\\x"', '"\\uD800"', '"\\U00110000"', '"a\\"', '"a"@en^^xsd:string',
        "'a'",
    ],
)  # fmt: skip
def test_not_n_triples(written: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        literal_from_n_triples(written)


@given(st.text())
def test_any_text_survives_n_triples(text: str) -> None:
    escaped = text.translate({ord(one): f"\\{one}" for one in '"\\'})
    escaped = escaped.replace("\n", "\\n").replace("\r", "\\r")
    assert literal_from_n_triples(f'"{escaped}"') == Literal(text)
    by_code = "".join(f"\\U{ord(one):08X}" for one in text)
    assert literal_from_n_triples(f'"{by_code}"@en').text == text


@pytest.mark.parametrize(
    ("text", "how", "wanted"),
    [
        ("5", {}, Literal("5", "xsd:integer", number=5.0)),
        ("-5.50", {}, Literal("-5.50", "xsd:decimal", number=-5.5)),
        ("+.5", {}, Literal("+.5", "xsd:decimal", number=0.5)),
        ("5.", {}, Literal("5.", "xsd:decimal", number=5.0)),
        ("1e22", {}, Literal("1e22", "xsd:double", number=1e22)),
        ("9.58", {"unit": "s"}, Literal("9.58", "xsd:decimal", None, "s", 9.58)),
        ("2024", {}, Literal("2024", "xsd:integer", number=2024.0)),
        ("2024", {"kind": Kind.TEXT}, Literal("2024")),
        ("1994-07", {"kind": Kind.TIME}, literal("1994-07", "xsd:gYearMonth")),
        ("1994-07-06", {}, literal("1994-07-06", "xsd:date")),
        ("1994-07-06T01:02:03Z", {}, literal("1994-07-06T01:02:03Z", "xsd:dateTime")),
        ("5 m", {}, Literal("5 m")),
        ("", {}, Literal("")),
        ("Regen", {"language": "de"}, Literal("Regen", "rdf:langString", "de")),
        ("5", {"language": "de"}, Literal("5", "rdf:langString", "de")),
    ],
)
def test_by_form(text: str, how: dict[str, Any], wanted: Literal) -> None:
    assert literal_by_form(text, **how) == wanted


@pytest.mark.parametrize(
    ("text", "kind"),
    [("five", Kind.NUMBER), ("1e999", Kind.NUMBER), ("later", Kind.TIME), ("07-06", Kind.TIME)],
)
def test_not_of_the_kind(text: str, kind: Kind) -> None:
    with pytest.raises(ValueError, match=f"not a {kind.value}"):
        literal_by_form(text, kind=kind)


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_of_json(number: float) -> None:
    """What JSON writes is read as the nearest double."""
    try:
        wanted = float(number)
    except OverflowError:
        wanted = math.inf
    assert read_number(json.dumps(number)) == (wanted if math.isfinite(wanted) else None)


@pytest.mark.parametrize(
    "text", ["", " 5", "5 ", "1_000", "0x10", "nan", "inf", "\u0665", "1e", "--1", "1.2.3"]
)
def test_no_numbers(text: str) -> None:
    assert read_number(text) is None


@given(
    st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)),
    st.integers(-14 * 60, 14 * 60),
)
@example(datetime(2000, 2, 29, 23, 59, 59, 999999), 0)
@example(datetime(1900, 3, 1), -90)
def test_moments_are_those_of_the_calendar(moment: datetime, offset: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=offset)))
    microseconds = (aware - _1970) // timedelta(microseconds=1)
    assert read_moment(aware.isoformat()) == microseconds
    assert read_moment(moment.isoformat() + "Z") == read_moment(moment.isoformat())
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
    assert read_moment(moment.date().isoformat()) == (day - _1970) // timedelta(microseconds=1)
    first = day.replace(day=1)
    assert read_moment(f"{moment:%Y-%m}".zfill(7)) == (first - _1970) // timedelta(microseconds=1)


@given(st.integers(-9999, 9999), st.integers(1, 12))
def test_a_year_has_its_months(year: int, month: int) -> None:
    """Years go on below 1 as they do above: 400 of them are 146,097 days."""
    sign = "-" if year < 0 else ""
    text = f"{sign}{abs(year):04}-{month:02}"
    later = year + 400 * 30
    moment = read_moment(text)
    assert moment is not None
    shifted = read_moment(f"{later:05}-{month:02}")
    assert shifted == moment + 30 * 146_097 * 86_400_000_000


@pytest.mark.parametrize(
    "text",
    ["", "94", "1994-13", "1994-00", "1994-02-29", "1900-02-29", "1994-01-32", "1994-1-1",
     "1994-01-01T24:00:01", "1994-01-01T25:00:00", "1994-01-01T12:60:00", "1994-01-01T12:00",
     "--02-29", "1994-01-01 ", "१९९४", "300000", "1994-01-01T12:00:00+1:00"],
)  # fmt: skip
def test_no_moments(text: str) -> None:
    assert read_moment(text) is None


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("1994-01-01T24:00:00", "1994-01-02"),
        ("1994-01-01T12:00:00+02:00", "1994-01-01T10:00:00Z"),
        ("1994-01-01 12:00:00", "1994-01-01T12:00:00Z"),
        ("1994-01-01T12:00:00.1234567", "1994-01-01T12:00:00.123456"),
        ("1994Z", "1994-01-01"),
        ("+1994", "1994"),
        ("-0000", "0000"),
    ],
)
def test_moments_that_are_the_same(text: str, same: str) -> None:
    assert read_moment(text) == read_moment(same) is not None


@pytest.mark.parametrize(
    ("value", "kind"),
    [(literal("5", "xsd:integer"), Kind.NUMBER), (literal("1994", "xsd:gYear"), Kind.TIME),
     (literal("5"), Kind.TEXT), (literal("never", "xsd:date"), Kind.TEXT)],
)  # fmt: skip
def test_kinds(value: Literal, kind: Kind) -> None:
    assert value.kind is kind


def test_datatypes_are_written_short() -> None:
    assert short_datatype(_XSD + "date") == "xsd:date"
    assert short_datatype("http://www.w3.org/1999/02/22-rdf-syntax-ns#langString") == (
        "rdf:langString"
    )
    assert short_datatype("http://example.org/t") == "http://example.org/t"
