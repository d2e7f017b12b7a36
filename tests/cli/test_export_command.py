"""`kgservice export`: what it writes where, and what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from commands import Run

pytestmark = pytest.mark.neo4j

LOAD = ("load", "triples", "facts.tsv", "--dataset", "facts", "--new-relations", "register")


def test_written_printed_and_brought_up_to_date(yours: Run, tmp_path: Path) -> None:
    (tmp_path / "facts.tsv").write_text("b\tKNOWS\ta\na\tKNOWS\tb\na\tAGE\t7\n")
    assert yours("migrate").code == 0
    assert yours(*LOAD).code == 0

    done = yours("export", "triples", "--output", "all.parquet", "--json")
    assert done.code == 0, done.err
    said = json.loads(done.out)
    table = pq.read_table(tmp_path / "all.parquet")
    assert said["triples"] == len(table) == 3
    assert table.schema.metadata[b"kg.data_version"] == str(said["data_version"]).encode()
    assert table.select(["relation", "subject"]).to_pylist() == [
        {"relation": "AGE", "subject": "a"},
        {"relation": "KNOWS", "subject": "a"},
        {"relation": "KNOWS", "subject": "b"},
    ]

    (tmp_path / "facts.tsv").write_text("a\tKNOWS\tc\n")
    assert yours(*LOAD).code == 0
    words = ("--relations", "KNOWS", "--min-support", "1", "--format", "jsonl")
    done = yours("export", "triples", *words, "--output", "known.jsonl")
    assert done.code == 0, done.err
    assert f"3 triples of data version {said['data_version'] + 1} in" in done.out
    lines = (tmp_path / "known.jsonl").read_text().splitlines()
    assert [json.loads(line)["object"] for line in lines] == ["b", "c", "a"]

    done = yours("export", "entities", "--format", "csv", "--output", "names.csv")
    assert (tmp_path / "names.csv").read_text().count("\n") == 1 + 4
    assert sorted(path.name for path in tmp_path.glob("*.part")) == []

    done = yours("export", "entities", "--format", "jsonl", "--output", "-")
    assert [json.loads(line)["id"] for line in done.out.splitlines()] == ["7", "a", "b", "c"]
    assert "4 entities of data version" in done.err


def test_refused(yours: Run, tmp_path: Path) -> None:
    done = yours("export", "triples", "--output", "x", "--relations", "KNOWN")
    assert done.code == 1
    assert "did you mean KNOWS" in done.err
    done = yours("export", "entities", "--output", "x", "--min-support", "2")
    assert done.code == 1
    assert "types alone" in done.err
    done = yours("export", "triples", "--output", "no/such/directory/x")
    assert done.code == 1
    assert "cannot be written: No such file" in done.err
    assert yours("export", "triples", "--format", "xml", "--output", "x").code == 2
    done = yours("export", "entities", "--format", "neo4j-admin", "--output", "x")
    assert done.code == 1
    assert "the whole graph" in done.err
    (tmp_path / "there").mkdir()
    done = yours("export", "triples", "--format", "neo4j-admin", "--output", "there")
    assert done.code == 1
    assert "move it away" in done.err
    done = yours("export", "triples", "--format", "neo4j-admin", "--output", "no/such/there")
    assert done.code == 1
    assert "cannot be written" in done.err


def test_an_import_needs_its_files_and_a_local_neo4j(run: Run, tmp_path: Path) -> None:
    done = run("import", "neo4j-admin", "nowhere")
    assert done.code == 1
    assert "import.args: No such file" in done.err
    done = run("import", "neo4j-admin", tmp_path, KG_NEO4J_URI="bolt://127.0.0.1:1")
    assert done.code == 1
    assert "there is no local Neo4j here" in done.err
