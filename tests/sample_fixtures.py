"""A service over the sample, as fixtures: the conftest of each folder that asks one has them."""

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

__all__ = ["address", "client", "indexes", "made", "service", "version"]


@pytest.fixture(scope="module")
def address(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Address:
    """Where the sample is."""
    ensure_sample(server.address, tmp_path_factory.mktemp("quarantine"))
    return server.address


@pytest.fixture(scope="module")
def version(address: Address) -> str:
    """The data version of the sample: tests before this module may have loaded and taken back."""
    with Graph.connect(address) as graph:
        return str(graph.value("MATCH (now:__DataVersion) RETURN now.version"))


@pytest.fixture(scope="session")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> IndexDirectory:
    """Where the index of the sample is kept from one service to the next."""
    return IndexDirectory.below(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def made(address: Address, indexes: IndexDirectory) -> Service:
    """What a service over the sample is made of; tests replace parts of it."""
    return Service(address, indexes, Order(encoder=packaged_encoder()), query_seconds=30.0)


@pytest.fixture(scope="module")
def service(made: Service) -> Iterator[str]:
    """A service over the sample."""
    with served(made) as url:
        yield url


@pytest.fixture(scope="module")
def client(service: str) -> Iterator[httpx.Client]:
    """A client of the service."""
    with httpx.Client(base_url=service, timeout=30) as client:
        yield client
