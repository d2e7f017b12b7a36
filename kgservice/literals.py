"""Values that are not entities: numbers, times and texts, and how each is read.

A literal keeps its lexical form; what can be compared is read from it once. Imports the standard
library only: loaders, both evaluators and the API share this one reading.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import Enum

STRING = "xsd:string"
LANGUAGE_STRING = "rdf:langString"

_XSD = "http://www.w3.org/2001/XMLSchema#"
_RDF_LANGUAGE_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"

_NUMBER_TYPES = frozenset(
    "xsd:" + name
    for name in (
        "integer", "decimal", "double", "float", "long", "int", "short", "byte",
        "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger",
        "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte",
    )
)  # fmt: skip
_TIME_TYPES = frozenset(
    {"xsd:dateTime", "xsd:dateTimeStamp", "xsd:date", "xsd:gYearMonth", "xsd:gYear"}
)

_INTEGER = re.compile(r"[+-]?[0-9]+\Z")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.[0-9]*|\.[0-9]+)\Z")
_DOUBLE = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+\Z")
_TIME = re.compile(
    r"(?P<year>[+-]?\d{4,9})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:[Tt ](?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d+))?)?)?)?"
    r"(?P<zone>[Zz]|[+-]\d\d:\d\d)?\Z",
    re.ASCII,
)
_N_TRIPLES = re.compile(
    r'"(?P<text>(?:[^"\\\n\r]|\\.)*)"'
    r"(?:@(?P<language>[A-Za-z]+(?:-[A-Za-z0-9]+)*)"
    r"|\^\^(?:<(?P<iri>[^<>\s]+)>|(?P<short>xsd:[A-Za-z]+)))?\s*\Z"
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}

#: Years that a moment can be in. The index keeps moments as 64-bit microseconds, which end near
#: the year 292,000; what lies further off is kept as text and never compared as a time.
_YEARS = 200_000
_MICROSECONDS_A_DAY = 86_400_000_000


class Kind(Enum):
    """How a literal is compared."""

    NUMBER = "number"
    TIME = "time"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as its source wrote it, with what can be compared.

    `number` is a double, `moment` the microseconds from 1970-01-01T00:00:00Z to the first moment of
    the time; at most one of the two is there.
    """

    text: str
    datatype: str = STRING
    language: str | None = None
    unit: str | None = None
    number: float | None = None
    moment: int | None = None

    @property
    def kind(self) -> Kind:
        """How it is compared."""
        if self.number is not None:
            return Kind.NUMBER
        return Kind.TEXT if self.moment is None else Kind.TIME


def literal(
    text: str,
    datatype: str = STRING,
    *,
    language: str | None = None,
    unit: str | None = None,
) -> Literal:
    """A literal of a datatype (`xsd:` for the XML Schema ones, else a full IRI).

    A text that its datatype does not allow is kept, and compares as text: dumps are full of them.

    >>> literal("1994-07", "xsd:gYearMonth").moment == read_moment("1994-07-01")
    True
    """
    number = read_number(text) if datatype in _NUMBER_TYPES else None
    moment = read_moment(text) if datatype in _TIME_TYPES else None
    return Literal(text, datatype, language, unit, number, moment)


def literal_by_form(
    text: str, *, kind: Kind | None = None, language: str | None = None, unit: str | None = None
) -> Literal:
    """A literal of which only the text is known; raises ValueError where it is not of the kind.

    >>> literal_by_form("9.58", unit="s").number, literal_by_form("1994-07-06").datatype
    (9.58, 'xsd:date')
    """
    if language is not None:
        datatype = LANGUAGE_STRING
    elif kind is Kind.TEXT:
        datatype = STRING
    elif kind is Kind.TIME:
        datatype = _time_type(text)
    else:
        datatype = _number_type(text)
        if datatype == STRING and kind is None:
            # A bare year is a number by its form: only value_type can say that it is a time.
            datatype = _time_type(text)
    found = literal(text, datatype, language=language, unit=unit)
    if kind is not None and found.kind is not kind:
        raise ValueError(f"not a {kind.value}: {text!r}")
    return found


