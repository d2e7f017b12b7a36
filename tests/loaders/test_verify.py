"""Each kind of damage is found, and put right to the same bits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from graph_dump import assert_same_bits, bits
from loaded_files import load_given
from mining_record import assertion
from plain_graph import Given

from kgservice.cli import cli
from kgservice.graph.client import Graph
from kgservice.local.instance import Running
from loaders.verifying.findings import Fault
from loaders.verifying.verify import verify

_GIVEN = (
    Given("entities", "d", {"id": "e1", "label": "Rex", "aliases": ["Max"], "types": ["Film"]}),
    Given("entities", "d", {"id": "alone"}),
    Given("triples", "d", {"head": "e1", "relation": "knows", "tail": "e2"}),
    Given("triples", "d", {"head": "e2", "relation": "height of", "value": "1994-07-06"}),
    Given("triples", "d", {"head": "e3", "relation": "named", "value": "Third"}),
    Given("triples", "other", {"head": "e1", "relation": "knows", "tail": "e2", "support": 2}),
    Given("triples", "other", {"head": "p1", "relation": "USED_FOR_AUD", "tail": "e2"}),
    Given("assertions", "m", assertion()),
    Given("assertions", "m", assertion(assertion_id="a2", behavior__behavior_id="b2")),
)

#: What a hand or a fault does, and what is found of it.
DAMAGES: dict[str, tuple[str, set[Fault]]] = {
    "statement deleted": (
        "MATCH ()-[r:knows]->() DELETE r",
        {Fault.STATEMENT_MISSING, Fault.COUNT_WRONG},
    ),
    "roll-up deleted": (
        "MATCH (:Entity {id: 'p1'})-[r:USED_FOR_AUD]->(:Intent) DELETE r",
        {Fault.STATEMENT_MISSING, Fault.COUNT_WRONG},
    ),
    "roll-up changed": (
        "MATCH (:Entity {id: 'p1'})-[r:USED_FOR_AUD]->(:Intent) SET r.plausibility = 1.0",
        {Fault.STATEMENT_CHANGED},
    ),
    "sums changed": (
        "MATCH (:Entity {id: 'p1'})-[r:USED_FOR_AUD]->(:Intent) SET r.sums = [1]",
        {Fault.STATEMENT_CHANGED},
    ),
    "other end": (
        "MATCH (s)-[r:knows]->() MATCH (o:Entity {id: 'alone'}) "
        "CREATE (s)-[n:knows]->(o) WITH r, n, properties(r) AS p DELETE r SET n = p",
        {Fault.STATEMENT_CHANGED},
    ),
    "literal changed": ("MATCH (l:Literal) SET l.text = 'x'", {Fault.STATEMENT_CHANGED}),
    "literal left": ("CREATE (:Literal {text: 'x'})", {Fault.LITERAL_LOOSE}),
    "statement invented": (
        "MATCH (s:Entity {id: 'e1'}), (o:Entity {id: 'e3'}) "
        "CREATE (s)-[:knows {id: 'statement:none'}]->(o)",
        {Fault.STATEMENT_SURPLUS, Fault.COUNT_WRONG},
    ),
    "relationship drawn": (
        "MATCH (s:Entity {id: 'e2'}), (o:Entity {id: 'e1'}) CREATE (s)-[:knows]->(o)",
        {Fault.STATEMENT_SURPLUS},
    ),
    "entity relabelled": ("MATCH (e {id: 'e1'}) SET e.label = 'Hund'", {Fault.ENTITY_CHANGED}),
    "type removed": (
        "MATCH (e {id: 'e1'}) REMOVE e:Film",
        {Fault.ENTITY_CHANGED, Fault.COUNT_WRONG},
    ),
    "type given": (
        "MATCH (e {id: 'e1'}) SET e:Product",
        {Fault.ENTITY_CHANGED, Fault.COUNT_WRONG},
    ),
    "entity made": ("CREATE (:Entity {id: 'x', label: 'x'})", {Fault.ENTITY_SURPLUS}),
    "entity deleted": (
        "MATCH (e:Entity {id: 'alone'}) DETACH DELETE e",
        {Fault.ENTITY_MISSING},
    ),
    "filled entity deleted": (
        "MATCH (e:Entity {id: 'e3'}) DETACH DELETE e",
        {Fault.ENTITY_MISSING},
    ),
    "counts": ("MATCH (r:Relation {id: 'knows'}) SET r.count = 7", {Fault.COUNT_WRONG}),
    "intent deleted with all its statements": (
        "MATCH (e:Intent {norm: 'dogs'}) DETACH DELETE e",
        {Fault.ENTITY_MISSING, Fault.STATEMENT_MISSING, Fault.COUNT_WRONG},
    ),
    "type counts": ("MATCH (t:EntityType {id: 'Film'}) SET t.count = 7", {Fault.COUNT_WRONG}),
    "behaviors' sums": ("MATCH (m:__Mined {id: 'p1'}) SET m.uses = 7", {Fault.SUMS_WRONG}),
    "behaviors' sums deleted": ("MATCH (m:__Mined) DELETE m", {Fault.SUMS_WRONG}),
    "sums of nothing": (
        "CREATE (:__Mined {id: 'q', uses: 1, fields: [], values: [], value_uses: [], times: [], "
        "versions: []})",
        {Fault.SUMS_WRONG},
    ),
}


@pytest.fixture
def whole(graph: Graph, tmp_path: Path) -> list[str]:
    """The graph as it should be."""
    load_given(graph, tmp_path, _GIVEN)
    return bits(graph)


@pytest.mark.parametrize("part", range(6))
def test_every_damage(graph: Graph, whole: list[str], part: int) -> None:
    """Several at once: each is found, and all are put right."""
    damages = list(DAMAGES.values())[part::6]
    for damage, _ in damages:
        graph.run(damage)
    damaged = bits(graph)
    found = verify(graph)
    assert set().union(*(faults for _, faults in damages)) <= set(found.counts)
    assert_same_bits(bits(graph), damaged)
    # What only follows from another fault has gone with it when its turn comes.
    assert set(verify(graph, repair=True).counts) <= set(found.counts)
    assert_same_bits(bits(graph), whole)
    assert not verify(graph).counts


@pytest.mark.parametrize(
    "damage",
    [
        "MATCH (a:Assertion {dataset: 'd', relation: 'knows'}) SET a.plausibility = 0.1",
        "MATCH (a:Assertion {dataset: 'd', relation: 'knows'}) REMOVE a.subject",
        "MATCH (a:Assertion {id: 'a2'}) REMOVE a.record",
        "MATCH (a:Assertion {id: 'a2'}) DELETE a",
        "MATCH (r:__EntityRecord {entity: 'e1'}) SET r.record = '{}'",
    ],
)
def test_damaged_assertions_are_loaded_again(
    graph: Graph, tmp_path: Path, whole: list[str], damage: str
) -> None:
    graph.run(damage)
    found = verify(graph, repair=True)
    if "DELETE" not in damage:
        assert found.counts[Fault.ASSERTION_DAMAGED] == 1
        assert found.reload.total() == 1
    assert not verify(graph).counts
    load_given(graph, tmp_path, _GIVEN)
    assert_same_bits(bits(graph), whole)


def test_ends_of_other_types_are_counted(graph: Graph, tmp_path: Path, whole: list[str]) -> None:
    """A film is no audience; of e2 no type is known, so nothing is odd about it."""
    assert verify(graph).mismatches == {}
    odd = Given("triples", "other", {"head": "p1", "relation": "USED_FOR_AUD", "tail": "e1"})
    [report] = load_given(graph, tmp_path, [odd])
    assert report.mismatches == 1
    assert verify(graph).mismatches == {"USED_FOR_AUD": 1}


def test_what_belongs_to_others_is_left_alone(graph: Graph, whole: list[str]) -> None:
    graph.run("MATCH (e:Entity {id: 'e1'}) SET e:Favourite CREATE (e)<-[:LIKES]-(:Analyst)")
    assert not verify(graph, repair=True).counts
    assert graph.value("MATCH (:Favourite)<-[r:LIKES]-(:Analyst) RETURN count(r)") == 1


def test_command(
    graph: Graph, server: Running, whole: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_NEO4J_URI", server.address.uri)
    monkeypatch.setenv("KG_NEO4J_PASSWORD", server.address.password)
    graph.run("MATCH ()-[r:knows]->() DELETE r")
    graph.run("DROP INDEX assertion_dataset")
    found = CliRunner().invoke(cli, ["verify", "--json"])
    assert found.exit_code == 1
    faults = json.loads(found.stdout)["faults"]
    assert faults == {"constraint_missing": 1, "statement_missing": 1, "count_wrong": 1}
    repaired = CliRunner().invoke(cli, ["verify", "--repair"])
    assert (repaired.exit_code, "all of it is repaired" in repaired.stdout) == (0, True)
    clean = CliRunner().invoke(cli, ["verify"])
    assert (clean.exit_code, "all is as it should be" in clean.stdout) == (0, True)
    assert_same_bits(bits(graph), whole)
