"""N-Triples, Wikidata and types by statements, as they come to stand in the graph."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from graph_dump import assert_same_bits, bits
from hypothesis import given, settings
from hypothesis import strategies as st
from loaded_files import load_file, quarantined
from prepared_graph import wipe
from record_worlds import UNSHRUNK

from kgservice.graph.client import Graph
from kgservice.graph.cypher import cards
from loaders.writing.decisions import Step

_TYPES = "MATCH (a:EntityType)-[:SUB_OF]->(b) WHERE a.id STARTS WITH 't' RETURN a.id, b.id"

_NT = """
<http://x/rex> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://x/Dog> .
<http://x/rex> <http://www.w3.org/2000/01/rdf-schema#label> "Rex"@en .
<http://x/rex> <http://www.w3.org/2000/01/rdf-schema#label> "der Rex"@de .
<http://x/rex> <http://www.w3.org/2004/02/skos/core#altLabel> "King" .
<http://x/rex> <http://schema.org/description> "a dog" .
<http://x/Dog> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <http://x/Animal> .
<http://x/rex> <http://x/weight> "7.5"^^<http://www.w3.org/2001/XMLSchema#decimal> .
_:b <http://x/weight> "1" .
"""


def test_n_triples_fill_entities(graph: Graph, tmp_path: Path) -> None:
    file = tmp_path / "x.nt"
    file.write_text(_NT)
    report = load_file(graph, file, "triples", register_relations=True)
    assert (report.read, dict(report.rejected)) == (8, {"blank_node": 1})
    assert graph.rows(
        "MATCH (e:Entity {id: 'http://x/rex'}) RETURN e.label, e.aliases, e.description"
    ) == [["Rex", ["King", "der Rex"], "a dog"]]
    assert graph.rows(
        "MATCH (s:Entity)-[r]->(o) MATCH (k:Relation {neo4j_type: type(r)}) "
        "RETURN s.id, k.id, coalesce(o.id, o.number) ORDER BY k.id"
    ) == [
        ["http://x/rex", "http://x/weight", 7.5],
        ["http://x/rex", "rdf:type", "http://x/Dog"],
        ["http://x/Dog", "rdfs:subClassOf", "http://x/Animal"],
    ]
    assert graph.rows(
        "MATCH (:EntityType {id: 'http://x/Dog'})-[:SUB_OF]->(t:EntityType) RETURN t.id"
    ) == [["http://x/Animal"]]
    again = load_file(graph, file, "triples", register_relations=True).as_json()
    assert (again["unchanged"], again["data_version"]) == (7, None)


def test_rejected_triples_load_once_blank_nodes_have_a_scope(graph: Graph, tmp_path: Path) -> None:
    file = tmp_path / "x.nt"
    file.write_text(_NT)
    load_file(graph, file, "triples", register_relations=True)
    [rejected] = quarantined(file)
    again = tmp_path / "again.jsonl"
    again.write_text(json.dumps(rejected))
    assert not load_file(graph, again, "triples", blank_nodes="x").rejected
    assert graph.value("MATCH (e:Entity {id: 'blank:x:b'}) RETURN count(e)") == 1


# ------------------------------------------------------------------ types below types

_SUB = "rdfs:subClassOf"


def below(child: str, parent: str, *, deleted: bool = False, at: int = 1) -> dict[str, Any]:
    time = f"2024-01-0{at}T00:00:00Z"
    return {"head": child, "relation": _SUB, "tail": parent, "deleted": deleted,
            "retrieved_at": time}  # fmt: skip


def load_records(
    graph: Graph, path: Path, format: str, records: list[Mapping[str, Any]], dataset: str = "d"
) -> None:
    file = path / "x.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in records))
    assert not load_file(graph, file, format, dataset).rejected


def test_a_type_is_below_what_any_data_set_or_record_says(graph: Graph, tmp_path: Path) -> None:
    """What a record declares and what statements say goes when neither says it any more."""

    def edges() -> set[tuple[str, str]]:
        return {(child, parent) for child, parent in graph.rows(_TYPES)}

    load_records(graph, tmp_path, "triples", [below("t1", "t2"), below("t2", "t1")])
    load_records(graph, tmp_path, "triples", [below("t1", "t2")], "e")
    assert edges() == {("t1", "t2"), ("t2", "t1")}
    load_records(graph, tmp_path, "types", [{"id": "t1", "parents": ["t2", "t3"]}])
    again = load_file(graph, tmp_path / "x.jsonl", "types").as_json()
    assert again["unchanged"] == 1
    load_records(graph, tmp_path, "triples", [below("t1", "t2", deleted=True, at=2)])
    load_records(graph, tmp_path, "triples", [below("t2", "t1", deleted=True, at=2)])
    assert edges() == {("t1", "t2"), ("t1", "t3")}
    load_records(graph, tmp_path, "types", [{"id": "t1", "parents": ["t3"]}])
    assert edges() == {("t1", "t2"), ("t1", "t3")}, "data set e still says so"
    load_records(graph, tmp_path, "triples", [below("t1", "t2", deleted=True, at=2)], "e")
    assert edges() == {("t1", "t3")}


_BELOW = st.builds(
    below,
    st.sampled_from(("t1", "t2", "t3")),
    st.sampled_from(("t1", "t2", "t3")),
    deleted=st.booleans(),
    at=st.integers(1, 3),
)


@settings(UNSHRUNK, max_examples=15)
@given(
    stated=st.lists(st.tuples(st.sampled_from("de"), _BELOW), min_size=1, max_size=10),
    declared=st.dictionaries(
        st.sampled_from(("t1", "t2", "t3")),
        st.lists(st.sampled_from(("t1", "t2", "t3")), unique=True),
    ),
    first=st.booleans(),
)
def test_types_in_any_order(
    graph: Graph,
    tmp_path: Path,
    stated: list[tuple[str, dict[str, Any]]],
    declared: dict[str, list[str]],
    first: bool,
) -> None:
    wipe(graph)
    types = [{"id": id, "parents": parents} for id, parents in declared.items()]
    if first:
        load_records(graph, tmp_path, "types", types)
    for dataset, record in stated:
        load_records(graph, tmp_path, "triples", [record], dataset)
    if not first:
        load_records(graph, tmp_path, "types", types)
    newest: dict[tuple[str, str, str], tuple[int, bool]] = {}
    for dataset, record in stated:
        key = dataset, record["head"], record["tail"]
        age = int(record["retrieved_at"][9]), record["deleted"]
        newest[key] = max(newest.get(key, age), age)
    wanted = {(child, parent) for (_, child, parent), (_, gone) in newest.items() if not gone}
    wanted |= {(id, parent) for id, parents in declared.items() for parent in parents}
    assert {(child, parent) for child, parent in graph.rows(_TYPES)} == wanted


# ------------------------------------------------------------------ wikidata


def wikidata() -> list[dict[str, Any]]:
    def to(property: str, id: str, **more: Any) -> dict[str, Any]:
        value = {"type": "wikibase-entityid", "value": {"id": id}}
        return {"mainsnak": {"snaktype": "value", "property": property, "datavalue": value},
                "rank": "normal", **more}  # fmt: skip

    start = {"snaktype": "value", "property": "P580", "datavalue": {
        "type": "time", "value": {"time": "+1950-00-00T00:00:00Z", "precision": 9}}}  # fmt: skip
    name = {"en": {"language": "en", "value": "Adams"}}
    claims = {
        "P31": [to("P31", "Q5")],
        "P26": [to("P26", "Q7", qualifiers={"P580": [start]}), to("P26", "Q7")],
    }
    return [
        {"type": "item", "id": "Q42", "labels": name, "claims": claims},
        {"type": "item", "id": "Q5", "labels": {}, "claims": {"P279": [to("P279", "Q215627")]}},
        {"entity": "Q1042", "redirect": "Q42"},
    ]  # fmt: skip


@pytest.mark.parametrize("batch_size", [1, 3, 10_000])
def test_wikidata(graph: Graph, tmp_path: Path, batch_size: int) -> None:
    file = tmp_path / "x.json"
    file.write_text("[\n" + ",\n".join(json.dumps(one) for one in wikidata()) + "\n]\n")
    how = {"register_relations": True, "batch_size": batch_size}
    report = load_file(graph, file, "wikidata", **how).as_json()
    assert (report["read"], report["added"], report["rejected"]["total"]) == (6, 6, 0)
    assert graph.rows("MATCH (e:Entity {id: 'Q42'}) RETURN e.label, labels(e)") == [
        ["Adams", ["Entity", "Q5"]]
    ]
    assert graph.rows(
        "MATCH (s)-[r:P31|P279|P26]->(o) RETURN s.id, type(r), o.id ORDER BY o.id"
    ) == [
        ["Q5", "P279", "Q215627"],
        ["Q42", "P31", "Q5"],
        ["Q42", "P26", "Q7"],
    ]
    assert graph.rows("MATCH (:EntityType {id: 'Q5'})-[:SUB_OF]->(t) RETURN t.id") == [["Q215627"]]
    [id] = graph.rows("MATCH ()-[r:P26]->() RETURN r.id")[0]
    [[_, _, sets]] = graph.value(cards.QUALIFIERS_OF, {"a": {"ids": [id]}})
    assert [json.loads(one) for one in sets] == [
        [],
        [{"relation": "P580", "text": "1950", "datatype": "xsd:gYear"}],
    ]
    wanted = bits(graph)
    again = load_file(graph, file, "wikidata", **how).as_json()
    assert (again["unchanged"], again["data_version"]) == (6, None)
    assert_same_bits(bits(graph), wanted)


def test_other_qualifiers_are_another_record(graph: Graph, tmp_path: Path) -> None:
    """They decide at a tie as all content does, and go with their statement."""

    def triple(*sets: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        return {"head": "a", "relation": "knows", "tail": "b", "qualifiers": [*sets], **more}

    one = triple([{"relation": "knows", "tail": "c"}])
    other = triple([{"relation": "knows", "value": "1994"}], [])
    seen = []
    for records in ([one, other], [other, one], [one, other, one]):
        wipe(graph)
        for record in records:
            load_records(graph, tmp_path, "triples", [record])
        seen.append(bits(graph))
    assert seen[0] == seen[1] == seen[2]
    load_records(graph, tmp_path, "triples", [triple(deleted=True)])
    assert graph.value("MATCH (a:Assertion) RETURN count(a)") == 0


# ------------------------------------------------------------------ folkscope


def test_folkscope(graph: Graph, tmp_path: Path) -> None:
    """Every pair a behavior, and a product's typicality the mean over its pairs."""
    file = Path(__file__).parents[3] / "shared" / "data" / "folkscope" / "assertions.jsonl.gz"
    if not file.exists():
        pytest.skip("no real data of FolkScope beside this checkout")
    rows = [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
    rows = [one for one in rows if one["relation"] not in ("propertyOf", "open", "causeEffect")]
    report = load_file(graph, file, "folkscope", quarantine=tmp_path / "quarantine.jsonl")
    assert (report.steps[Step.ADDED], report.rejected) == (len(rows), {"unknown_relation": 407})

    pairs = {frozenset((one["item_a_id"], one["item_b_id"])) for one in rows}
    assert graph.value("MATCH (b:CoPurchase) RETURN count(b)") == len(pairs)
    products = {id for pair in pairs for id in pair}
    assert graph.value("MATCH (p:Product) RETURN count(p)") == len(products)

    jewelry: dict[str, dict[frozenset[str], list[float]]] = {}
    for one in rows:
        said = one["tail"].strip(' "').lower()
        if one["relation"] in ("isA", "definedAs", "mannerOf") and said == "jewelry":
            pair = frozenset((one["item_a_id"], one["item_b_id"]))
            for id in pair:
                jewelry.setdefault(id, {}).setdefault(pair, []).append(one["typicality"])
    found = graph.rows(
        "MATCH (p:Product)-[r:IS_A]->(:Entity {id: 'intent:concept:en:jewelry'}) "
        "RETURN p.id, r.typicality, r.support, r.plausibility"
    )
    assert len(found) == len(jewelry) > 100
    for id, typicality, support, plausibility in found:
        means = [sum(scores) / len(scores) for scores in jewelry[id].values()]
        assert typicality == pytest.approx(sum(means) / len(means), abs=2e-6)
        assert (support, plausibility) == (len(means), None)
