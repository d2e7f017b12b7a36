"""A dry run says what the load would do, and does nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from loaded_files import load_file, load_given, quarantined, written
from plain_graph import Given
from prepared_graph import wipe
from record_worlds import UNSHRUNK, worlds

from kgservice.cli import cli
from kgservice.errors import ConfigurationError
from kgservice.graph.client import Graph
from kgservice.local.instance import Running
from loaders.full import Shrink

#: How much there is of everything, and the data version, which every batch that changes raises.
_TRACES = """
RETURN [COUNT { (n) }, COUNT { ()-->() }, COUNT { (n:__Run) },
        COLLECT { MATCH (v:__DataVersion) RETURN v.version }]
"""
_OF_THE_LOAD = ("seconds", "per_second", "data_version", "dry_run")


def told(report: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in report.items() if name not in _OF_THE_LOAD}


def assert_foretold(graph: Graph, file: Path, format: str, dataset: str, **how: Any) -> None:
    """The dry run says what the load then does, quarantine and all, and leaves no trace."""
    before = graph.value(_TRACES)
    foretold = load_file(graph, file, format, dataset, dry_run=True, **how).as_json()
    rejected = quarantined(file)
    assert (foretold["dry_run"], foretold["data_version"]) == (True, None)
    assert graph.value(_TRACES) == before
    done = load_file(graph, file, format, dataset, **how).as_json()
    assert told(foretold) == told(done)
    assert rejected == quarantined(file)


@settings(UNSHRUNK, max_examples=5)
@given(
    before=worlds(),
    then=worlds(),
    batch_size=st.sampled_from((1, 2, 5, 10_000)),
    full=st.booleans(),
)
def test_any_records(
    graph: Graph,
    tmp_path: Path,
    before: Sequence[Given],
    then: Sequence[Given],
    batch_size: int,
    full: bool,
) -> None:
    """Records that meet each other in one load, over batches, and those of loads before."""
    wipe(graph)
    load_given(graph, tmp_path, before)
    for dataset, format in sorted({(one.dataset, one.format) for one in then}):
        records = [one.record for one in then if (one.dataset, one.format) == (dataset, format)]
        file = tmp_path / "x.jsonl"
        file.write_bytes(written([*records, *records[:2]], "jsonl") + b"{\n")
        how = {"full": Shrink(0.5)} if full else {}
        assert_foretold(graph, file, format, dataset, batch_size=batch_size, **how)


def write(path: Path, records: Sequence[Mapping[str, Any]]) -> Path:
    file = path / "x.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in records))
    return file


@pytest.mark.parametrize("batch_size", [1, 2, 10_000])
def test_the_vocabulary(graph: Graph, tmp_path: Path, batch_size: int) -> None:
    relations = [{"id": "new", "parents": ["newer"]}, {"id": "newer", "label": "n"}, {"id": "new"}]
    types = [{"id": "new", "parents": ["newer"]}, {"id": "newer"}, {"id": "Film", "label": "film"}]
    assert_foretold(graph, write(tmp_path, relations), "relations", "d", batch_size=batch_size)
    assert_foretold(graph, write(tmp_path, types), "types", "d", batch_size=batch_size)


@pytest.mark.parametrize("batch_size", [1, 10_000])
def test_relations_that_would_be_registered(graph: Graph, tmp_path: Path, batch_size: int) -> None:
    triples = [{"head": "a", "relation": name, "tail": "b"} for name in ("r1", "r2", "r1")]
    how = {"register_relations": True, "batch_size": batch_size}
    assert_foretold(graph, write(tmp_path, triples), "triples", "d", **how)


@pytest.mark.parametrize("batch_size", [1, 10_000])
def test_ends_of_other_types(graph: Graph, tmp_path: Path, batch_size: int) -> None:
    """An entity without a type is of none, a literal never of one, and a subtype is of its own."""
    relations = [{"id": "acts in", "subject_types": ["Agent"], "object_types": ["Film"]}]
    load_file(graph, write(tmp_path, relations), "relations")
    entities = [{"id": id, "types": [type]} for id, type in (("p", "Person"), ("f", "Film"))]
    load_file(graph, write(tmp_path, entities), "entities")

    def triple(head: str, tail: str, relation: str = "acts in") -> dict[str, str]:
        return {"head": head, "relation": relation, "tail": tail}

    triples = [
        triple("p", "f"),
        triple("p", "unheard of"),
        triple("f", "f"),
        triple("f", "p"),
        triple("p", '"x"'),
        triple("q", "Film", "kind"),
        triple("q", "f"),
    ]
    file = write(tmp_path, triples)
    foretold = load_file(graph, file, "triples", dry_run=True, batch_size=batch_size).as_json()
    done = load_file(graph, file, "triples", batch_size=batch_size)
    assert told(foretold) == told(done.as_json())
    assert done.mismatches == 4
    assert "4 with an end of another type" in done.as_text()
    assert load_file(graph, file, "triples").mismatches == 0


def test_strangers_with_one_id(graph: Graph, tmp_path: Path) -> None:
    cities = [{"id": str(number), "types": ["City"]} for number in range(12)]
    load_file(graph, write(tmp_path, cities), "entities", "cities")
    others = [
        *({"id": str(number), "types": ["Film"]} for number in range(11)),
        {"id": "11", "types": ["City", "Film"]},
        {"id": "12", "types": ["Film"]},
        {"id": "0"},
    ]
    file = write(tmp_path, others[:-1])
    foretold = load_file(graph, file, "entities", "films", dry_run=True).as_json()
    done = load_file(graph, file, "entities", "films")
    assert told(foretold) == told(done.as_json())
    first = sorted(str(number) for number in range(11))[:10]
    assert done.as_json()["shared_ids"] == {"total": 11, "first": first}
    assert "11 ids that are of other types in another data set: 0, 1, 10" in done.as_text()
    assert load_file(graph, write(tmp_path, others[-1:]), "entities", "third").shared_ids == 0


def test_properties_of_wikidata(graph: Graph, tmp_path: Path) -> None:
    """They become relations, where nobody has said yet what a relation is called."""

    def property(id: str, label: str) -> dict[str, Any]:
        labels = {"en": {"language": "en", "value": label}}
        return {"type": "property", "id": id, "labels": labels, "claims": {}}

    snak = {"snaktype": "value", "property": "P19", "datavalue": {"type": "string", "value": "x"}}
    item = {"id": "Q1", "claims": {"P19": [{"rank": "normal", "mainsnak": snak}]}}
    load_file(graph, write(tmp_path, [{"id": "P20", "label": "ours"}]), "relations")
    documents = [item, *(property(id, "theirs") for id in ("P19", "P20", "P31"))]
    file = write(tmp_path, documents)
    assert_foretold(graph, file, "wikidata", "wd", register_relations=True, batch_size=1)
    assert graph.rows(
        "MATCH (r:Relation) WHERE r.id STARTS WITH 'P' AND r.id <> 'P279' "
        "RETURN r.id, r.label, r.means ORDER BY r.id"
    ) == [["P19", "theirs", None], ["P20", "ours", None], ["P31", "theirs", "type"]]


def test_the_command(
    graph: Graph, server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In text and as JSON; patterns, names with brackets, and what a reader of a dump is told."""
    monkeypatch.setenv("KG_NEO4J_URI", server.address.uri)
    monkeypatch.setenv("KG_NEO4J_PASSWORD", server.address.password)
    monkeypatch.setenv("KG_DATA_DIR", str(tmp_path / "data"))
    names = {"de": {"language": "de", "value": "Hund"}, "en": {"language": "en", "value": "dog"}}
    (tmp_path / "a[1].json").write_text(json.dumps({"id": "Q144", "labels": names}))
    (tmp_path / "b.json").write_text(json.dumps({"entity": "Q1", "redirect": "Q144"}))
    (tmp_path / "x.nt").write_text("_:a <http://x/p> _:b .\n")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, ["load", *arguments, "--dataset", "d"])

    files = [str(tmp_path / "a[1].json"), str(tmp_path / "b*.json")]
    dump = ["wikidata", *files, "--languages", "de, en", "--all-ranks"]
    foretold = run(*dump, "--dry-run", "--json")
    assert (foretold.exit_code, json.loads(foretold.stdout)["added"]) == (0, 2)
    said = run(*dump, "--dry-run").stdout.splitlines()
    assert said[1:] == ["nothing was written; a load would make of them:", "  2 added"]
    assert graph.value("MATCH (e:Entity) RETURN count(e)") == 0
    assert run(*dump).exit_code == 0
    assert graph.value("MATCH (e:Entity {id: 'Q144'}) RETURN [e.label, e.aliases]") == [
        "Hund",
        ["dog"],
    ]
    blank = ["triples", str(tmp_path / "x.nt"), "--new-relations", "register"]
    assert run(*blank, "--blank-nodes", "x").exit_code == 0
    assert graph.value("MATCH ({id: 'blank:x:a'})-->({id: 'blank:x:b'}) RETURN count(*)") == 1
    assert isinstance(run("triples", str(tmp_path / "no*.tsv")).exception, ConfigurationError)
