"""The API over HTTP, on the sample, loaded by the real loaders into the suite's Neo4j.

`service` is a running uvicorn on a free port of 127.0.0.1; `ask` sends it one GraphQL document.
"""

from __future__ import annotations

import importlib.resources
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

import migrations
import sample
from kgservice.app import Service, create_app
from kgservice.graph.client import Graph
from kgservice.index.building import Order
from kgservice.index.directory import IndexDirectory
from kgservice.local.instance import Running
from kgservice.resolution.encoder import packaged_encoder
from loaders.formats import FORMATS
from loaders.reading.sources import Source
from loaders.run import Load, load
from tests.conftest import empty

Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="package")
def sample_graph(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """A graph with the sample in it; tests of this package leave it as it is."""
    quarantine = tmp_path_factory.mktemp("quarantine") / "sample.jsonl"
    with Graph.connect(server.address) as graph:
        empty(graph)
        migrations.upgrade(server.address)
        for one in sample.FILES:
            path = importlib.resources.files("sample") / one.name
            order = Load(FORMATS[one.format], [Source(str(path))], one.dataset, "test", quarantine)
            report = load(graph, order)
            assert not report.rejected
        return graph


def served(service: Service) -> Iterator[str]:
    """The address of a running service; it ends with the fixture that asks for it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(service), log_level="warning", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            _await(url)
            yield url
        finally:
            server.should_exit = True
            thread.join(timeout=20)


def _await(url: str) -> None:
    transport = httpx.HTTPTransport(retries=20)
    with httpx.Client(transport=transport, timeout=10) as client:
        assert client.get(f"{url}/livez").status_code == 200


@pytest.fixture(scope="package")
def service(
    server: Running, sample_graph: Graph, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A service over the sample."""
    indexes = IndexDirectory.below(tmp_path_factory.mktemp("data"))
    yield from served(Service(server.address, indexes, Order(encoder=packaged_encoder())))


@pytest.fixture(scope="package")
def client(service: str) -> Iterator[httpx.Client]:
    """A client of the service."""
    with httpx.Client(base_url=service, timeout=30) as client:
        yield client


@pytest.fixture(scope="package")
def ask(client: httpx.Client) -> Ask:
    """Send a document and return the whole response body."""

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
