"""The dashboard and the alarms name metrics that exist, and the runbook names every alarm."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import yaml
from pages import ROOT

from kgservice.telemetry.metrics import Metrics

DASHBOARD = json.loads((ROOT / "monitoring" / "dashboard.json").read_text("utf-8"))
ALERTS = yaml.safe_load((ROOT / "monitoring" / "alerts.yml").read_text("utf-8"))
RULES = ALERTS["groups"][0]["rules"]
#: What a series may be called beside its metric, by the kind of that.
SUFFIXES = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"], "gauge": [""]}


def series() -> dict[str, set[str]]:
    """The labels of each series that can be scraped, by its name."""
    found = {}
    for metric in Metrics().registry._collector_to_names:
        [family] = metric.describe()
        labels = set(metric._labelnames)
        for suffix in SUFFIXES[family.type]:
            found[family.name + suffix] = labels | ({"le"} if suffix == "_bucket" else set())
    return found


def expressions() -> Iterator[str]:
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            yield target["expr"]
    for rule in RULES:
        yield rule["expr"]


def test_dashboard_and_alarms_ask_for_what_there_is() -> None:
    known = series()
    asked: set[str] = set()
    for expression in expressions():
        for name, selector in re.findall(r"(kgservice_\w+)(?:\{([^}]*)\})?", expression):
            assert name in known, expression
            labels = set(re.findall(r"(\w+)\s*[=!]~?\"", selector)) - {"instance", "job"}
            assert labels <= known[name], expression
            asked.add(re.sub("_(bucket|count|sum)$", "", name))
        for labels in re.findall(r"by \(([^)]*)\)", expression):
            grouped = set(labels.replace(" ", "").split(",")) - {"instance"}
            named = re.findall(r"kgservice_\w+", expression)
            assert grouped <= known[named[0]], expression
    # Nothing is measured that nobody looks at.
    assert {re.sub("_(bucket|count|sum)$", "", one) for one in known} == asked


def test_legends_show_labels_that_are_left() -> None:
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            for label in re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]):
                grouped = re.search(r"by \(([^)]*)\)", target["expr"])
                assert label == "instance" or (grouped and label in grouped[1]), panel["title"]


def test_the_runbook_has_a_line_for_each_alarm() -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    written = re.findall(r"^\| (KGService\w+) \|", page, re.MULTILINE)
    assert written == [rule["alert"] for rule in RULES]
