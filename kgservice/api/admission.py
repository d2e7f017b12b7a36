"""How much is worked on at once: few more wait for a moment, the rest are sent away.

A service that takes whatever comes answers nobody in time once more comes than it can do; one that
refuses at once keeps its promise to those it takes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kgservice.api.errors import refusal
from kgservice.errors import OverloadedError


@dataclass(slots=True)
class Admission:
    """Hands out places in the order of asking."""

    at_once: int = 64
    waiting: int = 128
    seconds: float = 1.0
    _places: asyncio.Semaphore = field(init=False)
    _asking: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._places = asyncio.Semaphore(self.at_once)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place for the length of a block; raises OverloadedError at once, or after a moment."""
        await self._take()
        try:
            yield
        finally:
            self._places.release()

    async def _take(self) -> None:
        if not self._places.locked():
            await self._places.acquire()  # at once
            return
        if self._asking >= self.waiting:
            raise OverloadedError
        self._asking += 1
        try:
            async with asyncio.timeout(self.seconds):
                await self._places.acquire()
        except TimeoutError:
            raise OverloadedError from None
        finally:
            self._asking -= 1


class Admitted:
    """ASGI middleware of a route: a place is held until the last byte is sent."""

    def __init__(self, app: ASGIApp, admission: Admission):
        self._app = app
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it with 503 and the time to wait."""
        try:
            async with self._admission.place():
                await self._app(scope, receive, send)
        except OverloadedError as error:
            await overloaded(error)(scope, receive, send)


def overloaded(error: OverloadedError) -> Response:
    """The refusal of a route that is not GraphQL."""
    return refusal(503, error, {"Retry-After": "1"})
