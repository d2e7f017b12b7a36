"""What comes from outside is data and nothing else: no text of a record becomes Cypher text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from expected_graph import expected
from graph_dump import read_graph
from loaded_files import load_file, load_given, quarantined
from mining_record import assertion
from plain_graph import Given, Vocabulary

from graph_schema.ddl import FIXED_ITEMS
from graph_schema.identifiers import label_of_type, relationship_type_of
from kgservice.graph.client import Graph

HOSTILE = (
    "x`) DETACH DELETE n //",
    "`",
    "``",
    "\\u0060) DELETE r //",
    "'",
    "' OR 1=1 //",
    'a"}) MATCH (m) DETACH DELETE m //',
    "{id: 'a'}",
    "$ids",
    "${ids}",
    "%s %(ids)s {0} {ids}",
    "n) MATCH (m) DETACH DELETE m WITH (1",
    "; DROP CONSTRAINT entity_id; //",
    "*/ RETURN 1 /*",
    "a\nb",
    "a\0b",
    "\u2028",
    "\x7f\x1b[2J",
    " ",
    "\\",
    "../../x",
    "Entity",
    "SAME_AS",
    "SUB_OF",
    "__DataVersion",
    "R_0123456789",
    "T_0123456789",
    "\u00e9",
    "e\u0301",
    "\u202eabc",
    "😀",
    "x" * 1024,
)
#: Names of data sets have no control characters.
DATASETS = tuple(text for text in HOSTILE if text.isprintable() and len(text) <= 200)
_CANARY = "CREATE (:Canary {id: 'a'})-[:SINGS {id: 'b'}]->(:Canary {id: 'c'})"
_SINGING = "MATCH (:Canary {id: 'a'})-[r:SINGS {id: 'b'}]->(:Canary {id: 'c'}) RETURN count(r)"
_IDENTIFIER = re.compile(r"_{0,2}[A-Za-z][A-Za-z0-9_]{0,63}\Z", re.ASCII)


@pytest.fixture(autouse=True)
def _canary(graph: Graph) -> None:
    graph.run(_CANARY)


def test_triples_and_entities(graph: Graph, tmp_path: Path) -> None:
    given = [
        *[
            Given(
                "entities",
                "d",
                {
                    "id": text,
                    "label": text,
                    "aliases": [f"{text}{text}"[:900]],
                    "description": text,
                    "types": [text],
                    "language": text,
                },
            )
            for text in HOSTILE
        ],
        *[
            Given("triples", "d", {"head": text, "relation": text, "tail": other, "source": text})
            for text, other in zip(HOSTILE, HOSTILE[1:] + HOSTILE[:1], strict=True)
        ],
    ]
    before = schema(graph)
    load_given(graph, tmp_path, given, register_relations=True)
    found, wanted = read_graph(graph), expected(given, Vocabulary())
    assert found.entities == wanted.entities
    assert found.statements == wanted.statements
    assert found.relation_counts == wanted.relation_counts
    assert found.type_counts == wanted.type_counts
    own = {f"statement_id_{relationship_type_of(text)}" for text in HOSTILE}
    assert schema(graph) - before <= own
    assert {relationship_type_of(text) for text in HOSTILE} == set(
        graph.value("MATCH (:Entity)-[r]->() RETURN collect(DISTINCT type(r))")
    )
    assert_nothing_else(graph)


def test_literals(graph: Graph, tmp_path: Path) -> None:
    """As values, units, languages and value types of their own."""
    records = [
        {"head": "e1", "relation": "knows", "value": text, "value_type": "text", "unit": text}
        for text in HOSTILE
    ]
    load_given(graph, tmp_path, [Given("triples", "d", record) for record in records])
    rows = graph.rows("MATCH (:Entity {id: 'e1'})-[:knows]->(l:Literal) RETURN l.text, l.unit")
    assert sorted(rows) == sorted([text, text] for text in HOSTILE)
    assert_nothing_else(graph)


def test_meanings(graph: Graph, tmp_path: Path) -> None:
    """As types, labels, aliases and descriptions that statements give."""
    relations = ("kind", "named", "also called", "note")
    given = [
        Given(
            "triples",
            "d",
            {"head": text, "relation": relation, "value": text, "value_type": "text"},
        )
        for text in HOSTILE
        for relation in relations
    ]
    load_given(graph, tmp_path, given)
    for text in HOSTILE:
        [[label, description, labels]] = graph.rows(
            "MATCH (e:Entity {id: $id}) RETURN e.label, e.description, labels(e)", {"id": text}
        )
        assert (label, description) == (text, text)
        assert sorted(labels) == sorted(["Entity", label_of_type(text)])
    assert_nothing_else(graph)


def test_assertions(graph: Graph, tmp_path: Path) -> None:
    given = []
    for number, text in enumerate(HOSTILE):
        norm = f"{text} {number}"  # a blank alone is no norm
        record = assertion(
            assertion_id=text,
            run_id=text,
            marketplace=text,
            behavior__behavior_id=f"behavior {text}"[:1024],
            behavior__query={"text": text, "norm": norm},
            behavior__products__0={
                "product_id": text,
                "title": text,
                "category": text,
                "product_type": text,
                "browse_path": [text, "above"],
            },
            domain=text,
            tail__text=text,
            tail__norm=norm,
            generator__model=text,
            generator__version=text,
            raw_text=text,
            filters=[{"name": "edit_distance", "value": text, "passed": True}],
        )
        given.append(Given("assertions", "d", record))
    load_given(graph, tmp_path, given)
    for text in HOSTILE:
        [[title, labels]] = graph.rows(
            "MATCH (e:Entity {id: $id}) RETURN e.label, labels(e)", {"id": text}
        )
        assert title == text
        assert sorted(labels) == ["Entity", "Product"]
    fields = "[a.id, a.marketplace, a.domain, a.generator, a.raw_text, a.flt_edit_distance]"
    rows = graph.value(f"MATCH (a:Assertion) RETURN collect({fields})")
    assert sorted(rows) == sorted([text] * 6 for text in HOSTILE)
    assert_nothing_else(graph)


def test_names_of_data_sets_and_runs(graph: Graph, tmp_path: Path) -> None:
    for text in DATASETS:
        records = [
            Given("entities", text, {"id": "e1", "label": text}),
            Given("triples", text, {"head": "e1", "relation": "knows", "tail": "e2"}),
            Given(
                "triples", text, {"head": "e1", "relation": "knows", "tail": "e3", "deleted": True}
            ),
            Given("assertions", text, assertion()),
        ]
        load_given(graph, tmp_path, records, run=text)
    known = "MATCH (:Entity {id: 'e1'})-[r:knows]->() RETURN r.sources, r.support"
    assert graph.rows(known) == [[sorted(DATASETS), len(DATASETS)]]
    [[label, aliases, named]] = graph.rows(
        "MATCH (e:Entity {id: 'e1'}) RETURN e.label, e.aliases, e.datasets"
    )
    assert named == sorted(DATASETS)
    assert {label, *aliases} == set(DATASETS)
    assert_nothing_else(graph)


def test_relations_and_types_of_the_vocabulary(graph: Graph, tmp_path: Path) -> None:
    given = [
        *[
            Given(
                "relations",
                "d",
                {
                    "id": text,
                    "label": text,
                    "description": text,
                    "parents": [other],
                    "aliases": [text],
                    "subject_types": [text],
                    "inverse": text,
                    "phrase": f"{{s}} {text} {{o}}",
                },
            )
            for text, other in zip(HOSTILE, HOSTILE[1:] + HOSTILE[:1], strict=True)
        ],
        *[
            Given("types", "d", {"id": text, "label": text, "parents": [other]})
            for text, other in zip(HOSTILE, HOSTILE[1:] + HOSTILE[:1], strict=True)
        ],
    ]
    load_given(graph, tmp_path, given)
    for label in ("Relation", "EntityType"):
        rows = graph.value(
            f"MATCH (n:{label})-[:SUB_OF]->(p) WHERE n.id IN $ids "
            "RETURN collect([n.id, n.label, p.id])",
            {"ids": list(HOSTILE)},
        )
        cycle = zip(HOSTILE, HOSTILE[1:] + HOSTILE[:1], strict=True)
        assert sorted(rows) == sorted([text, text, other] for text, other in cycle)
    assert_nothing_else(graph)


def test_names_of_filters_and_annotations_are_no_properties(graph: Graph, tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    bad = [text for text in HOSTILE if not re.fullmatch("[a-z][a-z0-9_]{0,62}", text)]
    lines = [
        assertion(filters=[{"name": text, "value": 1, "passed": True}])
        for text in [*bad, "edit\n", "Edit", "1st", ""]
    ]
    lines += [assertion(annotation={**assertion()["annotation"], text: True}) for text in bad]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    report = load_file(graph, file, "assertions")
    assert report.rejected.total() == len(lines) == len(quarantined(file))
    assert graph.value("MATCH (a:Assertion) RETURN count(a)") == 0


def assert_nothing_else(graph: Graph) -> None:
    """Labels, types and property names are ours or made by the one road; the canary sings."""
    labels = graph.value("MATCH (n) UNWIND labels(n) AS l RETURN collect(DISTINCT l)")
    names = graph.value("MATCH (n) UNWIND keys(n) AS k RETURN collect(DISTINCT k)")
    types = graph.value("MATCH ()-[r]->() RETURN collect(DISTINCT type(r))")
    assert all(_IDENTIFIER.match(one) for one in [*labels, *names, *types])
    of_entities = graph.value("MATCH (e:Entity) UNWIND labels(e) AS l RETURN collect(DISTINCT l)")
    known = graph.value("MATCH (t:EntityType) RETURN collect(t.neo4j_label)")
    assert set(of_entities) <= {"Entity", *known}
    assert graph.value(_SINGING) == 1
    assert schema(graph) >= {item.name for item in FIXED_ITEMS}


def schema(graph: Graph) -> set[str]:
    constraints = graph.rows("SHOW CONSTRAINTS YIELD name")
    return {name for [name] in [*constraints, *graph.rows("SHOW INDEXES YIELD name")]}
