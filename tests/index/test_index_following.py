"""Loads laid over the tables, step by step, against an index that is built of the same graph."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, LiteralString

import pytest
from built_indexes import indexed
from comparison import Asked, assert_alike, patience
from hypothesis import given
from hypothesis import strategies as st
from random_expressions import Choices, is_exact, scored_questions
from random_worlds import world_of
from reference.reading import graph_of
from reference.sayings import World
from test_index_answers import SOME
from world_files import Fresh, load_file, load_world, merge, triple

from kgservice.algebra.pattern import ANY_STATEMENT
from kgservice.graph.client import Graph
from kgservice.graph.cypher import indexing
from kgservice.graph.reads import StatementsRequest
from kgservice.index import reading
from kgservice.index.delta import CannotFollowError
from kgservice.index.directory import IndexDirectory
from kgservice.index.evaluation import MatrixEvaluator
from kgservice.index.opening import Opened
from kgservice.index.reads import TableReads
from kgservice.index.snapshot import Snapshot
from kgservice.local.instance import Running
from kgservice.model import Direction, Mention, StatementOrder

pytestmark = pytest.mark.neo4j

_EVERYTHING = StatementsRequest(
    None, Direction.BOTH, ANY_STATEMENT, None, StatementOrder.RELATION, 1_000
)


@pytest.fixture(scope="module")
def graph(fresh: Fresh) -> Iterator[Graph]:
    with fresh() as opened:
        yield opened


async def contents(snapshot: Snapshot, ids: list[str]) -> list[Any]:
    """All that can be read of a snapshot."""
    reads = TableReads(snapshot, None)
    types = {id: snapshot.vocabulary.with_subtypes([id]) for id in snapshot.vocabulary.types}
    return [
        snapshot.version,
        await reads.entities(ids, patience()),
        await reads.statements_of(ids, _EVERYTHING, patience()),
        await reads.relation_counts(ids, Direction.BOTH, patience()),
        {type: sorted(snapshot.ids(snapshot.of_types(below))) for type, below in types.items()},
        sorted(snapshot.vocabulary.relations),
    ]


def test_nothing_new(graph: Graph, tmp_path: Path) -> None:
    opened = indexed(graph, IndexDirectory(tmp_path))
    assert opened.followed(graph).delta == opened.delta


@pytest.fixture(scope="module")
def followed(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> tuple[Opened, World]:
    """A world that came in steps, and the index that followed each of them."""
    whole, other = world_of(1, merged=False), world_of(3, merged=False)
    random = Random(5)
    few = replace(whole, facts=whole.facts[::3], mined=(), types={})
    directory = tmp_path_factory.mktemp("steps")
    load_world(graph, few, directory)
    opened = indexed(graph, IndexDirectory(tmp_path_factory.mktemp("index")))

    load_world(graph, whole, directory)
    opened = opened.followed(graph)

    load_world(graph, replace(other, mined=()), directory)
    opened = opened.followed(graph)

    gone = random.sample([one for one in other.facts if one not in whole.facts], 60)
    file = directory / "gone.jsonl"
    for dataset in sorted({one.dataset for one in gone}):
        records = [
            triple(replace(one, at="2025-01-01T00:00:00Z")) | {"deleted": True}
            for one in gone
            if one.dataset == dataset
        ]
        file.write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
        load_file(graph, file, "triples", dataset, directory)
    return opened.followed(graph), whole


async def test_it_holds_what_an_index_built_anew_holds(
    followed: tuple[Opened, World], rebuilt: Opened
) -> None:
    opened, built = followed[0], rebuilt
    assert len(opened.delta.statements) > 300
    assert len(opened.delta.entities) > 30
    ids = [*built.snapshot.tables.entities.ids.all.to_pylist(), *opened.delta.entities, "nobody"]
    assert await contents(opened.snapshot, ids) == await contents(built.snapshot, ids)


@SOME
@given(st.data())
async def test_it_answers_as_an_index_built_anew(
    followed: tuple[Opened, World], rebuilt: Opened, data: st.DataObject
) -> None:
    opened, world = followed
    expression, scoring = data.draw(scored_questions(Choices(graph_of(world)), (2, 3, 3, 4)))
    here = Asked(MatrixEvaluator(opened.snapshot), None)
    there = Asked(MatrixEvaluator(rebuilt.snapshot), None)
    found = await here.whole(expression, scoring)
    expected = await there.whole(expression, scoring)
    if is_exact(scoring):
        assert found == expected
    assert_alike(found, dict(expected))


@pytest.fixture(scope="module")
def rebuilt(
    followed: tuple[Opened, World], graph: Graph, tmp_path_factory: pytest.TempPathFactory
) -> Opened:
    return indexed(graph, IndexDirectory(tmp_path_factory.mktemp("anew")))


def names(opened: Opened, text: str) -> list[str]:
    [found] = opened.resolver.resolve([Mention(text)])
    return [one.id for one in found.candidates if one.confidence > 0.2]


def load_entities(graph: Graph, directory: Path, *records: dict[str, Any]) -> None:
    file = directory / "entities.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
    load_file(graph, file, "entities", "zoo", directory)


def test_names_are_found_as_they_come_and_go(fresh: Fresh, tmp_path: Path) -> None:
    with fresh() as graph:
        load_entities(graph, tmp_path, {"id": "a1", "label": "Quokka Lantern"})
        opened = indexed(graph, IndexDirectory(tmp_path / "index"))
        assert names(opened, "quoka lantern") == ["a1"]
        # More steps than there may be layers: they are joined on the way.
        for number in range(9):
            changed = {
                "id": "a1",
                "label": f"Numbat Kettle {number}",
                "modified": f"20{10 + number}-01-01T00:00:00Z",
            }
            load_entities(
                graph, tmp_path, {"id": f"b{number}", "label": f"Wombat {number}"}, changed
            )
            opened = opened.followed(graph).named()
            assert 1 <= opened.layers <= 6
            assert names(opened, f"numbat ketle {number}")[:1] == ["a1"]
            assert names(opened, f"wombat {number}")[:1] == [f"b{number}"]
        assert names(opened, "quoka lantern") == []
        assert names(opened, "wombat 0")[:1] == ["b0"]
        gone = {"id": "a1", "deleted": True, "modified": "2030-01-01T00:00:00Z"}
        load_entities(graph, tmp_path, gone, gone | {"id": "b0"})
        opened = opened.followed(graph).named()
        assert "a1" not in names(opened, "numbat kettle 8")
        assert "b0" not in names(opened, "wombat 0")
        assert opened.snapshot.numbers(["a1", "b1", "b8"]).tolist()[0] == -1
        assert opened.snapshot.ids(opened.snapshot.numbers(["b1", "b8"])) == ["b1", "b8"]


async def test_a_build_during_a_load_is_of_one_version_once_it_has_followed(
    fresh: Fresh, tmp_path: Path
) -> None:
    world = world_of(1, merged=False)
    with fresh() as graph:
        load_world(graph, replace(world, facts=world.facts[:20], mined=()), tmp_path)
        with ThreadPoolExecutor(1) as loading:
            loaded = loading.submit(load_world, graph, world, tmp_path)
            opened = indexed(graph, IndexDirectory(tmp_path / "index"))
            loaded.result()
        opened = opened.followed(graph)
        built = indexed(graph, IndexDirectory(tmp_path / "anew"))
    ids = built.snapshot.tables.entities.ids.all.to_pylist()
    assert await contents(opened.snapshot, ids) == await contents(built.snapshot, ids)


def test_what_others_keep_in_the_graph_is_none_of_ours(fresh: Fresh, tmp_path: Path) -> None:
    with fresh() as graph:
        load_entities(graph, tmp_path, {"id": "a1", "label": "Quokka Lantern"})
        graph.run(
            "MATCH (e:Entity {id: 'a1'}) "
            "CREATE (e)-[:STANDS_IN {level: 'ground floor', support: 1, sources: []}]->(:Shop)"
        )
        opened = indexed(graph, IndexDirectory(tmp_path / "index"))
    statements = opened.snapshot.tables.statements
    assert (len(statements.between), len(statements.with_literal)) == (0, 0)


class GivingNumbersAgain(Graph):
    """A graph in which the zorilla's node gets the number that the quokka's had before."""

    quokka: int
    meanwhile: Callable[[], None]

    def value(self, text: LiteralString, parameters: Any = None) -> Any:
        if text != indexing.READ_STATEMENTS:
            return super().value(text, parameters)
        self.meanwhile()
        ids, rows = super().value(text, parameters)
        zorilla = self.number("zorilla")
        for row in rows:
            row[7] = [self.quokka if one == zorilla else one for one in row[7]]
        return [ids, rows]

    def number(self, id: str) -> int:
        """Neo4j's number of an entity's node."""
        found: int = super().value("MATCH (e:Entity {id: $id}) RETURN id(e)", {"id": id})
        return found


async def test_a_number_that_is_given_again_during_a_build(
    fresh: Fresh, server: Running, tmp_path: Path
) -> None:
    def load(format: str, *records: dict[str, Any]) -> None:
        file = tmp_path / f"{format}.jsonl"
        file.write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
        load_file(graph, file, format, "zoo", tmp_path)

    def fed(head: str, tail: str, **more: Any) -> dict[str, Any]:
        return {"head": head, "relation": "USED_FOR_AUD", "tail": tail, **more}

    def meanwhile() -> None:
        later = "2030-01-01T00:00:00Z"
        load("triples", fed("oats", "quokka", retrieved_at=later, deleted=True))
        load("entities", {"id": "quokka", "deleted": True, "modified": later})
        load("triples", fed("hay", "zorilla"))
        load("entities", {"id": "quokka", "modified": "2031-01-01T00:00:00Z"})

    with fresh() as graph, GivingNumbersAgain.connect(server.address) as again:
        load("triples", fed("oats", "quokka"), fed("hay", "numbat"))
        again.quokka, again.meanwhile = again.number("quokka"), meanwhile
        opened = indexed(again, IndexDirectory(tmp_path / "index"))
        read = opened.snapshot.tables.statements
        assert len(read.between) == 2, "the zorilla was read as a quokka"
        opened = opened.followed(graph)
        built = indexed(graph, IndexDirectory(tmp_path / "anew"))
    ids = ["hay", "numbat", "oats", "quokka", "zorilla"]
    assert await contents(opened.snapshot, ids) == await contents(built.snapshot, ids)


def test_what_cannot_be_laid_over_is_refused(fresh: Fresh, tmp_path: Path) -> None:
    entities = [{"id": f"e{number}", "label": f"thing {number}"} for number in range(4)]
    with fresh() as graph:
        load_entities(graph, tmp_path, *entities)
        opened = indexed(graph, IndexDirectory(tmp_path / "index"))
        load_entities(graph, tmp_path, {"id": "e9", "label": "thing 9"})
        graph.run("MATCH (c:__Change {version: 1}) DELETE c")
        with pytest.raises(CannotFollowError, match="reach back"):
            opened.followed(graph)
        opened = indexed(graph, IndexDirectory(tmp_path / "index"))
        merge(graph, {"e1": "e0"})
        load_entities(graph, tmp_path, {"id": "e10", "label": "thing 10"})
        with pytest.raises(CannotFollowError, match="merged"):
            opened.followed(graph)
        opened = indexed(graph, IndexDirectory(tmp_path / "index"))
        load_entities(graph, tmp_path, {"id": "e11", "label": "thing 11"})
        opened = opened.followed(graph)
        load_entities(
            graph, tmp_path, {"id": "e1", "label": "a thing", "modified": "2020-01-01T00:00:00Z"}
        )
        with pytest.raises(CannotFollowError, match="merged"):
            opened.followed(graph)
    with fresh() as graph:
        load_entities(graph, tmp_path, *entities)
        with pytest.raises(CannotFollowError, match=r"reach back|another graph"):
            opened.followed(graph)


async def test_a_type_that_is_registered_when_its_entities_are_known(
    fresh: Fresh, tmp_path: Path
) -> None:
    """Their label was another's until then: no change of theirs is in the log."""
    with fresh() as graph:
        load_entities(
            graph, tmp_path, {"id": "a1", "label": "Kettle"}, {"id": "a2", "label": "Pan"}
        )
        graph.run("MATCH (e:Entity {id: 'a1'}) SET e:Bestseller")
        opened = indexed(graph, IndexDirectory(tmp_path / "index"))
        file = tmp_path / "types.jsonl"
        file.write_text('{"id": "Bestseller", "label": "best seller"}\n', "utf-8")
        load_file(graph, file, "types", "zoo", tmp_path)
        snapshot = opened.followed(graph).snapshot
        built = indexed(graph, IndexDirectory(tmp_path / "anew")).snapshot
    assert snapshot.ids(snapshot.of_types(frozenset({"Bestseller"}))) == ["a1"]
    assert await contents(snapshot, ["a1", "a2"]) == await contents(built, ["a1", "a2"])


@pytest.mark.parametrize("others", [0, 6], ids=["ours alone", "pages without any of ours"])
async def test_hubs_are_read_a_page_at_a_time(
    others: int, fresh: Fresh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = world_of(1, merged=True)
    with fresh() as graph:
        load_world(graph, world, tmp_path)
        # Before all of ours in order: a page of nothing else is not the end of a hub.
        graph.run(
            "MATCH (e:Entity)-->(:Entity) WITH DISTINCT e UNWIND range(1, $others) AS n "
            "CREATE (e)-[:THEIRS {id: '!' + n, level: 'asserted'}]->(:Theirs)",
            {"others": others},
        )
        whole = indexed(graph, IndexDirectory(tmp_path / "whole")).snapshot
        monkeypatch.setattr(reading, "_ROWS", 2)
        paged = indexed(graph, IndexDirectory(tmp_path / "paged")).snapshot
    ids = graph_of(world).entities
    assert await contents(paged, ids) == await contents(whole, ids)
