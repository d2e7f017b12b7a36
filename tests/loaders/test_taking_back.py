"""Loads, full loads and retractions in any order: the graph is that of the records that stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from expected_graph import expected
from graph_dump import read_graph
from hypothesis import given, settings
from hypothesis import strategies as st
from loaded_files import load_given
from plain_graph import Given
from prepared_graph import wipe
from record_worlds import AMBIGUOUS, UNSHRUNK, VOCABULARY, worlds
from taking_back import Standing
from test_expected_graph import assert_same

from kgservice.graph.client import Graph
from kgservice.graph.cypher import bookkeeping
from loaders.full import Shrink
from loaders.priority import set_priority
from loaders.retraction import retract

_RUNS = ("monday", "tuesday", "wednesday")
_DATASETS = ("catalogue", "mined 1", "mined 2")


@dataclass(frozen=True)
class Loaded:
    """What a run loads of each data set and format; `full`: that is the whole of it."""

    records: Sequence[Given]
    run: str
    full: bool


@dataclass(frozen=True)
class Retracted:
    dataset: str
    run: str | None


_loads = st.builds(Loaded, worlds(AMBIGUOUS), st.sampled_from(_RUNS), st.booleans())
_retractions = st.builds(Retracted, st.sampled_from(_DATASETS), st.none() | st.sampled_from(_RUNS))


@settings(UNSHRUNK, max_examples=12)
@given(
    first=_loads,
    events=st.lists(_loads | _retractions | st.permutations(_DATASETS), min_size=2, max_size=5),
    batch_size=st.sampled_from((3, 10_000)),
)
def test_any_events(
    graph: Graph,
    tmp_path: Path,
    first: Loaded,
    events: Sequence[Loaded | Retracted | list[str]],
    batch_size: int,
) -> None:
    wipe(graph)
    standing, vocabulary = Standing(), VOCABULARY
    for event in (first, *events):
        if isinstance(event, Loaded):
            load_all(graph, tmp_path, event, standing, batch_size)
        elif isinstance(event, Retracted):
            if known(graph, event):
                retract(graph, event.dataset, event.run)
                standing.retract(event.dataset, event.run)
        else:
            vocabulary = replace(vocabulary, priority=event[:2])
            set_priority(graph, event[:2])
        assert_same(read_graph(graph), expected(standing.records(), vocabulary))


def load_all(
    graph: Graph, directory: Path, event: Loaded, standing: Standing, batch_size: int
) -> None:
    records = sorted(event.records, key=lambda one: (one.dataset, one.format))
    full = Shrink(None) if event.full else None
    load_given(graph, directory, records, run=event.run, full=full, batch_size=batch_size)
    for (dataset, format), several in groupby(records, lambda one: (one.dataset, one.format)):
        if event.full:
            standing.full(dataset, format, several, event.run)
        else:
            standing.load(several, event.run)


def known(graph: Graph, event: Retracted) -> bool:
    runs = graph.value(bookkeeping.READ_RUNS, {"dataset": event.dataset})
    return any(event.run in (None, row[1]) for row in runs)
