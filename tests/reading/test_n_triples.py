"""N-Triples: what each line states, and what becomes of lines that state nothing of ours."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from read_records import read_file

from kgservice.ledger.records import Triple
from kgservice.literals import Literal, literal
from loaders.reading.naming import Naming
from loaders.reading.rejection import Reason

_KNOWS = "http://ex.org/knows"
_XSD = "http://www.w3.org/2001/XMLSchema#"


def triple(object: str | None = None, literal: Literal | None = None, **more: str) -> Triple:
    parts = {"subject": "http://ex.org/a", "relation": _KNOWS, **more}
    return Triple(object=object, literal=literal, **parts)


@pytest.mark.parametrize(
    ("object", "wanted"),
    [
        ("<http://ex.org/b>", triple("http://ex.org/b")),
        ("<http://ex.org/caf\\u00e9>", triple("http://ex.org/café")),
        ('"x"', triple(literal=literal("x"))),
        ('""', triple(literal=literal(""))),
        (r'"a\"b\\c\nd\té"', triple(literal=literal('a"b\\c\nd\té'))),
        (r'"\U0001F600"', triple(literal=literal("😀"))),
        ('"x"@en', triple(literal=Literal("x", "rdf:langString", "en"))),
        ('"x"@pt-BR', triple(literal=Literal("x", "rdf:langString", "pt-BR"))),
        (f'"5"^^<{_XSD}integer>', triple(literal=literal("5", "xsd:integer"))),
        (f'"1994"^^<{_XSD}gYear>', triple(literal=literal("1994", "xsd:gYear"))),
        (f'"five"^^<{_XSD}integer>', triple(literal=literal("five", "xsd:integer"))),
        ('"x"^^<http://ex.org/type>', triple(literal=literal("x", "http://ex.org/type"))),
    ],
)
def test_objects(tmp_path: Path, object: str, wanted: Triple) -> None:
    """Blank lines, comments and the ends of Windows lines make no difference."""
    file = tmp_path / "x.nt"
    text = f"# a comment\n\n<http://ex.org/a> <{_KNOWS}> {object} . # why\r\n  \n"
    file.write_bytes(text.encode())
    records, rejections, _ = read_file("triples", file, [_KNOWS])
    assert (records, rejections) == ([wanted], [])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f'<http://ex.org/a> <{_KNOWS}> "x"', Reason.INVALID_RDF),
        (f'<http://ex.org/a> <{_KNOWS}> "x" . <http://ex.org/a>', Reason.INVALID_RDF),
        (f'<no scheme> <{_KNOWS}> "x" .', Reason.INVALID_RDF),
        (f'"a" <{_KNOWS}> "x" .', Reason.INVALID_RDF),
        (f'<http://ex.org/a> <{_KNOWS}> "\\uD800" .', Reason.INVALID_RDF),
        (f'<http://ex.org/a> <{_KNOWS}> <<( <http://a> <http://b> "x" )>> .', Reason.INVALID_RDF),
        (f"<http://ex.org/a> <{_KNOWS}> _:b .", Reason.BLANK_NODE),
        (f'_:a <{_KNOWS}> "x" .', Reason.BLANK_NODE),
        (f'<http://ex.org/{"a" * 1024}> <{_KNOWS}> "x" .', Reason.ID_TOO_LONG),
        ('<http://ex.org/a> <http://ex.org/know> "x" .', Reason.UNKNOWN_RELATION),
    ],
)
def test_what_is_rejected(tmp_path: Path, line: str, reason: Reason) -> None:
    """Each by its number, and the lines around it are read."""
    good = f'<http://ex.org/a> <{_KNOWS}> "x" .\n'
    file = tmp_path / "x.nt"
    file.write_text(good + line + "\n" + good)
    records, [rejected], _ = read_file("triples", file, [_KNOWS])
    assert records == [triple(literal=literal("x"))] * 2
    assert (rejected.line, rejected.reason) == (2, reason)
    assert "line 1" not in rejected.message
    if reason is Reason.INVALID_RDF:
        assert rejected.record == line


def test_a_mended_line_loads_from_the_quarantine(tmp_path: Path) -> None:
    file = tmp_path / "x.nt"
    file.write_text(f'<http://ex.org/a> <{_KNOWS}> "x"\n')
    _, [rejected], _ = read_file("triples", file, [_KNOWS])
    again = tmp_path / "again.jsonl"
    lines = [asdict(rejected) | {"record": text} for text in (f"{rejected.record} .", "# nothing")]
    again.write_text("".join(json.dumps(line) + "\n" for line in lines))
    records, [nothing], _ = read_file("triples", again, [_KNOWS])
    assert records == [triple(literal=literal("x"))]
    assert nothing.reason is Reason.NOT_AN_OBJECT


def test_what_is_not_text(tmp_path: Path) -> None:
    file = tmp_path / "x.nt"
    file.write_bytes(b'<http://ex.org/\xff> <http://ex.org/knows> "x" .\n')
    records, [rejected], _ = read_file("triples", file, [_KNOWS])
    assert (records, rejected.reason) == ([], Reason.BAD_ENCODING)
    assert rejected.record == '<http://ex.org/\\xff> <http://ex.org/knows> "x" .'


def test_blank_nodes_in_a_scope(tmp_path: Path) -> None:
    file = tmp_path / "x.nt"
    file.write_text(f"_:a <{_KNOWS}> _:b .\n")
    records, rejections, _ = read_file("triples", file, [_KNOWS], naming=Naming("p:", "dump"))
    assert records == [triple("p:blank:dump:b", subject="p:blank:dump:a")]
    assert not rejections


@pytest.mark.parametrize(
    ("iri", "id", "means"),
    [
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "rdf:type", "type"),
        ("http://www.w3.org/2000/01/rdf-schema#subClassOf", "rdfs:subClassOf", "subtype"),
        ("http://www.w3.org/2000/01/rdf-schema#label", "rdfs:label", "label"),
        ("http://www.w3.org/2004/02/skos/core#prefLabel", "skos:prefLabel", "label"),
        ("http://www.w3.org/2004/02/skos/core#altLabel", "skos:altLabel", "alias"),
        ("http://schema.org/description", "schema:description", "description"),
        ("https://schema.org/description", "schema:description", "description"),
    ],
)
def test_relations_that_say_what_a_thing_is(tmp_path: Path, iri: str, id: str, means: str) -> None:
    file = tmp_path / "x.nt"
    file.write_text(f'<http://ex.org/a> <{iri}> "x" .\n')
    records, _, reading = read_file("triples", file)
    assert [one.relation for one in records] == [id]
    assert reading.vocabulary.relation(iri).means == means
