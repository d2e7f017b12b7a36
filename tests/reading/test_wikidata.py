"""Wikidata's dump: what each part of a document becomes, by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from read_records import read_file, write_lines

from kgservice.ledger.qualifiers import Qualifier, qualifiers_of
from kgservice.ledger.records import EntityRecord, Triple
from kgservice.literals import Literal, literal
from loaders.reading.naming import Naming
from loaders.reading.rejection import Reason
from loaders.reading.wikidata_values import time_cells

_URI = "http://www.wikidata.org/entity/"
_MODIFIED = "2024-06-01T00:00:00Z"
_PROPERTIES = ("P26", "P569", "P2048", "P1", "P580", "P582")

Json = dict[str, Any]


def item(id: str = "Q1") -> Json:
    return {"entity-type": "item", "numeric-id": int(id[1:]), "id": id}


def value(type: str, content: Any) -> Json:
    return {"type": type, "value": content}


def snak(property: str, datavalue: Json | None, type: str = "value") -> Json:
    found = {"snaktype": type, "property": property}
    return found if datavalue is None else {**found, "datavalue": datavalue}


def saying(property: str, datavalue: Json | None, *qualifiers: Json, **more: Any) -> Json:
    by_property: dict[str, list[Json]] = {}
    for one in qualifiers:
        by_property.setdefault(one["property"], []).append(one)
    found = {
        "mainsnak": snak(property, datavalue, more.pop("snaktype", "value")),
        "type": "statement",
        "rank": "normal",
        **more,
    }
    return {**found, "qualifiers": by_property} if by_property else found


def document(*sayings: Json, id: str = "Q42", **more: Any) -> Json:
    claims: dict[str, list[Json]] = {}
    for one in sayings:
        claims.setdefault(one["mainsnak"]["property"], []).append(one)
    return {"type": "item", "id": id, "modified": _MODIFIED, "claims": claims, **more}


def year(written: str) -> Json:
    time = {"time": written, "precision": 9, "calendarmodel": f"{_URI}Q1985727"}
    return value("time", time)


def triples(path: Path, *documents: Json, **how: Any) -> list[Triple]:
    file = write_lines(path / "x.jsonl", documents)
    records, rejections, _ = read_file("wikidata", file, _PROPERTIES, **how)
    assert rejections == []
    return [one for one in records if isinstance(one, Triple)]


def test_a_dump_is_an_array_or_json_lines(tmp_path: Path) -> None:
    documents = [document(saying("P31", value("wikibase-entityid", item("Q5"))))] * 2
    lines = [json.dumps(one) for one in documents]
    wanted = [Triple("Q42", "P31", "Q5", retrieved_at=_MODIFIED)] * 2
    for text in ("[\n" + ",\n".join(lines) + "\n]\n", "[\r\n" + ",\r\n".join(lines) + "\r\n]"):
        file = tmp_path / "x.json"
        file.write_text(text)
        records, rejections, _ = read_file("wikidata", file)
        assert (records, rejections) == (wanted, [])
    assert triples(tmp_path, *documents) == wanted


_NAMES: Mapping[str, Any] = {
    "labels": {
        "en": {"language": "en", "value": "Douglas Adams"},
        "de": {"language": "de", "value": "Adams, Douglas"},
        "fr": {"language": "fr", "value": "D. Adams"},
        "mul": {"language": "mul", "value": "DNA"},
    },
    "descriptions": {"en": {"language": "en", "value": "writer"}},
    "aliases": {
        "de": [{"language": "de", "value": "Douglas Noël Adams"}],
        "fr": [{"language": "fr", "value": "Doug"}],
    },
}


@pytest.mark.parametrize(
    ("languages", "label", "aliases", "description", "language"),
    [
        (None, "Douglas Adams", ("DNA",), "writer", "en"),
        (("en", "de"), "Douglas Adams", ("Adams, Douglas", "DNA", "Douglas Noël Adams"), "writer",
         "en"),
        (("de",), "Adams, Douglas", ("DNA", "Douglas Noël Adams"), None, "de"),
        (("nl",), "DNA", (), None, None),
    ],
)  # fmt: skip
def test_names(
    tmp_path: Path,
    languages: tuple[str, ...] | None,
    label: str,
    aliases: tuple[str, ...],
    description: str | None,
    language: str | None,
) -> None:
    """In the chosen languages, and in what Wikidata means for all of them."""
    file = write_lines(tmp_path / "x.jsonl", [document(**_NAMES)])
    records, _, _ = read_file("wikidata", file, languages=languages)
    wanted = EntityRecord("Q42", label, aliases, description, language=language, modified=_MODIFIED)
    assert records == [wanted]


def test_what_is_empty_is_a_list(tmp_path: Path) -> None:
    empty: Json = {"labels": [], "descriptions": [], "aliases": [], "claims": []}
    file = write_lines(tmp_path / "x.jsonl", [document(**empty)])
    records, rejections, _ = read_file("wikidata", file)
    assert (records, rejections) == ([EntityRecord("Q42", modified=_MODIFIED)], [])


_METRE = f"{_URI}Q11573"
_DECIMAL = literal("1.80", "xsd:decimal", unit="Q11573")


@pytest.mark.parametrize(
    ("datavalue", "wanted"),
    [
        (value("wikibase-entityid", item("Q7")), "Q7"),
        (value("wikibase-entityid", {"entity-type": "item", "numeric-id": 7}), "Q7"),
        (value("wikibase-entityid", {"entity-type": "lexeme", "id": "L3"}), "L3"),
        (value("string", "0042"), literal("0042")),
        (value("string", "http://ex.org/"), literal("http://ex.org/")),
        (
            value("monolingualtext", {"text": "Zaphod", "language": "en"}),
            Literal("Zaphod", "rdf:langString", "en"),
        ),
        (value("quantity", {"amount": "+1.80", "unit": _METRE}), _DECIMAL),
        (value("quantity", {"amount": "-5", "unit": "1"}), literal("-5", "xsd:integer")),
        (year("+1952-00-00T00:00:00Z"), literal("1952", "xsd:gYear")),
        (
            value("globecoordinate", {"latitude": 51.5, "longitude": -0.1, "precision": 0.1}),
            Literal("Point(-0.1 51.5)", "http://www.opengis.net/ont/geosparql#wktLiteral"),
        ),
    ],
)
def test_values(tmp_path: Path, datavalue: Json, wanted: Any) -> None:
    [triple] = triples(tmp_path, document(saying("P1", datavalue)))
    assert (triple.object or triple.literal) == wanted


_JULIAN = f"{_URI}Q1985786"


@pytest.mark.parametrize(
    ("time", "precision", "calendar", "text", "datatype", "unit"),
    [
        ("+1952-03-11T00:00:00Z", 11, "", "1952-03-11", "xsd:date", None),
        ("+1952-03-11T00:00:00Z", 10, "", "1952-03", "xsd:gYearMonth", None),
        ("+1952-03-11T00:00:00Z", 9, "", "1952", "xsd:gYear", None),
        ("+1952-03-11T10:20:30Z", 14, "", "1952-03-11T10:20:30Z", "xsd:dateTime", None),
        ("+1952-00-00T00:00:00Z", 11, "", "1952", "xsd:gYear", None),
        ("+1952-03-00T00:00:00Z", 11, "", "1952-03", "xsd:gYearMonth", None),
        ("+00000001952-03-11T00:00:00Z", 11, "", "1952-03-11", "xsd:date", None),
        ("-0044-03-15T00:00:00Z", 9, "", "-0043", "xsd:gYear", None),
        ("-0001-00-00T00:00:00Z", 9, "", "0000", "xsd:gYear", None),
        # The October revolution was on 7 November, and the day of the Ides of March on the 13th.
        ("+1917-10-25T00:00:00Z", 11, _JULIAN, "1917-11-07", "xsd:date", None),
        ("-0044-03-15T00:00:00Z", 11, _JULIAN, "-0043-03-13", "xsd:date", None),
        ("+1500-02-28T00:00:00Z", 11, _JULIAN, "1500-03-09", "xsd:date", None),
        ("+1582-10-04T00:00:00Z", 11, _JULIAN, "1582-10-14", "xsd:date", None),
        ("+1956-00-00T00:00:00Z", 8, "", "1950", "xsd:gYear", "decade"),
        ("+1801-00-00T00:00:00Z", 7, "", "1801", "xsd:gYear", "century"),
        ("+1900-00-00T00:00:00Z", 7, "", "1801", "xsd:gYear", "century"),
        ("+1901-00-00T00:00:00Z", 7, "", "1901", "xsd:gYear", "century"),
        ("+2000-00-00T00:00:00Z", 6, "", "1001", "xsd:gYear", "millennium"),
        ("-13798000000-00-00T00:00:00Z", 3, "", "-13798000000", "xsd:gYear", None),
    ],
)
def test_times(
    tmp_path: Path,
    time: str,
    precision: int,
    calendar: str,
    text: str,
    datatype: str,
    unit: str | None,
) -> None:
    content = {"time": time, "precision": precision, "calendarmodel": calendar}
    [triple] = triples(tmp_path, document(saying("P569", value("time", content))))
    assert triple.literal == literal(text, datatype, unit=unit)


def test_times_that_are_none() -> None:
    for written in ("1952", "+1952-03-11", "yesterday"):
        with pytest.raises(ValueError, match=re.escape(written)):
            time_cells(written, 11)


@pytest.mark.parametrize(
    ("ranks", "every", "kept"),
    [
        (("normal", "normal"), False, "ab"),
        (("preferred", "normal"), False, "a"),
        (("normal", "deprecated"), False, "a"),
        (("deprecated", "deprecated"), False, ""),
        (("preferred", "deprecated", "normal"), True, "abc"),
    ],
)
def test_ranks(tmp_path: Path, ranks: tuple[str, ...], every: bool, kept: str) -> None:
    sayings = [
        saying("P1", value("string", text), rank=rank)
        for text, rank in zip("abc", ranks, strict=False)
    ]
    file = write_lines(tmp_path / "x.jsonl", [document(*sayings)])
    records, _, reading = read_file("wikidata", file, _PROPERTIES, every_rank=every)
    assert "".join(one.literal.text for one in records) == kept
    assert reading.noticed.passed_over.total() == len(ranks) - len(kept)


def test_the_best_rank_may_have_no_value(tmp_path: Path) -> None:
    """That nobody is married is the best that is known, and not that somebody was."""
    sayings = [
        saying("P26", None, snaktype="novalue", rank="preferred"),
        saying("P26", value("wikibase-entityid", item("Q7"))),
        saying("P1", None, snaktype="somevalue"),
    ]
    file = write_lines(tmp_path / "x.jsonl", [document(*sayings)])
    records, rejections, reading = read_file("wikidata", file, _PROPERTIES)
    assert (records, rejections) == ([], [])
    assert reading.noticed.passed_over == {"no_value": 2, "normal_rank": 1}


def test_qualifiers_are_a_set_for_each_saying(tmp_path: Path) -> None:
    """Married twice: one triple with two sets. A saying without any counts beside others."""
    spouse = value("wikibase-entityid", item("Q7"))
    first = (
        snak("P580", year("+1950-00-00T00:00:00Z")),
        snak("P582", year("+1960-00-00T00:00:00Z")),
    )
    second = (snak("P580", None, "somevalue"), snak("P1", value("wikibase-entityid", item("Q9"))))
    married = [saying("P26", spouse, *first), saying("P26", spouse, *second), saying("P26", spouse)]
    [triple] = triples(tmp_path, document(*married))
    assert [qualifiers_of(one) for one in triple.qualifiers] == [
        [],
        [
            Qualifier("P580", literal=literal("1950", "xsd:gYear")),
            Qualifier("P582", literal=literal("1960", "xsd:gYear")),
        ],
        [Qualifier("P1", object="Q9")],
    ]
    assert triples(tmp_path, document(*reversed(married))) == [triple]
    assert triples(tmp_path, document(married[2]))[0].qualifiers == ()


def test_a_redirect_is_a_statement(tmp_path: Path) -> None:
    [triple] = triples(tmp_path, {"entity": "Q1", "redirect": "Q2"})
    assert triple == Triple("Q1", "owl:sameAs", "Q2")


@pytest.mark.parametrize(
    ("broken", "reason", "field"),
    [
        (document(id="statement:x", **_NAMES), Reason.RESERVED_ID, "id"),
        ({"labels": {"en": {"value": "x"}}}, Reason.MISSING_FIELD, "id"),
        ({"id": "Q1", "labels": {"en": "x"}}, Reason.WRONG_TYPE, "labels"),
        ({"id": "Q1", "labels": {"en": {"value": 5}}}, Reason.WRONG_TYPE, "labels"),
        ({"id": "Q1", "aliases": {"en": {"value": "x"}}}, Reason.WRONG_TYPE, "aliases"),
        ({"id": "Q1", "aliases": ["x"]}, Reason.WRONG_TYPE, "aliases"),
        (document(saying("P9", value("string", "x"))), Reason.UNKNOWN_RELATION, "relation"),
        (document(saying("P1", value("shape", "x"))), Reason.INVALID_LITERAL, "claims"),
        (document(saying("P1", None)), Reason.INVALID_LITERAL, "claims"),
        (document(saying("P1", value("string", 5))), Reason.INVALID_LITERAL, "claims"),
        (document(saying("P1", value("quantity", {}))), Reason.INVALID_LITERAL, "claims"),
        (
            document(saying("P1", value("quantity", {"amount": "many", "unit": "1"}))),
            Reason.INVALID_LITERAL,
            "value",
        ),
        (document(saying("P1", value("string", "x"), qualifiers=[5])), Reason.WRONG_TYPE, "claims"),
        (
            document(saying("P1", value("string", "x"), qualifiers={"P1": [5]})),
            Reason.WRONG_TYPE,
            "claims",
        ),
        (
            document(saying("P1", value("string", "x"), snak("P8", value("string", "y")))),
            Reason.UNKNOWN_RELATION,
            "relation",
        ),
        ({"id": "Q1", "claims": {"P1": 5}}, Reason.WRONG_TYPE, "claims"),
        ({"id": "Q1", "claims": {"P1": [5]}}, Reason.WRONG_TYPE, "claims"),
        ({"id": "Q1", "claims": "x"}, Reason.WRONG_TYPE, "claims"),
        ({"entity": "Q1", "redirect": 5}, Reason.WRONG_TYPE, "tail"),
        (document(modified="yesterday", **_NAMES), Reason.INVALID_TIME, "modified"),
    ],
)
def test_what_is_rejected(tmp_path: Path, broken: Json, reason: Reason, field: str) -> None:
    file = write_lines(tmp_path / "x.jsonl", [broken])
    records, [rejected], _ = read_file("wikidata", file, _PROPERTIES)
    assert (records, rejected.reason, rejected.field) == ([], reason, field)


def test_what_is_rejected_stands_in_the_quarantine_alone(tmp_path: Path) -> None:
    """The rest of its document is read, and the rejected part is a document that loads."""
    good, bad = saying("P1", value("string", "x")), saying("P9", value("string", "y"))
    file = write_lines(tmp_path / "x.jsonl", [document(good, bad, good, **_NAMES)])
    records, [rejected], _ = read_file("wikidata", file, _PROPERTIES)
    assert [type(one) for one in records] == [EntityRecord, Triple]
    assert rejected.record == document(bad)
    again = write_lines(tmp_path / "again.jsonl", [rejected.record])
    [record], none, _ = read_file("wikidata", again, [*_PROPERTIES, "P9"], naming=Naming("wd:"))
    assert (record.subject, record.relation, none) == ("wd:Q42", "P9", [])
