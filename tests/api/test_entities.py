"""`node`, `nodes` and `entities`, each as the sample has it."""

from __future__ import annotations

import pytest
from asking import Ask
from sample_graph import SampleGraph

TENT = "P-TENT-4"
NOWHERE = "no such thing"


@pytest.fixture(scope="module")
def sample() -> SampleGraph:
    return SampleGraph()


def test_an_entity_in_full(ask: Ask, version: str) -> None:
    found = ask("""{ entities(ids: ["P-TENT-4"]) { __typename id label description aliases degree
      mergedIds types { id label neo4jLabel } } }""")
    assert found["data"]["entities"] == [
        {
            "__typename": "Entity",
            "id": TENT,
            "label": "Four-Person Waterproof Tent",
            "description": "dome tent for four people",
            "aliases": ["4 person tent", "family tent"],
            # 21 statements of its own to entities, 3 to literals; 9 behaviors have it as a product.
            "degree": 33,
            "mergedIds": [],
            "types": [{"id": "Product", "label": "product", "neo4jLabel": "Product"}],
        }
    ]
    assert found["extensions"] == {"dataVersion": version}


def test_entities_in_the_order_asked_null_where_unknown(ask: Ask) -> None:
    ids = ["leon", NOWHERE, "P-STOVE", "leon", ""]
    found = ask("query ($ids: [ID!]!) { entities(ids: $ids) { id } }", ids=ids)
    assert found["data"]["entities"] == [
        {"id": "leon"},
        None,
        {"id": "P-STOVE"},
        {"id": "leon"},
        None,
    ]
    assert ask("{ entities(ids: []) { id } }")["data"] == {"entities": []}


def test_more_entities_than_are_kept(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept of a state has an end; whoever asks beyond it is answered all the same."""
    document = """query ($ids: [ID!]!) {
      entities(ids: $ids) { id label statements(first: 3) { nodes { subject { id } text } } } }"""
    ids = [TENT, "leon", "P-STOVE", NOWHERE, "P-TARP", "tom-hanks"]
    expected = [ask(document, ids=[id])["data"]["entities"][0] for id in ids]
    monkeypatch.setattr("kgservice.api.cards._KEPT", 2)
    for _ in range(2):
        assert ask(document, ids=ids)["data"]["entities"] == expected
    assert ask(document, ids=ids[::-1])["data"]["entities"] == expected[::-1]


def test_behaviors_queries_and_intents_are_entities(ask: Ask, sample: SampleGraph) -> None:
    [behavior] = [
        subject
        for (subject, relation, object), _ in sample.statements.items()
        if relation == "HAS_QUERY" and object == "query:en:ultralight tent"
    ]
    ids = [behavior, "query:en:ultralight tent", "intent:audience:en:hikers", "category:Dogs"]
    found = ask("query ($ids: [ID!]!) { entities(ids: $ids) { label types { id } } }", ids=ids)
    assert [
        (one["label"], [t["id"] for t in one["types"]]) for one in found["data"]["entities"]
    ] == [
        ("ultralight tent → Two-Person Trekking Tent", ["QueryPurchase"]),
        ("ultralight tent", ["Query"]),
        ("hikers", ["AudienceIntent"]),
        ("Dogs", ["Category"]),
    ]


def test_nodes_are_entities_and_statements(ask: Ask) -> None:
    first = ask('{ entities(ids: ["P-TENT-4"]) { statements(first: 1) { nodes { id } } } }')
    [[statement]] = [one["statements"]["nodes"] for one in first["data"]["entities"]]
    ids = [statement["id"], TENT, "statement:nothing", NOWHERE]
    found = ask(
        """query ($ids: [ID!]!, $one: ID!) { nodes(ids: $ids) { __typename id
             ... on Entity { label } ... on Statement { text } }
           node(id: $one) { id ... on Statement { subject { id } relation { id } } } }""",
        ids=ids, one=statement["id"],
    )["data"]  # fmt: skip
    assert found["nodes"] == [
        {
            "__typename": "Statement",
            "id": statement["id"],
            "text": "Four-Person Waterproof Tent is made by Northfell",
        },
        {"__typename": "Entity", "id": TENT, "label": "Four-Person Waterproof Tent"},
        None,
        None,
    ]
    assert found["node"] == {
        "id": statement["id"], "subject": {"id": TENT}, "relation": {"id": "BRAND"},
    }  # fmt: skip
    assert ask('{ node(id: "?") { id } }')["data"] == {"node": None}


def test_a_statement_with_a_literal(ask: Ask) -> None:
    found = ask("""{ entities(ids: ["P-TENT-4", "tom-hanks", "london"]) {
      statements(relations: ["PRICE", "DATE_OF_BIRTH", "POPULATION_YEAR"]) { nodes {
        object { id } value { text datatype number unit time language }
        text phrase support plausibility typicality qualifiers: id } } } }""")
    shown = [
        {**node["value"], "object": node["object"], "text": node["text"], "phrase": node["phrase"]}
        for one in found["data"]["entities"]
        for node in one["statements"]["nodes"]
    ]
    price, birth, year = shown
    assert (price["number"], price["unit"], price["time"]) == (249.0, "USD", None)
    assert price["text"] == "Four-Person Waterproof Tent costs 249 USD"
    assert price["phrase"] == "costs 249 USD"
    assert price["object"] is None
    assert (birth["time"], birth["number"], birth["unit"]) == ("1956-07-09", None, None)
    assert birth["text"] == "Tom Hanks was born on 1956-07-09"
    assert (year["time"], year["number"]) == ("2021", None)
