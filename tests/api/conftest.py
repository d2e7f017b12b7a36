"""The API over HTTP, on the sample, loaded by the real loaders into the suite's Neo4j.

`service` is the address of a running uvicorn; `ask` sends it one GraphQL document.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from asking import Ask
from served_sample import ensure_sample, served

from kgservice.app import Service
from kgservice.graph.client import Address
from kgservice.index.building import Order
from kgservice.index.directory import IndexDirectory
from kgservice.local.instance import Running
from kgservice.resolution.encoder import packaged_encoder


@pytest.fixture(scope="module")
def address(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Address:
    """Where the sample is."""
    ensure_sample(server.address, tmp_path_factory.mktemp("quarantine"))
    return server.address


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


@pytest.fixture(scope="module")
def names(client: httpx.Client) -> None:
    """Until names can be resolved: on a machine that is busy the first index takes a while."""
    for _ in range(1_200):
        if client.get("/readyz").json()["checks"]["index"] == "ok":
            return
        time.sleep(0.1)
    pytest.fail("the index was never ready")


@pytest.fixture(scope="module")
def ask(client: httpx.Client) -> Ask:
    """Send a document, and return the whole response body."""

    def send(document: str, **variables: Any) -> dict[str, Any]:
        body = {"query": document, "variables": variables}
        response = client.post("/graphql", json=body)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    return send


@pytest.fixture(scope="session")
def contract() -> Path:
    """The public contract, beside the checkout."""
    path = Path(__file__).parents[3] / "shared" / "contract"
    if not path.exists():
        pytest.skip("the contract is not beside this checkout")
    return path
