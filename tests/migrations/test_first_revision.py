"""Revision 0001: what a new graph holds, against the contract written out here by hand."""

from __future__ import annotations

import pytest
from alembic import command
from migration_project import Project, empty

import migrations
from graph_schema import ddl
from kgservice.graph.client import Address, Graph

FIFTEEN = [
    "USED_FOR_FUNC",
    "USED_FOR_EVE",
    "USED_FOR_AUD",
    "CAPABLE_OF",
    "USED_TO",
    "USED_AS",
    "IS_A",
    "USED_ON",
    "USED_IN_LOC",
    "USED_IN_BODY",
    "USED_WITH",
    "USED_BY",
    "xInterested_in",
    "xIs_a",
    "xWant",
]
STRUCTURAL = ["HAS_QUERY", "HAS_PRODUCT", "HAS_CATEGORY", "HAS_PRODUCT_TYPE", "BROADER"]
INTENTS = [
    "FunctionIntent",
    "EventIntent",
    "AudienceIntent",
    "ConceptIntent",
    "TimeIntent",
    "LocationIntent",
    "BodyPartIntent",
    "ComplementaryIntent",
    "InterestIntent",
    "ActivityIntent",
    "OtherIntent",
]
TYPES = ["Product", "Query", "Behavior", "QueryPurchase", "CoPurchase", "Intent", *INTENTS]


@pytest.fixture(scope="module")
def migrated(server):
    """One migration for all tests of this module that only read."""
    with Graph.connect(server.address) as graph:
        empty(graph)
        applied = migrations.upgrade(server.address)
        assert applied == ("0001",)
        yield graph
        empty(graph)


def test_the_relations(migrated: Graph) -> None:
    rows = migrated.rows("MATCH (x:Relation) RETURN x.id, x.commonsense, x.count, x.neo4j_type")
    expected = dict.fromkeys(FIFTEEN, True) | dict.fromkeys(STRUCTURAL, False)
    expected |= {"COMMONSENSE": False, "USED_FOR": False}
    assert {row[0]: row[1] for row in rows} == expected
    assert {row[2] for row in rows} == {0}
    assert all(row[3] == row[0] for row in rows)


def test_a_relation_in_full(migrated: Graph) -> None:
    query = "MATCH (x:Relation {id: $id}) RETURN properties(x)"
    assert migrated.rows(query, {"id": "USED_FOR_EVE"})[0][0] == {
        "id": "USED_FOR_EVE",
        "label": "used for (event)",
        "description": "",
        "neo4j_type": "USED_FOR_EVE",
        "symmetric": False,
        "commonsense": True,
        "count": 0,
        "aliases": ["used_for_event"],
        "phrase": "{s} is used for {o}",
        "subject_types": ["Behavior", "Product", "Query"],
        "object_types": ["EventIntent", "ActivityIntent"],
    }
    assert migrated.rows(query, {"id": "COMMONSENSE"})[0][0]["aliases"] == []


def test_the_relations_above(migrated: Graph) -> None:
    rows = migrated.rows("MATCH (x:Relation)-[:SUB_OF]->(y:Relation) RETURN x.id, y.id")
    used_for = [id for id in FIFTEEN if id.startswith("USED_FOR_")]
    expected = {(id, "COMMONSENSE") for id in [*FIFTEEN, "USED_FOR"]}
    expected |= {(id, "USED_FOR") for id in used_for}
    assert {tuple(row) for row in rows} == expected
    assert len(rows) == len(expected)
    assert len(used_for) == 3


def test_the_types(migrated: Graph) -> None:
    rows = migrated.rows("MATCH (x:EntityType) RETURN x.id, x.neo4j_label, x.count")
    assert sorted(row[0] for row in rows) == sorted([*TYPES, "Category", "ProductType"])
    assert all(row[1:] == [row[0], 0] for row in rows)
    rows = migrated.rows("MATCH (x:EntityType)-[:SUB_OF]->(y:EntityType) RETURN x.id, y.id")
    expected = [["QueryPurchase", "Behavior"], ["CoPurchase", "Behavior"]]
    assert sorted(rows) == sorted([*expected, *[[id, "Intent"] for id in INTENTS]])


def test_the_constraints_hold(migrated: Graph) -> None:
    assert not migrations.check(migrated)
    shown = migrated.rows("SHOW INDEXES YIELD name, state RETURN collect(DISTINCT state)")
    assert shown == [[["ONLINE"]]]
    names = {row[0] for row in migrated.rows("SHOW CONSTRAINTS YIELD name")}
    assert {f"statement_id_{id}" for id in [*FIFTEEN, *STRUCTURAL]} < names
    assert {"entity_id", "relation_id", "entity_type_id"} < names


def test_it_derives_from_the_schema_as_it_stands(
    graph: Graph, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = ddl.SchemaItem("made_up", ddl.Kind.RANGE, "__MadeUp", ("id",))  # type: ignore[arg-type]
    monkeypatch.setattr(ddl, "FIXED_ITEMS", (extra,))
    migrations.upgrade(address)
    assert graph.rows("SHOW INDEXES YIELD name WHERE name = 'made_up' RETURN name") == [["made_up"]]
    assert not migrations.check(graph)
    monkeypatch.undo()
    missing = {item.name for item in migrations.check(graph).missing}
    assert missing == {item.name for item in ddl.FIXED_ITEMS}


def test_again_keeps_counts_and_mends_the_rest(project: Project, graph: Graph) -> None:
    migrations.upgrade(project.address)
    graph.run(
        "MATCH (x:Relation {id: 'IS_A'}) SET x.count = 7, x.label = 'wrong', x.means = 'type'"
    )
    command.stamp(project.config(), "base")
    migrations.upgrade(project.address)
    found = graph.rows("MATCH (x:Relation {id: 'IS_A'}) RETURN x.count, x.label, x.means")
    assert found == [[7, "is a", None]]
    assert graph.rows("MATCH (:Relation)-[x:SUB_OF]->() RETURN count(x)") == [[19]]


def test_downgrade_leaves_what_others_own(project: Project, graph: Graph) -> None:
    migrations.upgrade(project.address)
    graph.run("CREATE CONSTRAINT theirs FOR (x:Customer) REQUIRE x.id IS UNIQUE")
    graph.run("CREATE (:Customer {id: 1}), (:Relation {id: 'P161'}), (:Entity {id: 'Q1'})")
    graph.run("DROP INDEX entity_label")
    graph.run("CREATE INDEX by_an_administrator FOR (x:Entity) ON (x.label)")
    command.downgrade(project.config(), "base")

    left = graph.rows("MATCH (x) WHERE NOT labels(x)[0] STARTS WITH '__' RETURN labels(x)[0]")
    assert sorted(left) == [["Customer"], ["Entity"], ["Relation"]]
    names = graph.rows("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name")
    kept = {row[0] for row in names if not row[0].startswith("__")}
    assert kept == {"theirs", "by_an_administrator"}
