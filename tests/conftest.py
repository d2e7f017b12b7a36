"""One real Neo4j for the whole run, and a way to an emptied graph in it.

`server` starts it in a temporary directory, by the same `attach` that every command uses; its jars
come from the user's cache. KG_NEO4J_VERSION chooses the version. `graph` empties the database
before each test that asks for it. Tests that stop or kill a server start one of their own.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from emptying import empty, empty_but_schema
from world_files import Fresh

from kgservice.graph.client import Graph
from kgservice.local.door import prepare
from kgservice.local.instance import LocalOptions, Running, attach
from kgservice.local.ports import any_ports
from kgservice.local.server_note import Record
from kgservice.settings import read_settings

#: C2's threads would take a third of what java takes, and G1's an eighth; texts that are planned
#: once give nothing of that back. What commands start has the flags of every instance.
_BRIEF = (
    "-XX:TieredStopAtLevel=1",
    "-XX:-UseG1GC",
    "-XX:+UseSerialGC",
    "-Xms800m",
    "-Xmn400m",
)

#: What of the developer's environment reaches the tests.
_KEPT = {"KG_NEO4J_VERSION", "KG_CACHE_DIR", "KG_NEO4J_MIRROR"}


#: Folders whose tests ask about the sample and leave it as it is.
_ON_THE_SAMPLE = {"api", "docs", "explorer", "guides"}


def pytest_configure() -> None:
    """What tests start must feel Ctrl-C, also where the suite runs in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those first, so that no other test takes the sample away between them."""
    items.sort(key=lambda item: item.path.parent.name not in _ON_THE_SAMPLE)


@pytest.fixture(scope="session", autouse=True)
def _own_settings() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("KG_")]:
            if name not in _KEPT:
                patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def local_options(_own_settings: None, tmp_path_factory: pytest.TempPathFactory) -> LocalOptions:
    """The server of this run: a directory of its own, small, with the user's jars."""
    settings = read_settings()
    return LocalOptions(
        data_dir=tmp_path_factory.mktemp("kgservice"),
        cache_dir=settings.cache_dir,
        version=settings.neo4j_version,
        page_cache="128m",
        mirror=settings.neo4j_mirror,
        java_flags=_BRIEF,
    )


@pytest.fixture(scope="session")
def server(local_options: LocalOptions) -> Iterator[Running]:
    """A Neo4j that runs until the last test."""
    # The other worker starts one at the same moment, and would want the same ports.
    Record(local_options.version, any_ports()).write(prepare(local_options))
    with attach(local_options, purpose="pytest") as running:
        yield running


@pytest.fixture
def graph(server: Running) -> Iterator[Graph]:
    """A connection to the server, with nothing in the database but its token lookup indexes."""
    with Graph.connect(server.address) as connected:
        empty(connected)
        yield connected


@pytest.fixture(scope="session")
def fresh(server: Running) -> Fresh:
    """Opens the database, empty but for the schema."""

    @contextmanager
    def opened() -> Iterator[Graph]:
        with Graph.connect(server.address) as graph:
            empty_but_schema(graph, server.address)
            yield graph

    return opened
