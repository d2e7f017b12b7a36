"""One real Neo4j for the whole run, and a way to an emptied graph in it.

`server` starts it in a temporary directory, by the same `attach` that every command uses; its jars
come from the user's cache. KG_NEO4J_VERSION chooses the version. `graph` empties the database
before each test that asks for it. Tests that stop or kill a server start one of their own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from emptying import empty, empty_but_schema
from world_files import Fresh

from kgservice.graph.client import Graph
from kgservice.local.door import prepare
from kgservice.local.instance import LocalOptions, Running, attach
from kgservice.local.ports import any_ports
from kgservice.local.server_note import Record
from kgservice.settings import read_settings

#: Most texts are planned once, so what C2 would make of the planner comes too late, and its threads
#: take a third of what java takes; G1 clears up beside the work, on cores that this has not.
_BRIEF = (
    "-XX:TieredStopAtLevel=1",
    "-XX:-UseG1GC",
    "-XX:+UseSerialGC",
    "-Xms800m",
    "-Xmn400m",
)

#: What of the developer's environment reaches the tests.
_KEPT = {"KG_NEO4J_VERSION", "KG_CACHE_DIR", "KG_NEO4J_MIRROR"}


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
    )


@pytest.fixture(scope="session")
def server(local_options: LocalOptions) -> Iterator[Running]:
    """A Neo4j that runs until the last test."""
    # The other worker starts one at the same moment, and would want the same ports.
    Record(local_options.version, any_ports()).write(prepare(local_options))
    brief = replace(local_options, java_flags=_BRIEF)
    with attach(brief, purpose="pytest") as running:
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
