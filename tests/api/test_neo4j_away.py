"""Neo4j goes away and comes back: what clients get, and that nobody needs to start anything again.

The service reaches the server by a wire that the test cuts (connections are refused) or hushes
(nothing answers any more). That a killed server is started again is tested with the command.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from served_sample import served
from wire import Wire

from kgservice.app import Service
from kgservice.errors import KGError, QueryTimeoutError
from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import Address, AsyncGraph, Graph
from kgservice.index.directory import IndexDirectory
from kgservice.serving.choice import EvaluatorChoice

#: Read from Neo4j, whatever an index holds.
STATEMENTS = (
    '{ entities(ids: ["leon"]) { statements(relations: ["DIRECTOR"]) { nodes { text } } } }'
)
ANSWER = {
    "entities": [
        {"statements": {"nodes": [{"text": "Léon: The Professional was directed by Luc Besson"}]}}
    ]
}


@dataclass(frozen=True, slots=True)
class Cut:
    """A service whose wire can be cut."""

    wire: Wire
    client: httpx.Client

    def ask(self, document: str = STATEMENTS) -> dict[str, Any]:
        found: dict[str, Any] = self.client.post("/graphql", json={"query": document}).json()
        return found

    def status(self) -> int:
        return self.client.get("/readyz").status_code

    def recovers(self) -> None:
        deadline = time.monotonic() + 60
        while self.ask().get("data") != ANSWER or self.status() != 200:
            assert time.monotonic() < deadline, "it does not recover"
            time.sleep(0.2)


@pytest.fixture
def cut(made: Service, tmp_path: Any) -> Iterator[Cut]:
    port = int(made.address.uri.rpartition(":")[2])
    with Wire(port) as wire:
        address = replace(made.address, uri=f"bolt://127.0.0.1:{wire.port}")
        with (
            served(
                replace(made, address=address, query_seconds=1.5, evaluator=EvaluatorChoice.NEO4J)
            ) as url,
            httpx.Client(base_url=url, timeout=30) as client,
        ):
            yield Cut(wire, client)


@pytest.mark.parametrize("how", ["cut", "hush"])
def test_the_index_answers_meanwhile_and_says_so(made: Service, how: str) -> None:
    port = int(made.address.uri.rpartition(":")[2])
    with Wire(port) as wire:
        address = replace(made.address, uri=f"bolt://127.0.0.1:{wire.port}")
        with (
            served(replace(made, address=address)) as url,
            httpx.Client(base_url=url, timeout=30) as client,
        ):
            cut = Cut(wire, client)
            cut.recovers()
            assert client.get("/readyz").json()["status"] == "ready"
            getattr(wire, how)()
            wait_until(lambda: "staleSince" in cut.ask()["extensions"])
            assert cut.ask()["data"] == ANSWER
            found = cut.ask('{ resolve(mentions: [{text: "Leon"}]) { candidates { match } } }')
            assert found["data"]["resolve"][0]["candidates"]
            # Who says so is not in the index.
            found = cut.ask(
                '{ entities(ids: ["leon"]) { statements { nodes { sources { run } } } } }'
            )
            assert found["errors"][0]["extensions"] == {"code": "UNAVAILABLE", "retryable": True}
            wait_until(lambda: client.get("/readyz").json()["status"] == "degraded")
            assert cut.status() == 200
            wire.mend()
            wait_until(lambda: "staleSince" not in cut.ask()["extensions"])
            wait_until(lambda: client.get("/readyz").json()["status"] == "ready")


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it does not come to that"
        time.sleep(0.1)


@pytest.mark.parametrize("how", ["cut", "hush"])
def test_unavailable_and_back_by_itself(cut: Cut, how: str) -> None:
    cut.recovers()  # a first question waits for its plan, which may take a busy machine too long
    getattr(cut.wire, how)()
    for _ in range(3):
        found = cut.ask()
        assert found["data"] in ({"entities": [None]}, None)
        for error in found["errors"]:
            assert error["extensions"]["code"] == "UNAVAILABLE"
            assert error["extensions"]["retryable"] is True
            assert "127.0.0.1" not in error["message"]
    assert cut.client.get("/livez").status_code == 200
    # What needs no graph is answered all the same.
    assert cut.ask("{ __typename }")["data"] == {"__typename": "Query"}
    cut.wire.mend()
    cut.recovers()


def test_a_start_without_neo4j(made: Service, tmp_path: Any) -> None:
    """It starts, says that it is not ready, and is as soon as the server is there."""
    wire = Wire(int(made.address.uri.rpartition(":")[2]))
    with wire:
        wire.cut()
        address = replace(made.address, uri=f"bolt://127.0.0.1:{wire.port}")
        nothing_yet = replace(
            made, address=address, indexes=IndexDirectory.below(tmp_path), query_seconds=1.5
        )
        with (
            served(nothing_yet) as url,
            httpx.Client(base_url=url, timeout=30) as client,
        ):
            cut = Cut(wire, client)
            assert cut.status() == 503
            assert client.get("/readyz").json()["status"] == "unready"
            [error] = cut.ask('{ answers(query: {ids: ["leon"]}) { totalCount } }')["errors"]
            assert error["extensions"] == {"code": "UNAVAILABLE", "retryable": True}
            wire.mend()
            cut.recovers()


def test_a_wrong_password_is_no_news_for_clients(made: Service, tmp_path: Any) -> None:
    # Of a user of its own, for Neo4j locks one out who was wrong three times, for seconds.
    wrong = replace(made.address, user="nobody", password="wrong")
    with (
        served(replace(made, address=wrong, indexes=IndexDirectory.below(tmp_path))) as url,
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        found = client.post("/graphql", json={"query": "{ stats { entityCount } }"}).json()
        assert found["data"] == {"stats": None}
        [error] = found["errors"]
        assert error["extensions"]["code"] in ("INTERNAL", "UNAVAILABLE")
        assert "password" not in error["message"].lower()
        assert client.get("/readyz").status_code == 503
    _await_forgiveness(made.address)


def _await_forgiveness(address: Address) -> None:
    """After three wrong passwords Neo4j refuses the right one too, for five seconds."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(KGError), Graph.connect(address):
            return
        time.sleep(0.5)
    raise AssertionError("Neo4j forgives nothing")


def test_where_the_graph_is_never_shows() -> None:
    assert "secret" not in repr(Address("bolt://db.example:7687", password="secret"))


async def test_a_driver_that_cancels_its_task_once_more_cancels_nothing_else(made: Service) -> None:
    """So the real one does where a limit strikes while it looks whether a lock is free."""

    async def take(_: object) -> None:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            this = asyncio.current_task()
            assert this is not None
            this.cancel()
        raise ConnectionError

    async with AsyncGraph.connect(made.address) as graph:
        with pytest.raises(QueryTimeoutError):
            await graph._done("RETURN 1", {}, TimeLimit("test", 0.2), "READ", take)
        await asyncio.sleep(0)
        this = asyncio.current_task()
        assert this is not None
        assert not this.cancelling()
