"""The outermost part of the application: every request gets an id, is counted, timed and noted."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import orjson
from opentelemetry.trace import INVALID_SPAN, Span, Status, StatusCode
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kgservice.api.safety import make_safe
from kgservice.telemetry.logs import fields
from kgservice.telemetry.metrics import Metrics
from kgservice.telemetry.request_ids import HEADER, begin_request
from kgservice.telemetry.tracing import request_span

_log = logging.getLogger(__name__)
_access = logging.getLogger("kgservice.access")

#: What is asked again and again by machines: counted, and neither noted nor traced.
_PROBES = frozenset({"/livez", "/readyz", "/metrics"})
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
_OTHER = "other"


@dataclass(slots=True)
class _Reply:
    """What is known of a response so far."""

    request_id: str
    status: int = 0
    size: int = 0
    began: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began


class Observed:
    """ASGI middleware; `routes` are the first parts of the paths that there are."""

    def __init__(
        self, app: ASGIApp, metrics: Metrics, routes: frozenset[str], *, notes: bool = False
    ):
        self._app = app
        self._metrics = metrics
        self._routes = routes
        self._notes = notes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        reply = _Reply(begin_request(headers.get(HEADER)))
        route = self._route(scope["path"])
        method = scope["method"] if scope["method"] in _METHODS else _OTHER
        with self._metrics.in_flight.track_inprogress(), _span(method, route, headers) as span:
            await self._answer(reply, scope, receive, send)
            span.set_attribute("kgservice.request_id", reply.request_id)
            span.set_attribute("http.response.status_code", reply.status)
            if reply.status >= 500:
                span.set_status(Status(StatusCode.ERROR))
        self._note(reply, route, method, scope)

    async def _answer(self, reply: _Reply, scope: Scope, receive: Receive, send: Send) -> None:
        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                reply.status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[HEADER] = reply.request_id
                make_safe(headers.raw)
            else:
                reply.size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            _log.exception("internal error")
            if reply.status:
                raise  # half a response is out: only the end of the connection can say so
            await _failed(reply.request_id)(scope, receive, watched)

    def _note(self, reply: _Reply, route: str, method: str, scope: Scope) -> None:
        metrics, seconds = self._metrics, reply.seconds
        metrics.requests.labels(route, method, str(reply.status)).inc()
        metrics.request_seconds.labels(route).observe(seconds)
        metrics.response_bytes.labels(route).inc(reply.size)
        if self._notes and route not in _PROBES:
            state = scope.get("state", {})
            key = state.get("key")
            _access.info(
                "request",
                extra=fields(
                    method=method,
                    route=route,
                    status=reply.status,
                    seconds=round(seconds, 4),
                    bytes=reply.size,
                    operation=state.get("operation"),
                    key=None if key is None else key.id,
                ),
            )

    def _route(self, path: str) -> str:
        first = "/" + path[1:].partition("/")[0]
        return first if first in self._routes else _OTHER


@contextmanager
def _span(method: str, route: str, headers: Headers) -> Iterator[Span]:
    if route in _PROBES:
        yield INVALID_SPAN
        return
    with request_span(method, route, headers) as span:
        yield span


def _failed(request_id: str) -> Response:
    error = {
        "message": f"something went wrong here; ask for the log of request {request_id}",
        "extensions": {"code": "INTERNAL", "requestId": request_id},
    }
    return Response(orjson.dumps({"errors": [error]}), 500, media_type="application/json")
