"""Some values, each as records write it and as the graph has to hold it, written out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Value(NamedTuple):
    """A literal; `number` and `moment` as its node has them."""

    text: str
    datatype: str = "xsd:string"
    language: str | None = None
    unit: str | None = None
    number: float | None = None
    moment: str | None = None


_DATE = Value("1994-07-06", "xsd:date", moment="1994-07-06T00:00:00Z")
_RAIN = Value("Regen", "rdf:langString", "de")

#: Several forms mean the same value, so that records about one statement look different.
FORMS: tuple[tuple[Mapping[str, Any], Value], ...] = (
    ({"tail": '"5"^^xsd:integer'}, Value("5", "xsd:integer", number=5.0)),
    ({"value": 5}, Value("5", "xsd:integer", number=5.0)),
    ({"value": "9.58", "unit": "s"}, Value("9.58", "xsd:decimal", unit="s", number=9.58)),
    ({"tail": '"1994-07-06"^^<http://www.w3.org/2001/XMLSchema#date>'}, _DATE),
    ({"value": "1994-07-06"}, _DATE),
    ({"tail": '"Regen"@de'}, _RAIN),
    ({"value": "Regen", "language": "de"}, _RAIN),
    ({"tail": '"rain"@en'}, Value("rain", "rdf:langString", "en")),
    ({"tail": '"plain \\"text\\""'}, Value('plain "text"')),
    ({"value": "2024"}, Value("2024", "xsd:integer", number=2024.0)),
    (
        {"value": "2024", "value_type": "time"},
        Value("2024", "xsd:gYear", moment="2024-01-01T00:00:00Z"),
    ),
)


def value_of(record: Mapping[str, Any]) -> Value | None:
    """The literal that is the object of a record, where it has one."""
    written = {
        name: record[name]
        for name in ("tail", "value", "unit", "language", "value_type")
        if record.get(name) not in (None, "")
    }
    for form, value in FORMS:
        if form == written:
            return value
    assert set(written) == {"tail"}, written
    assert not written["tail"].startswith('"'), written
    return None
