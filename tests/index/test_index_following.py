"""Loads laid over the tables, step by step, against an index that is built of the same graph."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from comparison import Asked, patience
from conftest import indexed
from hypothesis import given
from hypothesis import strategies as st
from random_expressions import Choices, is_exact, scored_questions
from random_worlds import world_of
from reference.reading import graph_of
from reference.sayings import World
from test_index_answers import SOME
from world_files import Fresh, load_file, load_world, triple

from kgservice.algebra.pattern import ANY_STATEMENT
from kgservice.graph.client import Graph
from kgservice.graph.reads import StatementsRequest
from kgservice.index.delta import CannotFollowError
from kgservice.index.directory import IndexDirectory
from kgservice.index.evaluation import MatrixEvaluator
from kgservice.index.opening import Opened
from kgservice.index.reads import TableReads
from kgservice.index.snapshot import Snapshot
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
    followed: tuple[Opened, World], graph: Graph, tmp_path: Path
) -> None:
    opened, _ = followed
    built = indexed(graph, IndexDirectory(tmp_path))
    assert len(opened.delta.statements) > 300
    assert len(opened.delta.entities) > 30
    ids = [*built.snapshot.tables.entities.ids.all.to_pylist(), *opened.delta.entities, "nobody"]
    assert await contents(opened.snapshot, ids) == await contents(built.snapshot, ids)
