"""Loads beside other loads and other programs: who waits for whom, and what nobody loses."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from loaded_files import load_file, written
from prepared_graph import wipe

from kgservice.errors import GraphConflictError
from kgservice.graph.client import Graph, Transaction
from kgservice.local.instance import Running
from loaders.formats import FORMATS
from loaders.full import Shrink
from loaders.order import Load
from loaders.reading.sources import Source
from loaders.report import Report
from loaders.retraction import retract
from loaders.run import load
from loaders.writing.runs import claimed

_SECONDS = 60
_FACT = {"head": "a", "relation": "knows", "tail": "b"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "facts.jsonl"
    path.write_bytes(written([_FACT], "jsonl"))
    return path


@pytest.fixture
def other(server: Running) -> Iterator[Graph]:
    with Graph.connect(server.address) as connected:
        yield connected


def test_a_second_load_of_a_data_set_and_format_waits(
    graph: Graph, other: Graph, file: Path
) -> None:
    told = threading.Event()

    def watch(report: Report) -> None:
        if report.waiting:
            told.set()

    with ThreadPoolExecutor(1) as threads:
        with claimed(graph, "d", "triples", lambda: None):
            order = Load(
                FORMATS["triples"], [Source(str(file))], "d", "r", file.with_suffix(".bad")
            )
            second = threads.submit(load, other, order, watch=watch)
            assert told.wait(_SECONDS)
            load_file(graph, file, "triples", "another data set")
            assert not second.done()
            assert graph.value("MATCH (r:__Run) RETURN collect(r.dataset)") == ["another data set"]
        assert second.result(_SECONDS).read == 1
    assert graph.value("MATCH (c:__Claim) RETURN count(c)") == 0


def test_an_entity_that_another_program_is_about_to_use_stays(
    graph: Graph, other: Graph, file: Path
) -> None:
    """Its relationship is there, and not committed yet, when the entity would go."""
    load_file(graph, file, "triples")
    written, go_on = threading.Event(), threading.Event()

    def hold(transaction: Transaction) -> None:
        transaction.run("MATCH (e:Entity {id: 'b'}) CREATE (e)<-[:LIKES]-(:Analyst)")
        written.set()
        assert go_on.wait(_SECONDS)

    with ThreadPoolExecutor(2) as threads:
        analyst = threads.submit(other.write, hold, name="analyst")
        assert written.wait(_SECONDS)
        going = threads.submit(retract, graph, "d")
        with pytest.raises(TimeoutError):
            going.result(0.5)
        go_on.set()
        analyst.result(_SECONDS)
        assert going.result(_SECONDS).records == 1
    # Neo4j may see a deadlock and have the analyst try again, when the entity has gone.
    liked = graph.value("MATCH (e:Entity)<-[:LIKES]-(:Analyst) RETURN collect(e.id)")
    assert graph.value("MATCH (e:Entity) RETURN collect(e.id)") == liked


def test_work_that_lost_a_node_to_another_program_is_done_again(graph: Graph, other: Graph) -> None:
    graph.run("CREATE (:Mine {id: 1})")
    tries = 0

    def work(transaction: Transaction) -> None:
        nonlocal tries
        tries += 1
        found = transaction.value("MATCH (n:Mine) RETURN collect(elementId(n))")
        if tries == 1:
            other.run("MATCH (n:Mine) DELETE n")
            raise GraphConflictError("lost")
        assert found == []

    graph.write(work, name="work")
    assert tries == 2
    with pytest.raises(GraphConflictError):
        graph.write(_always_lost, name="work")


def _always_lost(transaction: Transaction) -> None:
    raise GraphConflictError("lost")


def test_the_change_log_is_kept_for_a_set_time(graph: Graph, file: Path) -> None:
    load_file(graph, file, "triples")
    load_file(graph, file, "triples", "other")
    versions = "MATCH (c:__Change) WITH c.version AS v ORDER BY v RETURN collect(v)"
    assert graph.value(versions) == [1, 2]
    graph.run("MATCH (c:__Change {version: 1}) SET c.at = datetime('2024-01-01T00:00:00Z')")
    load_file(graph, file, "triples", "other")
    assert graph.value(versions) == [2]
    load_file(graph, file, "triples", "third", changes_kept=timedelta(0))
    assert graph.value(versions) == [3]
    wipe(graph)
    load_file(graph, file, "triples", changes_kept=timedelta(0), full=Shrink())
    assert graph.value(versions) == [1]
