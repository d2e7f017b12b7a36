"""What nobody waits for any more ends in the database too: seen in SHOW TRANSACTIONS."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from threading import Thread
from typing import LiteralString

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kgservice.api.leaving import unless_gone
from kgservice.errors import QueryTimeoutError
from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import AsyncGraph, Graph
from kgservice.local.instance import Running

pytestmark = pytest.mark.neo4j

#: Minutes of work, in which no row is ready before the last.
SLOW: LiteralString = "UNWIND range(1, 100000000000) AS i RETURN sum(i % $by)"
NAME = "slow question"

_RUNNING = """SHOW TRANSACTIONS YIELD metaData, currentQuery
WHERE metaData.name = $name AND currentQuery CONTAINS 'UNWIND range' RETURN count(*)"""


@pytest.fixture
def running(server: Running) -> Iterator[Callable[[], int]]:
    """How many slow questions the database works on."""
    with Graph.connect(server.address) as graph:
        yield lambda: int(graph.run(_RUNNING, {"name": NAME})[0][0])


def becomes(count: Callable[[], int], number: int) -> bool:
    """Whether there are so many within a while."""
    until = time.monotonic() + 60
    while count() != number:
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


async def ask(graph: AsyncGraph, seconds: float) -> int:
    return int(await graph.value(SLOW, {"by": 7}, TimeLimit(NAME, seconds)))


async def test_a_question_beyond_its_time(server: Running, running: Callable[[], int]) -> None:
    async with AsyncGraph.connect(server.address) as graph:
        # A server that has just started may need longer than that for its first plan.
        await graph.plan(SLOW, {"by": 7}, TimeLimit(NAME, 60.0))
        with pytest.raises(QueryTimeoutError, match="longer than 1 seconds"):
            await ask(graph, 1.0)
        assert await asyncio.to_thread(becomes, running, 0)


async def test_a_question_that_is_cancelled(server: Running, running: Callable[[], int]) -> None:
    async with AsyncGraph.connect(server.address) as graph:
        asked = asyncio.create_task(ask(graph, 300.0))
        assert await asyncio.to_thread(becomes, running, 1)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert await asyncio.to_thread(becomes, running, 0)


def test_a_client_that_leaves(server: Running, running: Callable[[], int]) -> None:
    async def slow(request: Request) -> Response:
        async with AsyncGraph.connect(server.address) as graph:
            found = await unless_gone(request, ask(graph, 300.0))
        return Response(str(found))

    app = Starlette(routes=[Route("/", slow)])
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        service = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = Thread(target=service.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            with socket.create_connection(listener.getsockname()) as client:
                client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                assert becomes(running, 1)
            assert becomes(running, 0)
        finally:
            service.should_exit = True
            thread.join(timeout=30)


async def test_work_whose_client_stays_is_done(server: Running) -> None:
    async def done() -> str:
        return "done"

    async def receive() -> dict[str, object]:
        await asyncio.sleep(3600)
        return {}

    request = Request({"type": "http"}, receive)  # type: ignore[arg-type]
    assert await unless_gone(request, done()) == "done"
