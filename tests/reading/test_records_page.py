"""docs/records.md: its examples load, and its bad records are rejected for the reasons it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from read_records import read_file

from loaders.formats import FORMATS
from loaders.reading.rejection import Reason
from loaders.report import Report

_PAGE = (Path(__file__).parents[2] / "docs" / "records.md").read_text("utf-8")
_EXAMPLES = re.findall(r"^```(\w+) (\w+)\n(.*?)^```$", _PAGE, re.DOTALL | re.MULTILINE)
_BAD = re.findall(r"^\| (\w+) \| `(.*)` \| (\w+) \| ?([\w.]*) ?\|$", _PAGE, re.MULTILINE)
_RELATIONS = ("height", "first ascent", "named after", "since")


@pytest.mark.parametrize(
    ("type", "format", "text"), _EXAMPLES, ids=[f"{format} {type}" for type, format, _ in _EXAMPLES]
)
def test_examples_load(tmp_path: Path, type: str, format: str, text: str) -> None:
    file = tmp_path / f"x.{type}"
    file.write_text(text, "utf-8")
    records, rejections, reading = read_file(format, file, _RELATIONS)
    assert records
    assert (rejections, reading.noticed.ignored_keys) == ([], {})


def test_every_format_has_an_example() -> None:
    assert {format for _, format, _ in _EXAMPLES} == set(FORMATS)


@pytest.mark.parametrize(("format", "record", "reason", "field"), _BAD)
def test_bad_records(tmp_path: Path, format: str, record: str, reason: str, field: str) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text(record, "utf-8")
    records, [rejected], _ = read_file(format, file)
    assert (records, rejected.reason, rejected.field or "") == ([], Reason(reason), field)
    assert rejected.message


def test_every_reason_is_named() -> None:
    assert {reason for reason in Reason if reason not in _PAGE} == set()


def test_the_report_has_the_fields_that_are_named() -> None:
    named = re.search(r"^\{(read, .*)\}: every", _PAGE, re.MULTILINE)
    assert named is not None
    fields = re.sub(r"\{.*?\}", "", named[1]).replace(":", "").split(", ")
    assert [field.strip() for field in fields] == list(Report().as_json())
