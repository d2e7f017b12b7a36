"""A client that leaves takes its question with it: what nobody waits for is not worked on."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request

T = TypeVar("T")

#: Seconds in which most work is done: until then nobody listens for the client, which is a task
#: more for each request.
_SOON = 0.02


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T | None:
    """What the work gives, or null where the client left first; then the work was cancelled."""
    working = asyncio.ensure_future(work)
    leaving: asyncio.Future[None] | None = None
    try:
        await asyncio.wait({working}, timeout=_SOON)
        if not working.done():
            leaving = asyncio.ensure_future(_left(request))
            await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        if leaving is not None:
            leaving.cancel()
        if working.cancel():
            # So that its transaction has ended before anything else is asked on this connection.
            await asyncio.wait({working})


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
