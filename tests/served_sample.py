"""The sample in the suite's Neo4j, and the service over it on a port of 127.0.0.1.

Loading takes seconds, so it is done where the sample is not there yet: a node of our own tells, and
tests that empty the database take it away with the rest. Whoever asks for it leaves it as it is.
"""

from __future__ import annotations

import importlib.resources
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from emptying import empty_but_schema

import sample
from kgservice.app import Service, create_app
from kgservice.graph.client import Address, Graph
from loaders.formats import FORMATS
from loaders.order import Load
from loaders.reading.sources import Source
from loaders.run import load

_IS_THERE = "MATCH (mark:__SampleTests) RETURN count(mark)"


def ensure_sample(address: Address, directory: Path) -> None:
    """Bring the sample into the database, and nothing else, unless that is so already."""
    with Graph.connect(address) as graph:
        if graph.value(_IS_THERE) == 1:
            return
        empty_but_schema(graph, address)
        for one in sample.FILES:
            path = importlib.resources.files("sample") / one.name
            order = Load(
                FORMATS[one.format], [Source(str(path))], one.dataset, "first", directory / one.name
            )
            report = load(graph, order)
            assert not report.rejected, (directory / one.name).read_text("utf-8")
        graph.run("CREATE (:__SampleTests)")


@contextmanager
def served(service: Service) -> Iterator[str]:
    """The address of a running service, for the length of a block."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            create_app(service), log_level="warning", access_log=False, server_header=False
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            transport = httpx.HTTPTransport(retries=20)
            with httpx.Client(transport=transport, timeout=60) as client:
                assert client.get(f"{url}/livez").status_code == 200
            yield url
        finally:
            server.should_exit = True
            thread.join(timeout=20)
            assert not thread.is_alive()
