"""`relations`, `entityTypes` and `stats`: the vocabulary in use, and how much there is."""

from __future__ import annotations

from collections import Counter

import pytest
from asking import Ask
from sample_graph import SampleGraph, records

import migrations


@pytest.fixture(scope="module")
def sample() -> SampleGraph:
    return SampleGraph()


def test_a_relation_in_full(ask: Ask) -> None:
    found = ask("""{ relations(ids: ["CAST_MEMBER", "SPOUSE", "CHARACTER", "USED_FOR_AUD"]) {
      totalCount nodes { id label description aliases symmetric commonsense neo4jType
        parents { id } inverse { id } subjectTypes { id } objectTypes { id } } } }""")
    cast, character, spouse, used = found["data"]["relations"]["nodes"]
    assert cast == {
        "id": "CAST_MEMBER",
        "label": "cast member",
        "description": "An actor in a film, by name or by voice.",
        "aliases": ["P161", "actor", "starring"],
        "symmetric": False,
        "commonsense": False,
        "neo4jType": "CAST_MEMBER",
        "parents": [{"id": "CONTRIBUTOR"}],
        "inverse": None,
        "subjectTypes": [{"id": "Film"}],
        "objectTypes": [{"id": "Person"}],
    }
    assert character["inverse"] == {"id": "PRESENT_IN_WORK"}
    assert spouse["symmetric"]
    assert used["commonsense"]
    assert {one["id"] for one in used["parents"]} == {"COMMONSENSE", "USED_FOR"}


def test_statements_of_each_relation(ask: Ask, sample: SampleGraph) -> None:
    counts = Counter(relation for _, relation, _ in sample.statements)
    for (_, relation), values in sample.literals.items():
        counts[relation] += len(values)
    found = ask("{ relations { totalCount nodes { id statementCount } } }")["data"]["relations"]
    shown = {one["id"]: one["statementCount"] for one in found["nodes"]}
    assert found["totalCount"] == len(shown)
    assert {id: count for id, count in shown.items() if count} == counts
    assert shown["CONTRIBUTOR"] == 0  # those below it have theirs


def test_entities_of_each_type(ask: Ask, sample: SampleGraph) -> None:
    found = ask("""{ entityTypes { totalCount nodes { id label neo4jLabel description
      parents { id } entityCount } } }""")["data"]["entityTypes"]
    assert found["totalCount"] == len(found["nodes"])
    shown = {one["id"]: one for one in found["nodes"]}
    assert {kind["id"] for kind in records("types.jsonl")} <= set(shown)
    for id, one in shown.items():
        assert one["entityCount"] == len(sample.keep(sample.types, id)), id
    assert shown["City"]["parents"] == [{"id": "Settlement"}]
    assert shown["CreativeWork"]["label"] == "creative work"


@pytest.mark.parametrize("kind", ["relations", "entityTypes"])
def test_pages_laid_end_to_end_are_the_whole(ask: Ask, kind: str) -> None:
    document = f"""query ($first: Int! = 100, $after: String) {{
      {kind}(first: $first, after: $after) {{
      totalCount edges {{ cursor node {{ id }} }}
      pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"""
    whole = ask(document)["data"][kind]
    ids = [edge["node"]["id"] for edge in whole["edges"]]
    assert ids == sorted(ids)
    laid = []
    after = None
    for _ in ids:
        page = ask(document, first=7, after=after)["data"][kind]
        assert page["totalCount"] == len(ids)
        assert page["pageInfo"]["hasPreviousPage"] == bool(laid)
        laid += page["edges"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert laid == whole["edges"]


def test_search_looks_into_ids_labels_and_aliases(ask: Ask) -> None:
    found = ask("""{ byAlias: relations(search: "STARRING") { nodes { id } }
      byWikidata: relations(search: "p161") { nodes { id } }
      byLabel: entityTypes(search: "creative") { nodes { id } }
      among: relations(ids: ["SPOUSE", "nothing", "SPOUSE", "CHILD"], search: "s") { nodes { id } }
      none: relations(search: "no such thing") {
        totalCount nodes { id } pageInfo { endCursor } } }""")
    shown = {name: [one["id"] for one in page["nodes"]] for name, page in found["data"].items()}
    assert shown == {
        "byAlias": ["CAST_MEMBER"],
        "byWikidata": ["CAST_MEMBER"],
        "byLabel": ["CreativeWork"],
        "among": ["SPOUSE"],
        "none": [],
    }
    assert found["data"]["none"]["totalCount"] == 0
    assert found["data"]["none"]["pageInfo"] == {"endCursor": None}


def test_stats(ask: Ask, sample: SampleGraph, version: str) -> None:
    found = ask("{ stats { entityCount statementCount schemaRevision dataVersion } }")
    literals = sum(map(len, sample.literals.values()))
    assert found["data"]["stats"] == {
        "entityCount": len(sample.types),
        "statementCount": len(sample.statements) + literals,
        "schemaRevision": migrations.head(),
        "dataVersion": version,
    }
