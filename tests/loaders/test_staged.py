"""Files into import files without Neo4j: the rows are those of the graph that a load makes."""

from __future__ import annotations

import csv
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from emptying import empty_but_schema
from hypothesis import given, settings
from hypothesis import strategies as st
from loaded_files import load_file, load_given
from mining_record import assertion
from plain_graph import Given
from prepared_graph import prepare, wipe
from record_worlds import AMBIGUOUS, RELATIONS, TYPES, UNSHRUNK, worlds

import migrations
from kgservice.cli import cli
from kgservice.errors import LocalNeo4jError
from kgservice.exporting.copying import copy
from kgservice.graph.client import Graph
from kgservice.graph.store import Reads
from kgservice.local.instance import LocalOptions, Running, attach
from loaders.full import Shrink
from loaders.staging.graph import StagedGraph

#: What differs from one load to the next, and what the suite's server keeps of other loads.
_OF_THE_LOAD = {"updated_at:datetime", "run:string"}
_OF_THE_SERVER = {"__SchemaHead", "__SchemaLog", "__DataVersion", "__Run", "__Dataset"}

Row = tuple[tuple[str, str], ...]


@pytest.fixture
def graph(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    """A graph with nothing of other tests in it: its whole vocabulary is compared."""
    with Graph.connect(server.address) as connected:
        empty_but_schema(connected, server.address)
        prepare(connected, server.address, tmp_path_factory.mktemp("vocabulary"))
        yield connected


def copied(graph: Reads) -> Counter[Row]:
    """The rows of all import files."""
    with tempfile.TemporaryDirectory() as name:
        copy(graph, Path(name), lambda _: None)
        found: Counter[Row] = Counter()
        for file in Path(name).glob("*.csv"):
            with file.open(encoding="utf-8", newline="") as lines:
                for row in csv.DictReader(lines):
                    if row.get(":LABEL") not in _OF_THE_SERVER:
                        found[tuple(sorted(row.items() - _times(row)))] += 1
        return found


def _times(row: dict[str, str]) -> set[tuple[str, str]]:
    return {(name, value) for name, value in row.items() if name in _OF_THE_LOAD}


@settings(UNSHRUNK, max_examples=12)
@given(records=worlds(AMBIGUOUS), batch_size=st.sampled_from((1, 3, 10_000)))
def test_the_rows_of_the_graph(
    graph: Graph, tmp_path: Path, records: Sequence[Given], batch_size: int
) -> None:
    wipe(graph)
    graph.run("MATCH (d:__Dataset) SET d.priority = NULL")
    vocabulary = [Given("relations", "vocabulary", one) for one in RELATIONS]
    vocabulary += [Given("types", "vocabulary", one) for one in TYPES]
    with (
        tempfile.TemporaryDirectory() as name,
        StagedGraph.opened(Path(name)) as staged,
    ):
        load_given(staged, tmp_path, vocabulary)
        reports = [
            load_given(each, tmp_path, records, batch_size=batch_size) for each in (graph, staged)
        ]
        assert _counts(reports[0]) == _counts(reports[1])
        found, wanted = copied(staged), copied(graph)
        only = [
            sorted((one - other).elements()) for one, other in ((found, wanted), (wanted, found))
        ]
        assert only == [[], []], only
        again = load_given(staged, tmp_path, records)
        assert all(one.as_json()["unchanged"] == one.read for one in again)


def _counts(reports: Sequence[Any]) -> list[Any]:
    return [report.as_json()["added"] for report in reports]


def test_full_loads_take_back(tmp_path: Path) -> None:
    said = {
        "entities": [{"id": id} for id in "abcdefghij"],
        "triples": [{"head": "a", "relation": "BROADER", "tail": id} for id in "bcdefghijk"],
        "assertions": [assertion(assertion_id=id) for id in "bcdefghijk"],
    }
    with StagedGraph.opened(tmp_path / "staged") as staged:
        for format, records in said.items():
            file = tmp_path / f"{format}.jsonl"
            file.write_text("".join(json.dumps(one) + "\n" for one in records))
            load_file(staged, file, format)
            file.write_text("".join(json.dumps(one) + "\n" for one in records[1:]))
    with StagedGraph.opened(tmp_path / "staged") as staged:
        for format in said:
            report = load_file(staged, tmp_path / f"{format}.jsonl", format, full=Shrink(None))
            assert (report.as_json()["unchanged"], report.withdrawn) == (9, 1)
        rows = [dict(row) for row in copied(staged)]
    assert sum(row.get(":LABEL") == "__EntityRecord" for row in rows) == 9
    assert sum(row.get(":LABEL") == "Assertion" for row in rows) == 18
    named = [(row.get(":START_ID"), row.get(":TYPE")) for row in rows]
    assert named.count(("Entity a", "BROADER")) == 9


@pytest.fixture
def local(
    local_options: LocalOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> LocalOptions:
    """A data directory with nothing in it, which the commands use."""
    monkeypatch.setenv("KG_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("KG_CACHE_DIR", str(local_options.cache_dir))
    return replace(local_options, data_dir=tmp_path / "data")


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def test_the_command(local: LocalOptions, tmp_path: Path) -> None:
    (tmp_path / "e.jsonl").write_text(
        '{"id": "a", "label": "A", "types": ["Film"]}\n{"id": "statement:no"}\n{"id": "b"}\n'
    )
    (tmp_path / "t.tsv").write_text(
        'head\trelation\ttail\na\tfollows, by "its" name\tb\n'
        'a\tRELEASED\t"1994-07-06"^^xsd:date\na\tRELEASED\t"-0044"^^xsd:gYear\n'
    )
    staged = tmp_path / "staged"
    words = ("--dataset", "films", "--run", "one", "--max-rejected", "1", "--staged", staged)
    first = run("import", "entities", tmp_path / "e.jsonl", *words)
    assert first.exit_code == 3, first.output
    assert "reserved_id" in first.output
    words = (*words, "--new-relations", "register")
    assert run("import", "triples", tmp_path / "t.tsv", *words).exit_code == 0
    done = run("import", "staged", staged, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["relationships"] > 3
    assert [path.name for path in staged.iterdir()] == ["staged.sqlite"]

    refused = run("import", "triples", tmp_path / "t.tsv", "--dataset", "films")
    assert isinstance(refused.exception, LocalNeo4jError)
    with attach(local, purpose="pytest") as running, Graph.connect(running.address) as graph:
        assert migrations.is_current(graph)
        assert not migrations.check(graph).missing
        assert migrations.upgrade(running.address) == ()
        rows = graph.rows(
            "MATCH (:Entity:Film {label: 'A'})-[r]->(o) MATCH (of:Relation {neo4j_type: type(r)}) "
            "RETURN of.id, o.id, toString(o.moment), r.level"
        )
        assert sorted(rows, key=str) == [
            ["RELEASED", None, "-0044-01-01T00:00:00Z", "asserted"],
            ["RELEASED", None, "1994-07-06T00:00:00Z", "asserted"],
            ['follows, by "its" name', "b", None, "asserted"],
        ]
        again = load_file(graph, tmp_path / "t.tsv", "triples", "films", register_relations=True)
        assert (again.as_json()["unchanged"], again.read) == (3, 3)
        assert graph.value("MATCH (r:__Run) RETURN count(r.finished)") == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("staged", "nowhere"), "nothing was staged in nowhere"),
        (("neo4j-admin", "nowhere"), "import.args"),
        (("staged", "a", "b"), "one directory, and not 2"),
        (("triples", "a.tsv"), "--dataset"),
    ],
)
def test_what_cannot_be_imported(local: LocalOptions, words: tuple[str, ...], message: str) -> None:
    del local
    refused = run("import", *words)
    assert refused.exit_code != 0
    assert message in f"{refused.output} {refused.exception}"
