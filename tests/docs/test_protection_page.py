"""The table of docs/protection.md: its cases are those of the bench, and came back as expected."""

from __future__ import annotations

import re

from pages import ROOT

from bench.hostile.cases import cases

ROW = re.compile(
    r"^\| (.+) \| (\d{3}|closed)(?: ([A-Z_]+))? \| [\d,]+ \| \+[\d.]+ \|$", re.MULTILINE
)


def test_the_table_is_of_the_cases() -> None:
    rows = ROW.findall((ROOT / "docs" / "protection.md").read_text("utf-8"))
    known = {case.name: case.expected for case in cases()}
    assert [name for name, _, _ in rows] == list(known)
    for name, status, code in rows:
        assert (int(status), code or None) in known[name], name
