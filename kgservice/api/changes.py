"""`/changes`: what every load and retraction changed, as JSON Lines or as server-sent events.

JSON Lines end at the data version of now, which X-Data-Version tells: it is the next `since`.
Server-sent events go on for as long as the client listens. Specification of these:
https://html.spec.whatwg.org/multipage/server-sent-events.html.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from threading import Event
from typing import Any

import orjson
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from kgservice.api.admission import Admission, Admitted
from kgservice.api.errors import refusal, status_of
from kgservice.errors import BadRequestError, ChangesGoneError, GraphError, KGError
from kgservice.graph.feed import Feed, Place

_EVENTS = "text/event-stream"
#: Seconds between two looks at the data version, and between two lines where nothing happens:
#: proxies cut what is silent for longer.
_LOOK_EVERY = 0.5
_SAY_EVERY = 15.0


@dataclass(frozen=True, slots=True)
class Changes:
    """Answers /changes; `version` tells the data version of now, at the cost of a shared look.

    Who listens is sent away once `leaving` is set: another instance goes on where this one ended.
    """

    feed: Callable[[], Feed]
    version: Callable[[], Awaitable[int]]
    leaving: Event
    admission: Admission

    def routes(self) -> list[BaseRoute]:
        """The one route."""
        admitted = [Middleware(Admitted, admission=self.admission)]
        return [Route("/changes", self._respond, middleware=admitted)]

    async def _respond(self, request: Request) -> Response:
        try:
            request.state.key.demand("read")
            return await self._answer(request)
        except KGError as error:
            return refusal(status_of(error), error)

    async def _answer(self, request: Request) -> Response:
        since = _since(request)
        feed = self.feed()
        until = await feed.until(since)
        headers = {"X-Data-Version": str(until), "Cache-Control": "no-store"}
        if _EVENTS in request.headers.get("accept", ""):
            return StreamingResponse(self._events(feed, since), 200, headers, _EVENTS)
        lines = _lines(feed, since, until)
        return StreamingResponse(lines, 200, headers, "application/jsonl")

    async def _events(self, feed: Feed, since: Place) -> AsyncIterator[bytes]:
        said = time.monotonic()
        yield b"retry: 2000\n\n"
        while not self.leaving.is_set():
            try:
                if await self.version() >= since.next_version:
                    until = await feed.until(since)
                    async for changes in feed.changes(since, until):
                        yield b"".join([_event(change) for change in changes])
                        said = time.monotonic()
                    since = Place(until)
            except ChangesGoneError:
                return  # asked again, it says so
            except GraphError:
                pass  # Neo4j comes back; a version that was sent in part is gone on with
            if time.monotonic() - said > _SAY_EVERY:
                said = time.monotonic()
                yield b": nothing new\n\n"
            await asyncio.sleep(_LOOK_EVERY)


async def _lines(feed: Feed, since: Place, until: int) -> AsyncIterator[bytes]:
    async for changes in feed.changes(since, until):
        yield b"".join(
            [orjson.dumps(change, option=orjson.OPT_APPEND_NEWLINE) for change in changes]
        )


def _event(change: dict[str, Any]) -> bytes:
    place = Place(change["data_version"], change["seq"])
    return b"id: %s\ndata: %s\n\n" % (str(place).encode(), orjson.dumps(change))


def _since(request: Request) -> Place:
    """Where the caller stands; a browser that connects again says so in a header."""
    given = request.headers.get("last-event-id") or request.query_params.get("since")
    if given is None:
        raise BadRequestError(
            "say since when: since=VERSION, the kg.data_version of an export or the "
            "X-Data-Version of any answer",
            ["since"],
        )
    return Place.read(given)
