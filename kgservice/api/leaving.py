"""A client that leaves takes its question with it: what nobody waits for is not worked on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from starlette.requests import Request

T = TypeVar("T")

#: Seconds in which most work is done: until then nobody listens for the client, which is a task
#: more for each request.
_SOON = 0.02


async def unless_gone(request: Request, work: Awaitable[T]) -> T | None:
    """What the work gives, or null where the client left first; then the work was cancelled.

    It is done by the task at hand, as in `asyncio.timeout`: a task of its own would cost each
    request three turns of the event loop, 0.1 ms.
    """
    task = asyncio.current_task()
    assert task is not None, "a request is answered by a task"
    watch = _Watch(request, task)
    soon = asyncio.get_running_loop().call_later(_SOON, watch.listen)
    try:
        # By the time it has ended, its transaction has, before anything else is asked on its
        # connection.
        return await work
    except asyncio.CancelledError:
        if not watch.gone:
            raise  # somebody else's
        return None
    finally:
        soon.cancel()
        watch.end()


class _Watch:
    """Listens for a client, and cancels the task that works for it once it has left."""

    def __init__(self, request: Request, task: asyncio.Task[object]):
        self.gone = False
        self._request = request
        self._task = task
        self._listening: asyncio.Task[None] | None = None

    def listen(self) -> None:
        self._listening = asyncio.ensure_future(self._left())

    def end(self) -> None:
        """Leave the task as it was found."""
        if self._listening is not None:
            self._listening.cancel()
        if self.gone:
            self._task.uncancel()

    async def _left(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        self.gone = True
        self._task.cancel()
