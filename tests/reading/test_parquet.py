"""Parquet: the same records as from JSON Lines, whatever types the columns have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from read_records import read_file, write_lines

from kgservice.errors import ConfigurationError, LoadError
from loaders.reading import parquet
from loaders.reading.parquet import parquet_rows
from loaders.reading.rejection import Reason, Rejection
from loaders.reading.sources import Source
from tests.loaders.mining_record import RETRACTION, assertion

TRIPLE = {"head": "a", "relation": "IS_A", "tail": "b"}


def write(path: Path, rows: list[Mapping[str, Any]] | pa.Table, **how: Any) -> Path:
    file = path / "x.parquet"
    if not isinstance(rows, pa.Table):
        names = dict.fromkeys(name for row in rows for name in row)
        rows = pa.Table.from_pylist([{name: row.get(name) for name in names} for row in rows])
    pq.write_table(rows, file, **how)
    return file


def test_the_same_as_json_lines(tmp_path: Path) -> None:
    """Whole numbers come as doubles from many tools, and what is absent is null."""
    triples = [
        {**TRIPLE, "plausibility": 1.0, "support": 2, "retrieved_at": "2024-01-01T00:00:00Z"},
        {**TRIPLE, "tail": None, "value": 0.5, "unit": "m", "deleted": True},
        {**TRIPLE, "tail": '"x"@en', "source": "page 7", "plausibility": 0.25},
        {**TRIPLE, "qualifiers": [[{"relation": "IS_A", "tail": "c"}], []]},
    ]
    entities = [
        {"id": "a", "label": "A", "aliases": ["b", "c"], "types": ["Film"]},
        {"id": "b", "description": "d", "language": "en", "modified": "2024-01-01T00:00:00Z"},
    ]
    for format, records in (("triples", triples), ("entities", entities)):
        wanted, none, _ = read_file(format, write_lines(tmp_path / "x.jsonl", records))
        found, nothing, _ = read_file(format, write(tmp_path, records))
        assert found == wanted
        assert [*none, *nothing] == []


def test_assertions_are_the_same_as_json_lines(tmp_path: Path) -> None:
    one = assertion(behavior__stats={"count": 41}, scores__plausibility=1)
    records = [one, dict(RETRACTION)]
    wanted, none, _ = read_file("assertions", write_lines(tmp_path / "x.jsonl", records))
    as_doubles = assertion(behavior__stats={"count": 41.0}, scores__plausibility=1.0)
    file = write(tmp_path, [as_doubles, dict(RETRACTION)])
    found, nothing, _ = read_file("assertions", file)
    assert [*none, *nothing] == []
    assert [record.canonical for record in found] == [record.canonical for record in wanted]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (datetime(2024, 6, 1, 2, tzinfo=timezone(timedelta(hours=2))), "2024-06-01T00:00:00Z"),
        (datetime(2024, 6, 1, 0, 0, 0, 500_000, UTC), "2024-06-01T00:00:00.5Z"),
        (datetime(2024, 6, 1), "2024-06-01T00:00:00Z"),
        (pa.scalar(1_717_200_000_000_000_001, pa.timestamp("ns")), "2024-06-01T00:00:00Z"),
    ],
)
def test_times(tmp_path: Path, value: Any, wanted: str) -> None:
    column = pa.array([value], value.type if isinstance(value, pa.Scalar) else None)
    table = pa.table({"head": ["a"], "relation": ["IS_A"], "tail": ["b"], "retrieved_at": column})
    [record], none, _ = read_file("triples", write(tmp_path, table))
    assert (record.retrieved_at, none) == (wanted, [])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1.50"), "1.5"),
        (Decimal("3.00"), "3"),
        (date(2024, 6, 1), "2024-06-01"),
        (b"caf\xc3\xa9", "café"),
        (7, "7"),
    ],
)
def test_values(tmp_path: Path, value: Any, text: str) -> None:
    [record], _, _ = read_file(
        "triples", write(tmp_path, [{"head": "a", "relation": "IS_A", "value": value}])
    )
    assert record.literal.text == text


def test_headers_of_other_tools_and_columns(tmp_path: Path) -> None:
    file = write(tmp_path, [{"subject": "a", "predicate": "IS_A", "object": "b", "n": 1}])
    [record], _, reading = read_file("triples", file)
    assert (record.subject, record.object) == ("a", "b")
    assert reading.noticed.ignored_keys == {"n": 1}
    source = Source(str(write(tmp_path, [{"x": "a", "y": "IS_A", "z": "b"}])))
    with pytest.raises(ConfigurationError, match="--columns"):
        list(parquet_rows(source, None, nested=False))
    [row] = parquet_rows(source, {"head": "x", "relation": 2, "tail": "z"}, nested=False)
    assert not isinstance(row, Rejection)
    assert row.cells == TRIPLE


def test_rows_are_numbered_over_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "_ROWS", 2)
    heads = [{**TRIPLE, "head": None if number == 6 else str(number)} for number in range(9)]
    file = write(tmp_path, heads, row_group_size=5)
    records, [rejected], _ = read_file("triples", file)
    assert [record.subject for record in records] == [*"01234578"]
    assert (rejected.line, rejected.reason, rejected.field) == (7, Reason.MISSING_FIELD, "head")


def test_what_is_not_utf_8(tmp_path: Path) -> None:
    """Of one cell: the row is in quarantine as far as it can be read, and the others are read."""
    texts = pa.array([b"a", b"\xffb", b"c"], pa.binary())
    broken = pa.Array.from_buffers(pa.string(), 3, texts.buffers())
    table = pa.table({"head": broken, "relation": ["IS_A"] * 3, "tail": texts})
    records, [rejected], _ = read_file("triples", write(tmp_path, table))
    assert [record.subject for record in records] == ["a", "c"]
    assert (rejected.line, rejected.reason, rejected.field) == (2, Reason.BAD_ENCODING, "head")
    assert rejected.record == {"head": "\\xffb", "relation": "IS_A", "tail": "\\xffb"}


@pytest.mark.parametrize("content", [b"", b"PAR1", b"head,relation,tail\n"])
def test_what_is_no_parquet(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.parquet"
    file.write_bytes(content)
    with pytest.raises(LoadError, match="damaged or cut off"):
        read_file("triples", file)


def test_a_file_that_was_cut_off(tmp_path: Path) -> None:
    file = write(tmp_path, [TRIPLE] * 1_000)
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(LoadError, match="damaged or cut off"):
        read_file("triples", file)


@pytest.mark.parametrize("name", ["-", "x.parquet.gz"])
def test_what_has_no_end_to_read_from(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="plain file"):
        list(parquet_rows(Source(name), None, nested=False))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="cannot read"):
        read_file("triples", tmp_path / "x.parquet")
