"""The documentation is executed: its queries on the sample, its commands as a reader types them."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from served_sample import ensure_sample, served

from kgservice.app import Service
from kgservice.graph.client import Address, Graph
from kgservice.index.building import Order
from kgservice.index.directory import IndexDirectory
from kgservice.local.instance import Running
from kgservice.resolution.encoder import packaged_encoder


@pytest.fixture(scope="module")
def address(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Address:
    """Where the sample is."""
    ensure_sample(server.address, tmp_path_factory.mktemp("quarantine"))
    return server.address


@pytest.fixture(scope="module")
def sample_graph(address: Address) -> Iterator[Graph]:
    """The graph with the sample in it."""
    with Graph.connect(address) as graph:
        yield graph


@pytest.fixture(scope="module")
def client(address: Address, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a service over the sample."""
    indexes = IndexDirectory.below(tmp_path_factory.mktemp("data"))
    with (
        served(
            Service(address, indexes, Order(encoder=packaged_encoder()), query_seconds=30.0)
        ) as url,
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        yield client
