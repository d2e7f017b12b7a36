"""Learning out of the graph and into it; what a user did can be forgotten."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from learned_graph import NOW, RECORD, outcome

from kgservice.graph.client import Graph
from kgservice.learning.failures import Failure
from kgservice.learning.school import forget, study
from kgservice.model import Mention
from kgservice.resolution.index import NameIndex
from kgservice.resolution.layer import write_layer
from kgservice.resolution.learned import LearnedAliases
from kgservice.resolution.resolver import Resolver
from kgservice.resolution.tables import ENTITY_SCHEMA, NameSource


def stored(graph: Graph) -> list[tuple[str, str, bool]]:
    rows = graph.rows("MATCH (a:__Alias) RETURN a.text, a.entity, a.retired ORDER BY a.text")
    return [tuple(row) for row in rows]


def version(graph: Graph) -> int:
    return int(graph.value("MATCH (v:__AliasVersion) RETURN v.version"))


def test_what_is_learned_is_stored_and_learned_once(migrated: Graph) -> None:
    lesson = study(migrated, None, NOW)
    both = [("the bard", "Q692", False), ("the bard shakespeare", "Q692", False)]
    assert stored(migrated) == both
    assert (lesson.outcomes, lesson.visits, lesson.in_use) == (7, 4, 2)
    assert [one.text for one in lesson.published] == ["the bard", "the bard shakespeare"]
    assert not lesson.failures
    before = version(migrated)
    again = study(migrated, None, NOW + 1)
    assert (again.published, again.retired, again.in_use) == ([], [], 2)
    assert stored(migrated) == both
    assert version(migrated) == before + 1


def test_an_alias_that_fails_is_retired_in_the_graph(migrated: Graph) -> None:
    study(migrated, None, NOW)
    lost = [outcome(f"u{n}", "the bard", None, NOW + 10 + n) for n in range(4)]
    migrated.run(RECORD, {"rows": lost})
    lesson = study(migrated, None, NOW + 100)
    assert [(one.text, one.losses) for one in lesson.retired] == [("the bard", 4)]
    assert ("the bard", "Q692", True) in stored(migrated)
    assert study(migrated, None, NOW + 200).retired == []


def test_a_user_is_forgotten_with_all_that_came_of_them(migrated: Graph) -> None:
    study(migrated, None, NOW)
    migrated.run(
        "CREATE (:__Alias {id: 't', text: 'x', entity: 'Q1', user: 'ann', taught: true,"
        " weight: 1.0, retired: false, first: 0.0, last: 0.0})"
    )
    assert forget(migrated, "ann") == (2, 1)
    assert migrated.value("MATCH (n {user: 'ann'}) RETURN count(n)") == 0
    assert forget(migrated, "nobody") == (0, 0)


def test_merged_entities_are_learned_as_their_canonical_one(migrated: Graph) -> None:
    migrated.run(
        "CREATE (a:Entity {id: 'Q692', canonical_id: 'shakespeare'})"
        "-[:SAME_AS]->(:Entity {id: 'shakespeare'})"
    )
    study(migrated, None, NOW)
    assert {entity for _, entity, _ in stored(migrated)} == {"shakespeare"}
    migrated.run("MATCH (e:Entity) DETACH DELETE e")


def test_with_an_index_failures_are_classed(migrated: Graph, tmp_path: Path) -> None:
    rows = [{"id": "Q692", "label": "William Shakespeare", "aliases": [], "types": [], "degree": 3}]
    table = pa.Table.from_pylist(rows, ENTITY_SCHEMA)
    place = tmp_path / "names"
    write_layer(NameSource(table), place)
    resolver = Resolver(NameIndex.open(place))
    lesson = study(migrated, resolver, NOW)
    assert sum(lesson.failures.values()) == 7
    assert lesson.failures[Failure.CANDIDATE_MISS] == 3
    assert lesson.failures[Failure.UNSUPPORTED] == 1
    learned = LearnedAliases.of([])
    assert resolver.resolve([Mention("the bard")], learned)[0].match is None
