"""Nothing is lost: each record that is not loaded is in the quarantine, and loads when mended."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from graph_dump import assert_same_bits, bits
from loaded_files import ANY_NUMBER, load_file, quarantine_of, quarantined
from mining_record import GONE, RETRACTION, assertion, changed
from prepared_graph import wipe

from kgservice.errors import ConfigurationError, LoadError, TooManyRejectsError
from kgservice.graph.client import Graph
from loaders.order import MaxRejected
from loaders.reading.rejection import Reason


@dataclass(frozen=True)
class Bad:
    """A record that is rejected for one reason, in one field, as it stands in a file."""

    reason: Reason
    field: str | None
    record: Mapping[str, Any] | str

    @property
    def line(self) -> bytes:
        text = self.record if isinstance(self.record, str) else json.dumps(self.record)
        return text.encode("latin-1")


def triple(**changed: Any) -> dict[str, Any]:
    return {"head": "e1", "relation": "knows", "tail": "e2", **changed}


TRIPLES = [
    Bad(Reason.INVALID_JSON, None, "{"),
    Bad(Reason.INVALID_JSON, None, '{"head": "a"} {"head": "b"}'),
    Bad(Reason.INVALID_JSON, None, '{"head": "\\ud800"}'),
    Bad(Reason.INVALID_JSON, None, '{"head": NaN}'),
    Bad(Reason.INVALID_JSON, None, '{"head": "\xff"}'),
    Bad(Reason.INVALID_JSON, None, '{"head": ' + "[" * 300 + "]" * 300 + "}"),
    Bad(Reason.NOT_AN_OBJECT, None, "[1]"),
    Bad(Reason.NOT_AN_OBJECT, None, "null"),
    Bad(Reason.MISSING_FIELD, "relation", {"head": "a", "tail": "b"}),
    Bad(Reason.MISSING_FIELD, "relation", triple(relation="")),
    Bad(Reason.MISSING_FIELD, "tail", {"head": "a", "relation": "knows"}),
    Bad(Reason.MISSING_FIELD, "tail", triple(tail="")),
    Bad(Reason.MISSING_FIELD, "head", {"relation": "knows", "tail": "b"}),
    Bad(Reason.WRONG_TYPE, "head", triple(head=5)),
    Bad(Reason.WRONG_TYPE, "tail", triple(tail=["e2"])),
    Bad(Reason.EMPTY, "head", triple(head="")),
    Bad(Reason.RESERVED_ID, "head", triple(head="statement:x")),
    Bad(Reason.RESERVED_ID, "tail", triple(tail="statement:")),
    Bad(Reason.INVALID_ID, "head", triple(head='"a"')),
    Bad(Reason.BLANK_NODE, "tail", triple(tail="_:b1")),
    Bad(Reason.ID_TOO_LONG, "head", triple(head="x" * 1025)),
    Bad(Reason.ID_TOO_LONG, "tail", triple(tail="é" * 513)),
    Bad(Reason.ID_TOO_LONG, "relation", triple(relation="x" * 1025)),
    Bad(Reason.UNKNOWN_RELATION, "relation", triple(relation="require")),
    Bad(Reason.INVALID_LITERAL, "tail", triple(tail='"five')),
    Bad(Reason.INVALID_LITERAL, "value", triple(tail=None, value="x", value_type="number")),
    Bad(Reason.OUT_OF_RANGE, "value_type", triple(tail=None, value="x", value_type="date")),
    Bad(Reason.WRONG_TYPE, "value", triple(tail=None, value=True)),
    Bad(Reason.WRONG_TYPE, "unit", triple(tail=None, value=5, unit=7)),
    Bad(Reason.SUPERFLUOUS_FIELD, "value", triple(value=5)),
    Bad(Reason.OUT_OF_RANGE, "plausibility", triple(plausibility=1.1)),
    Bad(Reason.OUT_OF_RANGE, "typicality", triple(typicality="NaN")),
    Bad(Reason.WRONG_TYPE, "plausibility", triple(plausibility=True)),
    Bad(Reason.WRONG_TYPE, "support", triple(support=1.5)),
    Bad(Reason.OUT_OF_RANGE, "support", triple(support=0)),
    Bad(Reason.OUT_OF_RANGE, "support", triple(support="1000000001")),
    Bad(Reason.INVALID_TIME, "retrieved_at", triple(retrieved_at="yesterday")),
    Bad(Reason.WRONG_TYPE, "retrieved_at", triple(retrieved_at=1704067200)),
    Bad(Reason.WRONG_TYPE, "source", triple(source=7)),
    Bad(Reason.WRONG_TYPE, "deleted", triple(deleted="yes")),
    Bad(Reason.WRONG_TYPE, "deleted", triple(deleted=1)),
]
TSV = [
    Bad(Reason.WRONG_COLUMNS, None, "e1\tknows"),
    Bad(Reason.BAD_ENCODING, None, "e1\tknows\t\xff"),
    Bad(Reason.UNKNOWN_RELATION, "relation", "e1\trequire\te2"),
    Bad(Reason.EMPTY, "head", "\tknows\te2"),
]
ENTITIES = [
    Bad(Reason.MISSING_FIELD, "id", {"label": "x"}),
    Bad(Reason.WRONG_TYPE, "id", {"id": ["e1"]}),
    Bad(Reason.RESERVED_ID, "id", {"id": "statement:1"}),
    Bad(Reason.WRONG_TYPE, "label", {"id": "e1", "label": 5}),
    Bad(Reason.WRONG_TYPE, "aliases", {"id": "e1", "aliases": "x"}),
    Bad(Reason.WRONG_TYPE, "types", {"id": "e1", "types": [5]}),
    Bad(Reason.ID_TOO_LONG, "types", {"id": "e1", "types": ["x" * 1025]}),
    Bad(Reason.INVALID_TIME, "modified", {"id": "e1", "modified": "2024"}),
    Bad(Reason.WRONG_TYPE, "deleted", {"id": "e1", "deleted": "no"}),
]
CO_PURCHASE = {"behavior__type": "co_purchase"}
PRODUCT = {"product_id": "p1", "title": "t", "category": "c"}
ASSERTIONS = [
    Bad(Reason.MISSING_FIELD, "schema_version", assertion(schema_version=GONE)),
    Bad(Reason.UNKNOWN_SCHEMA_VERSION, "schema_version", assertion(schema_version="2.0")),
    Bad(Reason.UNKNOWN_SCHEMA_VERSION, "schema_version", assertion(schema_version=1.0)),
    Bad(Reason.UNKNOWN_RECORD_TYPE, "record_type", assertion(record_type="opinion")),
    Bad(Reason.UNKNOWN_RECORD_TYPE, "record_type", assertion(record_type=GONE)),
    Bad(Reason.MISSING_FIELD, "assertion_id", assertion(assertion_id=GONE)),
    Bad(Reason.EMPTY, "assertion_id", assertion(assertion_id="")),
    Bad(Reason.ID_TOO_LONG, "assertion_id", assertion(assertion_id="x" * 1025)),
    Bad(Reason.OUT_OF_RANGE, "lang", assertion(lang="en:US")),
    Bad(Reason.OUT_OF_RANGE, "behavior.type", assertion(behavior__type="view")),
    Bad(Reason.RESERVED_ID, "behavior.behavior_id", assertion(behavior__behavior_id="statement:")),
    Bad(Reason.MISSING_FIELD, "behavior.query", assertion(behavior__query=GONE)),
    Bad(
        Reason.OUT_OF_RANGE, "behavior.query.specificity", assertion(behavior__query__specificity=2)
    ),
    Bad(Reason.WRONG_PRODUCT_COUNT, "behavior.products", assertion(behavior__products=[])),
    Bad(Reason.WRONG_PRODUCT_COUNT, "behavior.products", assertion(**CO_PURCHASE)),
    Bad(
        Reason.SAME_PRODUCT_TWICE,
        "behavior.products",
        assertion(**CO_PURCHASE, behavior__query=GONE, behavior__products=[PRODUCT, PRODUCT]),
    ),
    Bad(
        Reason.SUPERFLUOUS_FIELD,
        "behavior.query",
        assertion(**CO_PURCHASE, behavior__products=[PRODUCT, {**PRODUCT, "product_id": "p2"}]),
    ),
    Bad(Reason.OUT_OF_RANGE, "behavior.stats.count", assertion(behavior__stats__count=0)),
    Bad(Reason.WRONG_TYPE, "behavior.stats.count", assertion(behavior__stats__count="3")),
    Bad(
        Reason.INVALID_TIME,
        "behavior.stats.window_end",
        assertion(behavior__stats__window_end="soon"),
    ),
    Bad(Reason.UNKNOWN_RELATION, "relation", assertion(relation="require")),
    Bad(Reason.UNKNOWN_RELATION, "relation", assertion(relation="BROADER")),
    Bad(Reason.EMPTY, "tail.norm", assertion(tail__norm=' "" ')),
    Bad(Reason.EMPTY, "tail.text", assertion(tail__text="")),
    Bad(Reason.EMPTY, "tail.concept", assertion(tail__concept="''")),
    Bad(Reason.WRONG_TAIL_TYPE, "tail.type", assertion(tail__type="mood")),
    Bad(Reason.WRONG_TAIL_TYPE, "tail.type", assertion(tail__type="function")),
    Bad(Reason.OUT_OF_RANGE, "scores.plausibility", assertion(scores__plausibility=-0.1)),
    Bad(Reason.WRONG_TYPE, "scores.typicality", assertion(scores__typicality="0.5")),
    Bad(Reason.MISSING_FIELD, "generator.version", assertion(generator__version=GONE)),
    Bad(Reason.WRONG_TYPE, "filters.0.name", assertion(filters__0__name="x} DELETE")),
    Bad(Reason.OUT_OF_RANGE, "filters.0.value", assertion(filters__0__value=2**64 - 1)),
    Bad(Reason.SUPERFLUOUS_FIELD, "annotation.mood", assertion(annotation__mood="good")),
    Bad(Reason.WRONG_TYPE, "annotation.complete", assertion(annotation__complete="yes")),
    Bad(Reason.MISSING_FIELD, "support", assertion(support=GONE)),
    Bad(Reason.INVALID_TIME, "generated_at", assertion(generated_at="2024-01-01")),
    Bad(Reason.INVALID_TIME, "generated_at", assertion(generated_at="")),
    Bad(Reason.MISSING_FIELD, "reason", changed(RETRACTION, reason=GONE)),
]
RELATIONS = [
    Bad(Reason.MISSING_FIELD, "id", {"label": "x"}),
    Bad(Reason.EMPTY, "id", {"id": ""}),
    Bad(Reason.OUT_OF_RANGE, "means", {"id": "x", "means": "colour"}),
    Bad(Reason.OUT_OF_RANGE, "phrase", {"id": "x", "phrase": "{s} only"}),
    Bad(Reason.WRONG_TYPE, "parents", {"id": "x", "parents": "y"}),
    Bad(Reason.ID_TOO_LONG, "aliases.0", {"id": "x", "aliases": ["x" * 1025]}),
]
TABLES = [
    ("triples", "jsonl", TRIPLES),
    ("triples", "tsv", TSV),
    ("entities", "jsonl", ENTITIES),
    ("assertions", "jsonl", ASSERTIONS),
    ("relations", "jsonl", RELATIONS),
    ("types", "jsonl", [Bad(Reason.WRONG_TYPE, "id", {"id": 5})]),
]


@pytest.mark.parametrize(
    ("format", "type", "table"), TABLES, ids=[f"{a}-{b}" for a, b, _ in TABLES]
)
def test_bad_records(
    graph: Graph, tmp_path: Path, format: str, type: str, table: list[Bad]
) -> None:
    file = tmp_path / f"bad.{type}"
    file.write_bytes(b"\n".join(bad.line for bad in table))
    before = bits(graph)
    report = load_file(graph, file, format)
    found = quarantined(file)
    assert [(one["reason"], one["field"]) for one in found] == [
        (bad.reason.value, bad.field) for bad in table
    ]
    assert [one["line"] for one in found] == list(range(1, len(table) + 1))
    assert {one["file"] for one in found} == {str(file)}
    assert all(one["message"] for one in found)
    for one, bad in zip(found, table, strict=True):
        if isinstance(bad.record, Mapping):
            assert one["record"] == json.loads(json.dumps(bad.record))
        elif type == "jsonl":
            assert one["record"] == bad.record.replace("\xff", "\\xff")
        else:
            cells = one["record"]
            text = cells if isinstance(cells, str) else "\t".join(cells.values())
            assert text == bad.record.replace("\xff", "\\xff")
    assert report.as_json()["rejected"]["total"] == report.read == len(table)
    assert report.data_version is None
    assert set(bits(graph)) - set(before) == {"(['__Dataset'], [('id', 'd')])"}


def test_every_reason_has_its_record() -> None:
    shown = {bad.reason for _, _, table in TABLES for bad in table}
    elsewhere = {Reason.LINE_TOO_LONG, Reason.INVALID_RDF}  # tests/reading has those
    assert shown | elsewhere == set(Reason)


def _mend_relation(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "relation": "knows"}


def _from_tsv(record: str) -> dict[str, Any]:
    return dict(zip(("head", "relation", "tail"), [*record.split("\t"), "e2"], strict=False))


@pytest.mark.parametrize(
    ("format", "name", "bad", "mend", "good"),
    [
        ("triples", "x.tsv", "e1\trequire\te2", _mend_relation, "e1\tknows\te2"),
        ("triples", "x.tsv", "e1\tknows", _from_tsv, "e1\tknows\te2"),
        ("triples", "x.csv", 'e1,require,"a\nb"', _mend_relation, 'e1,knows,"a\nb"'),
        (
            "entities",
            "x.csv",
            "id,aliases,modified\ne1,a|b\\|c,now",
            lambda record: {**record, "modified": None},
            "id,aliases,modified\ne1,a|b\\|c,",
        ),
        (
            "assertions",
            "x.jsonl",
            json.dumps(assertion(relation="require")),
            lambda record: {**record, "relation": "USED_FOR_AUD"},
            json.dumps(assertion()),
        ),
        (
            "triples",
            "x.jsonl",
            '{"head": "e1", "relation": "knows", "tail": "e2"',
            lambda record: record + "}",
            '{"head": "e1", "relation": "knows", "tail": "e2"}',
        ),
    ],
)
def test_a_mended_quarantine_loads_by_the_same_command(
    graph: Graph,
    tmp_path: Path,
    format: str,
    name: str,
    bad: str,
    mend: Callable[[Any], Any],
    good: str,
) -> None:
    (tmp_path / name).write_text(good)
    load_file(graph, tmp_path / name, format)
    wanted = bits(graph)
    wipe(graph)
    (tmp_path / name).write_text(bad)
    load_file(graph, tmp_path / name, format)
    mended = tmp_path / "mended.jsonl"
    lines = [{**one, "record": mend(one["record"])} for one in quarantined(tmp_path / name)]
    mended.write_text("".join(json.dumps(one) + "\n" for one in lines))
    report = load_file(graph, mended, format)
    assert (report.read, report.rejected.total()) == (1, 0)
    assert_same_bits(bits(graph), wanted)


def test_a_quarantined_record_that_is_still_bad_comes_back_as_it_is(
    graph: Graph, tmp_path: Path
) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text(json.dumps(triple(relation="require")))
    load_file(graph, file, "triples")
    [first] = quarantined(file)
    again = quarantine_of(file)
    load_file(graph, again, "triples")
    [second] = quarantined(again)
    assert second == {**first, "file": str(again)}


def test_a_near_name_is_offered(graph: Graph, tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text(json.dumps(triple(relation="USED_FOR_AUDIENCE")))
    load_file(graph, file, "triples")
    assert "did you mean USED_FOR_AUD" in quarantined(file)[0]["message"]


def test_a_quarantine_is_not_its_own_source(graph: Graph, tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text(json.dumps(triple()))
    with pytest.raises(ConfigurationError, match="at once"):
        load_file(graph, file, "triples", quarantine=tmp_path / "." / "x.jsonl")
    assert file.read_text() == json.dumps(triple())


@pytest.mark.parametrize("name", ["", "a\x1fb", "a\nb", "a\0", "x" * 201])
@pytest.mark.parametrize("what", ["dataset", "run"])
def test_names_that_cannot_be_part_of_a_key(
    graph: Graph, tmp_path: Path, what: str, name: str
) -> None:
    with pytest.raises(ConfigurationError, match="1 to 200 characters"):
        load_file(graph, tmp_path / "x.jsonl", "triples", **{"dataset": "d", what: name})


@pytest.mark.parametrize(
    ("allowed", "bad", "stops"),
    [
        (MaxRejected(), 1, False),
        (MaxRejected(), 2, True),
        (MaxRejected(number=1), 1, False),
        (MaxRejected(number=1), 2, True),
        (MaxRejected(share=0.0), 0, False),
        (MaxRejected(share=0.0), 1, True),
        (ANY_NUMBER, 100, False),
    ],
)
def test_too_many_rejects_stop_a_load(
    graph: Graph, tmp_path: Path, allowed: MaxRejected, bad: int, stops: bool
) -> None:
    """What was committed stays; the share of a small file is judged at its end."""
    file = tmp_path / "x.tsv"
    rows = ["e1\tknows\te2"] * (100 - bad) + ["e1\trequire\te2"] * bad
    file.write_text("\n".join(rows))
    if stops:
        with pytest.raises(TooManyRejectsError, match=f"{bad} of 100"):
            load_file(graph, file, "triples", max_rejected=allowed)
    else:
        assert load_file(graph, file, "triples", max_rejected=allowed).read == 100
    assert len(quarantined(file)) == bad
    assert graph.value("MATCH ()-[r:knows]->() RETURN count(r)") == (1 if bad < 100 else 0)


def test_rejects_stop_a_load_on_its_way(graph: Graph, tmp_path: Path) -> None:
    """From the 10,000th record on the share is judged after every batch."""
    file = tmp_path / "x.tsv"
    file.write_text("e1\trequire\te2\n" * 30_000)
    with pytest.raises(TooManyRejectsError, match="10,000 of 10,000"):
        load_file(graph, file, "triples", max_rejected=MaxRejected())


def test_a_file_that_ends_in_the_middle(
    graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batches before its end stay, and the whole file completes them."""
    monkeypatch.setattr("loaders.reading.sources._CHUNK_BYTES", 100)
    rows = [f"e{number}\tknows\tf{number * 7919 % 1000}\n" for number in range(1000)]
    packed = gzip.compress("".join(rows).encode())
    file = tmp_path / "x.tsv.gz"
    file.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(LoadError, match="damaged or cut off"):
        load_file(graph, file, "triples", batch_size=10)
    stayed = graph.value("MATCH ()-[r:knows]->() RETURN count(r)")
    assert 0 < stayed < 1000
    assert stayed % 10 == 0
    file.write_bytes(packed)
    report = load_file(graph, file, "triples").as_json()
    assert (report["unchanged"], report["added"]) == (stayed, 1000 - stayed)


