"""The same graph to the last bit: in any order and batch size, loaded twice, split over runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

from graph_dump import assert_same_bits, bits
from hypothesis import given, settings
from hypothesis import strategies as st
from loaded_files import load_given
from plain_graph import Given
from prepared_graph import wipe
from record_worlds import AMBIGUOUS, UNSHRUNK, worlds

from kgservice.graph.client import Graph
from loaders.report import Report

_VERSION = "OPTIONAL MATCH (v:__DataVersion) RETURN coalesce(v.version, 0)"


@settings(UNSHRUNK, max_examples=15)
@given(
    records=worlds(AMBIGUOUS),
    random=st.randoms(use_true_random=False),
    batch_size=st.sampled_from((1, 2, 5, 10_000)),
    runs=st.integers(1, 4),
)
def test_same_graph(
    graph: Graph,
    tmp_path: Path,
    records: Sequence[Given],
    random: Random,
    batch_size: int,
    runs: int,
) -> None:
    wipe(graph)
    reports = load_given(graph, tmp_path, records)
    wanted = bits(graph)
    assert_add_up(reports, len(records))
    assert_nothing_happens(graph, tmp_path, shuffled(records, random), wanted)

    wipe(graph)
    again = split(shuffled([*records, *random.choices(records, k=5)], random), runs)
    for run, part in enumerate(again):
        by_data_set = sorted(part, key=lambda one: (one.dataset, one.format))
        reports = load_given(graph, tmp_path, by_data_set, batch_size=batch_size, run=f"run {run}")
        assert_add_up(reports, len(part))
    assert_same_bits(bits(graph), wanted)


def assert_nothing_happens(
    graph: Graph, tmp_path: Path, records: Sequence[Given], wanted: list[str]
) -> None:
    """Of records that are loaded each is unchanged, in whatever order they come again."""
    version = graph.value(_VERSION)
    reports = load_given(graph, tmp_path, records, run="again")
    assert all(report.as_json()["unchanged"] == report.read for report in reports)
    assert all(report.data_version is None for report in reports)
    assert_same_bits(bits(graph), wanted)
    assert graph.value(_VERSION) == version


def assert_add_up(reports: Sequence[Report], read: int) -> None:
    assert sum(report.read for report in reports) == read
    for report in reports:
        found = report.as_json()
        steps = [found[name] for name in ("added", "updated", "unchanged", "retracted")]
        assert sum(steps) + found["rejected"]["total"] == found["read"]
        assert (found["data_version"] is not None) == (found["unchanged"] < found["read"])


def shuffled(records: Sequence[Given], random: Random) -> list[Given]:
    copy = list(records)
    random.shuffle(copy)
    return copy


def split(records: Sequence[Given], parts: int) -> list[Sequence[Given]]:
    size = -(-len(records) // parts)
    return [records[start : start + size] for start in range(0, len(records), size)]
