"""The graph after any records is the one that the contract says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from expected_graph import expected
from graph_dump import read_graph
from hypothesis import given, settings
from hypothesis import strategies as st
from loaded_files import load_given
from plain_graph import Given, PlainGraph
from prepared_graph import wipe
from record_worlds import UNSHRUNK, VOCABULARY, worlds

from kgservice.graph.client import Graph


@settings(UNSHRUNK, max_examples=25)
@given(records=worlds(), file_type=st.sampled_from(("jsonl", "tsv", "csv")))
def test_any_records(
    graph: Graph,
    tmp_path: Path,
    records: Sequence[Given],
    file_type: str,
) -> None:
    wipe(graph)
    load_given(graph, tmp_path, records, file_type=file_type)
    assert_same(read_graph(graph), expected(records, VOCABULARY))


def assert_same(found: PlainGraph, wanted: PlainGraph) -> None:
    assert found.statements == wanted.statements
    assert found.entities == wanted.entities
    assert found.assertions == wanted.assertions
    assert found.relation_counts == wanted.relation_counts
    assert found.type_counts == wanted.type_counts