def test_new_relations_are_registered_up_to_a_limit(graph: Graph, tmp_path: Path) -> None:
    file = tmp_path / "x.tsv"
    file.write_text("e1\tnew 1\te2\ne1\tnew 2\te2\ne2\tnew 1\te1\n")
    with pytest.raises(TooManyRejectsError, match=r"more than 1 new relations.*--columns"):
        load_file(graph, file, "triples", register_relations=True, max_new_relations=1)
    report = load_file(graph, file, "triples", register_relations=True, max_new_relations=2)
    assert (report.read, report.rejected.total()) == (3, 0)
    assert graph.rows(
        "MATCH (r:Relation) WHERE r.id STARTS WITH 'new' RETURN r.id, r.commonsense, r.count"
    ) == [["new 1", False, 2], ["new 2", False, 1]]


def test_relations_of_assertions_are_registered_as_commonsense(
    graph: Graph, tmp_path: Path
) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text(json.dumps(assertion(relation="require")))
    report = load_file(graph, file, "assertions", register_relations=True)
    assert (report.read, report.rejected.total()) == (1, 0)
    assert graph.value("MATCH (r:Relation {id: 'require'}) RETURN r.commonsense") is True
    rolled_up = "MATCH (:Product)-[r:require]->(:AudienceIntent) RETURN r.level"
    assert graph.rows(rolled_up) == [["rolled_up"]]
