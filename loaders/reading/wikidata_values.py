"""The values of Wikidata as the cells of a triple: times by their precision, quantities by unit.

https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from loaders.reading.rejection import Reason, RecordError

Cells = dict[str, Any]

_TIME = re.compile(r"([+-])(\d{1,16})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)Z\Z")
_YEAR, _MONTH, _DAY = 9, 10, 11
#: The calendar of Caesar; every other is Gregorian.
_JULIAN = "Q1985786"
#: Precisions coarser than a year: how many years, and what we call the unit.
_SPANS: Mapping[int, tuple[int, str]] = {
    8: (10, "decade"),
    7: (100, "century"),
    6: (1_000, "millennium"),
    5: (10_000, "ten thousand years"),
    4: (100_000, "hundred thousand years"),
    3: (1_000_000, "million years"),
    2: (10_000_000, "ten million years"),
    1: (100_000_000, "hundred million years"),
    0: (1_000_000_000, "billion years"),
}
#: These are counted from 1: the 19th century began in 1801.
_COUNTED_FROM_ONE = (7, 6)
_GEO = "http://www.opengis.net/ont/geosparql#wktLiteral"
#: Years that the moment of a time can be read from.
_COMPARED_YEARS = 200_000


def value_cells(datavalue: Any) -> Cells:
    """The tail or value of a triple; raises RecordError where it is not a value of Wikidata.

    >>> value_cells({"type": "wikibase-entityid", "value": {"id": "Q5"}})
    {'tail': 'Q5'}
    """
    try:
        return _cells(datavalue["type"], datavalue["value"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"not a value of Wikidata: {str(datavalue)[:200]}"
        raise RecordError(Reason.INVALID_LITERAL, message, "claims") from error


def _cells(type: str, value: Any) -> Cells:
    match type:
        case "wikibase-entityid":
            return {"tail": _entity(value)}
        case "string":
            return {"value": _text(value), "value_type": "text"}
        case "monolingualtext":
            return {"value": _text(value["text"]), "language": _text(value["language"])}
        case "quantity":
            unit = value["unit"].rsplit("/", 1)[-1]
            amount = value["amount"].removeprefix("+")
            return {
                "value": amount,
                "value_type": "number",
                **({} if unit == "1" else {"unit": unit}),
            }
        case "time":
            return time_cells(value["time"], value["precision"], value.get("calendarmodel", ""))
        case "globecoordinate":
            point = f"Point({float(value['longitude']):.9g} {float(value['latitude']):.9g})"
            return {"tail": f'"{point}"^^<{_GEO}>'}
        case _:
            raise ValueError(type)


def _entity(value: Mapping[str, Any]) -> str:
    if "id" in value:
        return _text(value["id"])
    letter = {"item": "Q", "property": "P", "lexeme": "L"}[value["entity-type"]]
    return f"{letter}{int(value['numeric-id'])}"


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def time_cells(written: str, precision: int, calendar: str = "") -> Cells:
    """A time as exact as its precision, in the calendar of today.

    Up to a year it is written with what is known of it (1994, 1994-07, 1994-07-06). Of a longer
    span its first year stands, and the unit says how long it is. Years before 1 are shifted: 44 BC
    is -0044 there and -0043 in XML Schema.

    >>> time_cells("-0044-03-15T00:00:00Z", 11)
    {'value': '-0043-03-15', 'value_type': 'time'}
    >>> time_cells("+1850-00-00T00:00:00Z", 7)
    {'value': '1801', 'value_type': 'time', 'unit': 'century'}
    """
    match = _TIME.match(written)
    if match is None:
        raise ValueError(written)
    sign, digits, month, day, clock = match.groups()
    year = int(digits) if sign == "+" else 1 - int(digits)
    if precision in _SPANS:
        years, unit = _SPANS[precision]
        offset = precision in _COUNTED_FROM_ONE
        return _time(f"{_year((year - offset) // years * years + offset)}", year, unit)
    if precision == _YEAR or month == "00":
        return _time(_year(year), year)
    if precision == _MONTH or day == "00":
        return _time(f"{_year(year)}-{month}", year)
    months, days = int(month), int(day)
    if urlsplit(calendar).path.endswith(_JULIAN):
        year, months, days = _gregorian(year, months, days)
    date = f"{_year(year)}-{months:02}-{days:02}"
    return _time(date if precision == _DAY else f"{date}T{clock}Z", year)


def _time(text: str, year: int, unit: str | None = None) -> Cells:
    if abs(year) > _COMPARED_YEARS:
        # Too far off to be compared as a time; it stays what it is.
        return {"tail": f'"{text}"^^xsd:gYear'}
    return {"value": text, "value_type": "time", **({} if unit is None else {"unit": unit})}


def _year(year: int) -> str:
    return f"-{-year:04}" if year < 0 else f"{year:04}"


def _gregorian(year: int, month: int, day: int) -> tuple[int, int, int]:
    """A day of the Julian calendar in the Gregorian one, by its Julian day number.

    Richards, "Calendars", Explanatory Supplement to the Astronomical Almanac, 3rd edition, 15.11.

    >>> _gregorian(1917, 10, 25), _gregorian(-43, 3, 15)
    ((1917, 11, 7), (-43, 3, 13))
    """
    before = (14 - month) // 12
    shifted = year + 4800 - before
    number = day + (153 * (month + 12 * before - 3) + 2) // 5 + 365 * shifted + shifted // 4 - 32083
    since = number + 32044
    centuries = (4 * since + 3) // 146097
    rest = since - 146097 * centuries // 4
    years = (4 * rest + 3) // 1461
    rest -= 1461 * years // 4
    months = (5 * rest + 2) // 153
    return (
        100 * centuries + years - 4800 + months // 10,
        months + 3 - 12 * (months // 10),
        rest - (153 * months + 2) // 5 + 1,
    )
