"""A server that is told to end: what is being sent has so many seconds, and no more."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import anyio
import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from kgservice.cli.server import Server, Unready


async def endless(request: Request) -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        while True:
            yield b"more"
            await anyio.sleep(0.01)

    return StreamingResponse(parts())


@contextmanager
def serving(drain: int) -> Iterator[tuple[Server, str, threading.Thread]]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        app = Starlette(routes=[Route("/", endless)])
        config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=drain)
        begun = threading.Event()
        server = Server(config, begun.set, Unready(threading.Event(), 0.0), None)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            assert begun.wait(20)
            yield server, f"http://127.0.0.1:{listener.getsockname()[1]}", thread
        finally:
            server.should_exit = server.force_exit = True
            thread.join(20)


def test_what_does_not_end_is_cut_off_and_seen_to_be() -> None:
    with serving(drain=1) as (server, url, thread), httpx.stream("GET", url, timeout=20) as found:
        parts = found.iter_raw()
        assert next(parts).startswith(b"more")
        server.should_exit = True
        began = time.monotonic()
        with pytest.raises(httpx.RemoteProtocolError, match="incomplete"):
            list(parts)
        assert time.monotonic() - began >= 0.9, "it has the seconds that it was promised"
        thread.join(20)
        assert not thread.is_alive()