def literal_from_n_triples(written: str) -> Literal:
    r"""A literal in N-Triples syntax, where `xsd:name` may stand for the full IRI.

    Raises ValueError.

    >>> literal_from_n_triples('"5"^^xsd:integer').number
    5.0
    >>> literal_from_n_triples(r'"caf\u00E9"@fr').text
    'café'
    """
    match = _N_TRIPLES.match(written)
    if match is None:
        raise ValueError(f"not a literal in N-Triples syntax: {written[:80]!r}")
    text = _ESCAPE.sub(_unescaped, match["text"])
    if match["language"]:
        return Literal(text, LANGUAGE_STRING, match["language"])
    return literal(text, match["short"] or short_datatype(match["iri"] or STRING))


def short_datatype(iri: str) -> str:
    """The datatype as we write it: `xsd:` instead of the long IRI."""
    if iri.startswith(_XSD):
        return "xsd:" + iri[len(_XSD) :]
    return LANGUAGE_STRING if iri == _RDF_LANGUAGE_STRING else iri


def read_number(text: str) -> float | None:
    """The text as a finite double, or null where it is none.

    >>> read_number("1e3"), read_number("NaN"), read_number("12 m")
    (1000.0, None, None)
    """
    if _number_type(text) == STRING:
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def read_moment(text: str) -> int | None:
    """Microseconds from 1970 to the first moment of a time that has a year, or null.

    Years count as in ISO 8601: 0000 is 1 BC, -0001 is 2 BC. A time without a zone is in UTC.

    >>> read_moment("1970"), read_moment("1970-01-02"), read_moment("--02-29")
    (0, 86400000000, None)
    """
    match = _TIME.match(text)
    if match is None:
        return None
    year, month, day = int(match["year"]), int(match["month"] or 1), int(match["day"] or 1)
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    if abs(year) > _YEARS or not 1 <= month <= 12 or not 1 <= day <= _days_of(year, month):
        return None
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        return None
    seconds = (hour * 60 + minute) * 60 + second - _zone_seconds(match["zone"])
    micros = int((match["fraction"] or "0")[:6].ljust(6, "0"))
    return _days_from_1970(year, month, day) * _MICROSECONDS_A_DAY + seconds * 1_000_000 + micros


def _unescaped(match: re.Match[str]) -> str:
    short, long, letter = match.groups()
    if letter is None:
        code = int(short or long, 16)
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise ValueError(f"not a character: {match[0]}")
        return chr(code)
    if letter not in _ESCAPED:
        raise ValueError(f"not an escape of N-Triples: {match[0]}")
    return _ESCAPED[letter]


def _number_type(text: str) -> str:
    if _INTEGER.match(text):
        return "xsd:integer"
    if _DECIMAL.match(text):
        return "xsd:decimal"
    return "xsd:double" if _DOUBLE.match(text) else STRING


def _time_type(text: str) -> str:
    match = _TIME.match(text)
    if match is None:
        return STRING
    for part, datatype in (("hour", "dateTime"), ("day", "date"), ("month", "gYearMonth")):
        if match[part]:
            return "xsd:" + datatype
    return "xsd:gYear"


def _zone_seconds(zone: str | None) -> int:
    if zone is None or zone in "Zz":
        return 0
    sign = -1 if zone[0] == "-" else 1
    return sign * (int(zone[1:3]) * 60 + int(zone[4:6])) * 60


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _days_of(year: int, month: int) -> int:
    if month == 2:
        return 29 if _is_leap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _days_from_1970(year: int, month: int, day: int) -> int:
    # Years that begin in March put the leap day last; 719,468 days lie from 0000-03-01 to 1970.
    shifted = year - (month <= 2)
    era, year_of_era = divmod(shifted, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * 146_097 + day_of_era - 719_468
