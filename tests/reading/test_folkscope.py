"""FolkScope's rows as assertions."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from read_records import read_file, write_lines

from loaders.reading.naming import Naming
from loaders.reading.rejection import Reason

ROW: dict[str, Any] = {
    "fs_id": "FS_1",
    "item_a_id": "B2",
    "item_a_title": "Camera case",
    "item_b_id": "B1",
    "item_b_title": "Screen protector",
    "relation": "capableOf",
    "relation_from": "file",
    "prefix_relation": "capableOf",
    "tail": '"Protecting  Camera"',
    "assertion": "PersonX bought both because ..",
    "typicality": 0.6,
}


def test_a_row(tmp_path: Path) -> None:
    [record], rejections, _ = read_file("folkscope", write_lines(tmp_path / "x.jsonl", [ROW]))
    assert not rejections
    behavior = record.behavior
    assert behavior.id == hashlib.sha256(b"co_purchase\x1f\x1fB1,B2").hexdigest()
    assert [(one.id, one.title) for one in behavior.products] == [
        ("B2", "Camera case"),
        ("B1", "Screen protector"),
    ]
    assert (record.relation, record.intent_id) == (
        "CAPABLE_OF",
        "intent:function:en:protecting camera",
    )
    assert (record.plausibility, record.typicality) == (None, 600_000)
    assert record.content["raw_text"] == ROW["assertion"]
    assert record.content["tail"]["text"] == '"Protecting  Camera"'


@pytest.mark.parametrize(
    ("theirs", "ours", "tail_type"),
    [
        ("usedFor", "USED_FOR_FUNC", "function"),
        ("capableOf", "CAPABLE_OF", "function"),
        ("can", "CAPABLE_OF", "function"),
        ("isA", "IS_A", "concept"),
        ("definedAs", "IS_A", "concept"),
        ("mannerOf", "IS_A", "concept"),
        ("cause", "xWant", "activity"),
        ("effect", "xWant", "activity"),
        ("relatedTo", "xInterested_in", "interest"),
    ],
)
def test_relations(tmp_path: Path, theirs: str, ours: str, tail_type: str) -> None:
    row = {**ROW, "relation": theirs}
    [record], _, _ = read_file("folkscope", write_lines(tmp_path / "x.jsonl", [row]))
    assert (record.relation, record.tail.type) == (ours, tail_type)


@pytest.mark.parametrize(
    ("changed", "reason", "field"),
    [
        ({"relation": "propertyOf"}, Reason.UNKNOWN_RELATION, "relation"),
        ({"relation": "open"}, Reason.UNKNOWN_RELATION, "relation"),
        ({"relation": "causeEffect"}, Reason.UNKNOWN_RELATION, "relation"),
        ({"relation": None}, Reason.WRONG_TYPE, "relation"),
        ({"fs_id": ""}, Reason.EMPTY, "fs_id"),
        ({"item_b_id": "B2"}, Reason.SAME_PRODUCT_TWICE, "item_b_id"),
        ({"item_a_id": "statement:x"}, Reason.RESERVED_ID, "item_a_id"),
        ({"item_a_id": "x" * 1025}, Reason.ID_TOO_LONG, "item_a_id"),
        ({"tail": ""}, Reason.EMPTY, "tail"),
        ({"tail": ' " " '}, Reason.EMPTY, "tail"),
        ({"typicality": 1.5}, Reason.OUT_OF_RANGE, "typicality"),
        ({"typicality": "0.5"}, Reason.WRONG_TYPE, "typicality"),
    ],
)
def test_what_is_rejected(
    tmp_path: Path, changed: dict[str, Any], reason: Reason, field: str
) -> None:
    row = {**ROW, **changed}
    _, [rejected], _ = read_file("folkscope", write_lines(tmp_path / "x.jsonl", [row]))
    assert (rejected.reason, rejected.field, rejected.record) == (reason, field, row)


def test_a_prefix_goes_before_products_and_behaviors(tmp_path: Path) -> None:
    file = write_lines(tmp_path / "x.jsonl", [ROW])
    [record], _, _ = read_file("folkscope", file, naming=Naming("fs:"))
    assert [one.id for one in record.behavior.products] == ["fs:B2", "fs:B1"]
    assert record.behavior.id.startswith("fs:")
