"""What keeps a full load from emptying a graph by mistake, and what it takes back otherwise."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from loaded_files import load_file, written
from mining_record import assertion
from plain_graph import Record

from kgservice.errors import LoadError, TooManyRejectsError
from kgservice.graph.client import Graph
from loaders.full import Shrink
from loaders.order import MaxRejected
from loaders.report import Report

_KNOWS = "MATCH (s:Entity)-[:knows]->(o:Entity) RETURN s.id, o.id ORDER BY s.id, o.id"


def facts(*heads: str) -> list[Record]:
    return [{"head": head, "relation": "knows", "tail": "x"} for head in heads]


def load_full(
    graph: Graph,
    file: Path,
    records: Sequence[Record] | bytes,
    format: str = "triples",
    share: float | None = 0.2,
    **how: Any,
) -> Report:
    file.write_bytes(records if isinstance(records, bytes) else written(records, "jsonl"))
    return load_file(graph, file, format, full=Shrink(share), **how)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "facts.jsonl"


def heads(graph: Graph) -> str:
    return "".join(subject for subject, _ in graph.rows(_KNOWS))


def test_a_share_goes_and_no_more(graph: Graph, file: Path) -> None:
    load_full(graph, file, facts(*"abcde"))
    found = load_full(graph, file, facts(*"abcd"))
    assert (heads(graph), found.as_json()["retracted"]) == ("abcd", 1)
    # Of four one more would be a quarter; what is new does not make it a fifth.
    found = load_full(graph, file, facts(*"abcxyz"))
    assert (heads(graph), found.withheld) == ("abcdxyz", 1)
    assert "--allow-shrink" in found.as_text()
    assert "of 4 " in found.as_text()
    assert found.as_json()["would_retract"] == 1
    found = load_full(graph, file, facts("a"), share=None)
    assert (heads(graph), found.withdrawn, found.withheld) == ("a", 6, 0)
    found = load_full(graph, file, facts("a"))
    assert (found.withdrawn, found.data_version) == (0, None)


def test_entities_that_nothing_asserts_any_more_go_with_it(graph: Graph, file: Path) -> None:
    load_full(graph, file, facts("a", "b"))
    load_file(graph, file, "triples", "other")
    load_full(graph, file, facts("a"), share=None)
    ids = graph.value("MATCH (e:Entity) RETURN collect(e.id)")
    assert sorted(ids) == ["a", "b", "x"]
    assert graph.value("MATCH ({id: 'b'})-[r:knows]->() RETURN r.sources") == ["other"]
    load_full(graph, file, facts("a"), share=None, dataset="other")
    assert sorted(graph.value("MATCH (e:Entity) RETURN collect(e.id)")) == ["a", "x"]


def test_it_speaks_for_its_own_kind_of_record_alone(graph: Graph, file: Path) -> None:
    load_full(graph, file, facts("a"))
    load_full(graph, file, [{"id": "a", "label": "A"}, {"id": "b"}], "entities")
    load_full(graph, file, [assertion()], "assertions")
    assert heads(graph) == "a"
    found = load_full(graph, file, [{"id": "b"}], "entities", share=None)
    assert found.withdrawn == 1
    assert heads(graph) == "a"
    assert graph.value("MATCH (e:Entity {id: 'a'}) RETURN e.label") == "a"
    assert graph.value("MATCH (a:Assertion) RETURN count(a)") == 2


def test_what_a_rejected_record_names_stays(graph: Graph, file: Path) -> None:
    load_full(graph, file, facts(*"abc"))
    bad = {**facts("b")[0], "plausibility": 7}
    found = load_full(graph, file, [*facts("a"), bad], share=None)
    assert (heads(graph), found.withdrawn, found.rejected.total()) == ("ab", 1, 1)
    load_full(graph, file, [{"id": "m", "label": "M"}, {"id": "n"}], "entities")
    found = load_full(graph, file, [{"id": "m", "types": 5}], "entities", share=None)
    assert (found.withdrawn, found.rejected.total()) == (1, 1)
    assert graph.value("MATCH (e:Entity {id: 'm'}) RETURN e.label") == "M"
    load_full(graph, file, [assertion(), assertion(assertion_id="a2")], "assertions")
    spoilt = assertion(scores={"plausibility": 2})
    found = load_full(graph, file, [spoilt], "assertions", share=None)
    assert (found.withdrawn, found.rejected.total()) == (1, 1)


@pytest.mark.parametrize(
    ("format", "line"),
    [
        ("triples", b'{"head": "b", "relation": "knows"}\n'),
        ("triples", b"not json\n"),
        ("assertions", b'{"record_type": "assertion"}\n'),
    ],
)
def test_where_nobody_can_tell_what_it_names_everything_stays(
    graph: Graph, file: Path, format: str, line: bytes
) -> None:
    load_full(graph, file, facts("a", "b"))
    load_full(graph, file, [assertion()], "assertions")
    found = load_full(graph, file, line, format, share=None)
    assert heads(graph) == "ab"
    assert found.withheld == (2 if format == "triples" else 1)
    assert "line 1" in found.as_text()


def test_a_record_of_an_unknown_relation_names_nothing_that_is_held(
    graph: Graph, file: Path
) -> None:
    load_full(graph, file, facts("a", "b"))
    unknown = {"head": "q", "relation": "never heard of", "tail": "x", "plausibility": 7}
    found = load_full(graph, file, [*facts("a"), unknown], share=None)
    assert (heads(graph), found.rejected.total()) == ("a", 1)


def test_a_file_that_is_cut_off_takes_nothing_back(graph: Graph, tmp_path: Path) -> None:
    file = tmp_path / "facts.jsonl.gz"
    load_full(graph, file, gzip.compress(written(facts(*"abc"), "jsonl")))
    whole = gzip.compress(written(facts("a", *"q" * 9999), "jsonl"))
    with pytest.raises(LoadError, match="cut off"):
        load_full(graph, file, whole[: len(whole) // 2], share=None)
    assert heads(graph) == "abc"


def test_too_many_rejects_take_nothing_back(graph: Graph, file: Path) -> None:
    load_full(graph, file, facts(*"abc"))
    bad = {**facts("b")[0], "plausibility": 7}
    with pytest.raises(TooManyRejectsError):
        load_full(graph, file, [*facts("a"), bad], share=None, max_rejected=MaxRejected(0.01))
    assert heads(graph) == "abc"


def test_it_leaves_no_tombstone(graph: Graph, file: Path) -> None:
    dated = [{**one, "retrieved_at": "2024-01-02T00:00:00Z"} for one in facts("a", "b")]
    load_full(graph, file, dated)
    load_full(graph, file, dated[:1], share=None)
    older = json.dumps({**dated[1], "retrieved_at": "2023-01-01T00:00:00Z"}).encode()
    file.write_bytes(older)
    load_file(graph, file, "triples")
    assert heads(graph) == "ab"
