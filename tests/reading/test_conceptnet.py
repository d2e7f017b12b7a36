"""ConceptNet: CN-100K and the edges of ConceptNet 5."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from read_records import read_file

from kgservice.ledger.records import EntityRecord, Triple
from kgservice.literals import literal
from loaders.reading.naming import Naming
from loaders.reading.rejection import Reason

_DETAILS = {
    "dataset": "/d/conceptnet/4/en",
    "license": "cc:by/4.0",
    "sources": [{"contributor": "/s/contributor/omcs/a"}, {"contributor": "/s/contributor/omcs/b"}],
    "surfaceText": "[[a dog]] can [[bark]]",
    "weight": 2.0,
}


def edge(relation: str, head: str, tail: str, details: Any = None) -> str:
    written = details if isinstance(details, str) else json.dumps(details or _DETAILS)
    return "\t".join((f"/a/[{relation}/,{head}/,{tail}/]", relation, head, tail, written))


def write(path: Path, *lines: str, name: str = "x.csv") -> Path:
    file = path / name
    file.write_text("".join(line + "\n" for line in lines), "utf-8")
    return file


def test_cn_100k(tmp_path: Path) -> None:
    """Relation, head, tail; the fourth column of the first publication says nothing."""
    file = write(tmp_path, "UsedFor\tpen\twrite", "IsA\tdog\tmammal\t1", name="x.tsv")
    records, rejections, _ = read_file("conceptnet", file)
    assert records == [Triple("pen", "UsedFor", "write"), Triple("dog", "IsA", "mammal")]
    assert not rejections


def test_an_edge_and_the_names_of_its_ends(tmp_path: Path) -> None:
    dog, bark = "/c/en/guide_dog/n/wn/animal", "/c/en/bark"
    file = write(tmp_path, *[edge("/r/CapableOf", dog, bark)] * 2)
    records, rejections, _ = read_file("conceptnet", file)
    stated = Triple(dog, "CapableOf", bark, support=2, source="/d/conceptnet/4/en")
    names = [
        EntityRecord(dog, "guide dog", language="en"),
        EntityRecord(bark, "bark", language="en"),
    ]
    assert (records, rejections) == ([stated, *names, stated], [])


def test_a_web_address_is_a_value(tmp_path: Path) -> None:
    file = write(tmp_path, edge("/r/ExternalURL", "/c/en/dog", "http://dbpedia.org/dog", {"a": 1}))
    [triple, _], _, _ = read_file("conceptnet", file)
    assert triple == Triple("/c/en/dog", "ExternalURL", literal=literal("http://dbpedia.org/dog"))


def test_languages(tmp_path: Path) -> None:
    lines = [
        edge("/r/Synonym", "/c/en/x", "/c/en/y"),
        edge("/r/Synonym", "/c/en/x", "/c/de/y"),
        edge("/r/Synonym", "/c/fr/x", "/c/en/y"),
    ]
    file = write(tmp_path, *lines)
    records, _, reading = read_file("conceptnet", file, languages=("en", "de"))
    assert len([one for one in records if isinstance(one, Triple)]) == 2
    assert reading.noticed.passed_over == {"other_language": 1}


@pytest.mark.parametrize(
    ("line", "reason", "field"),
    [
        ("HasPainIntensity\ta\tb", Reason.UNKNOWN_RELATION, "relation"),
        ("\ta\tb", Reason.MISSING_FIELD, "relation"),
        ("IsA\t\tb", Reason.EMPTY, "head"),
        ("IsA\ta\t", Reason.MISSING_FIELD, "tail"),
        ("IsA\ta", Reason.WRONG_COLUMNS, None),
        ("IsA\ta\tb\tc\td", Reason.WRONG_COLUMNS, None),
        ("/a/x\t/r/IsA\t/c/en/a\t/c/en/b", Reason.WRONG_COLUMNS, None),
        (edge("/r/IsNot", "/c/en/a", "/c/en/b"), Reason.UNKNOWN_RELATION, "relation"),
        (edge("/r/IsA", "/x/a", "/x/b", "{"), Reason.INVALID_JSON, "details"),
        (edge("/r/IsA", "/x/a", "/x/b", "[]"), Reason.INVALID_JSON, "details"),
        (edge("/r/IsA", "/x/a", "/x/b", '{"sources": 5}'), Reason.INVALID_JSON, "details"),
    ],
)
def test_what_is_rejected(tmp_path: Path, line: str, reason: Reason, field: str | None) -> None:
    file = write(tmp_path, line)
    _, [rejected, *_], _ = read_file("conceptnet", file)
    assert (rejected.reason, rejected.field, rejected.line) == (reason, field, 1)


def test_a_quarantine_loads_again(tmp_path: Path) -> None:
    """A rejected edge is an object; mended it is read from JSON Lines."""
    file = write(tmp_path, edge("/r/isa", "/c/en/a", "/c/en/b"))
    _, [rejected], _ = read_file("conceptnet", file)
    mended = {**rejected.record, "relation": "/r/IsA"}
    again = write(tmp_path, json.dumps(mended), json.dumps({"id": "/c/en/a"}), name="x.jsonl")
    [triple, name], none, _ = read_file("conceptnet", again, naming=Naming("cn:"))
    assert (triple.subject, triple.relation, triple.object) == ("cn:/c/en/a", "IsA", "cn:/c/en/b")
    assert (name.id, name.label, none) == ("cn:/c/en/a", "a", [])
