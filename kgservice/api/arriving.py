"""A request has to arrive in time: who sends a byte a second holds a connection, and no more."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kgservice.api.errors import refusal
from kgservice.errors import BadRequestError


class _TooSlow(Exception):  # noqa: N818
    """The body has not arrived in time."""


class Arriving:
    """ASGI middleware: a body that takes more than so many seconds is refused by 408."""

    def __init__(self, app: ASGIApp, seconds: float):
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        until = asyncio.get_running_loop().time() + self._seconds
        arrived = False

        async def in_time() -> Message:
            # When all is there, whoever goes on to listen waits for the client to leave.
            nonlocal arrived
            if arrived:
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise _TooSlow from None
            arrived = not message.get("more_body", False)
            return message

        try:
            await self._app(scope, in_time, send)
        except _TooSlow:
            error = BadRequestError(f"the body did not arrive within {self._seconds:g} seconds")
            await refusal(408, error, {"Connection": "close"})(scope, receive, send)
