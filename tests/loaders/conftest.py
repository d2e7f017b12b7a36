"""A graph with the schema and the vocabulary of these tests, and no data, for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from prepared_graph import prepare, wipe

from kgservice.graph.client import Graph
from kgservice.local.instance import Running


@pytest.fixture
def graph(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    with Graph.connect(server.address) as connected:
        prepare(connected, server.address, tmp_path_factory.mktemp("vocabulary"))
        wipe(connected)
        yield connected
