"""The door of the service: host, key, scope, rate, and which web pages may read the answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kgservice.api.errors import refusal
from kgservice.api.keys import EVERYBODY, Key, KeyFile
from kgservice.api.rates import Rates
from kgservice.errors import ForbiddenError, RateLimitedError, UnauthenticatedError

#: Routes that anyone may ask: probes, and pages that ask for a key themselves.
_OPEN = ("/livez", "/readyz", "/version", "/assets", "/guides", "/favicon.svg")
_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
_METHODS = "GET, POST, OPTIONS"
_HEADERS = "authorization, content-type, accept, if-none-match, range, x-request-id, traceparent"
_GUIDES = "/guides/"
#: Names the types of the graph, so that not every page may read it as it may the other guides.
_STYLE = _GUIDES + "style.grass"


@dataclass(frozen=True, slots=True)
class Door:
    """The rules; without `keys` everything is open, which is for loopback alone."""

    keys: KeyFile | None = None
    default_rate: int = 6_000
    allowed_hosts: frozenset[str] = frozenset()
    cors_origins: frozenset[str] = frozenset()
    rates: Rates = field(default_factory=Rates)


class Access:
    """ASGI middleware: refuses, or notes who calls in `scope["state"]["key"]` and goes on."""

    def __init__(self, app: ASGIApp, door: Door):
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        send = self._with_cors(scope["path"], headers, send)
        refused = self._refusal(scope, headers)
        if refused is not None:
            await refused(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        if not self._is_known_host(headers.get("host", "")):
            error = ForbiddenError("not a name of this service: see KG_ALLOWED_HOSTS")
            return refusal(421, error)
        if scope["method"] == "OPTIONS":
            return Response(status_code=204)
        try:
            scope.setdefault("state", {})["key"] = self._caller(scope, headers)
        except UnauthenticatedError as error:
            return refusal(401, error, {"WWW-Authenticate": "Bearer"})
        except RateLimitedError as error:
            return refusal(429, error, {"Retry-After": str(math.ceil(error.seconds))})
        except ForbiddenError as error:
            return refusal(403, error)
        return None

    def _caller(self, scope: Scope, headers: Headers) -> Key:
        keys, path = self._door.keys, scope["path"]
        if keys is None or _is_open(scope, headers):
            return EVERYBODY
        kind, _, presented = headers.get("authorization", "").partition(" ")
        if presented and kind.lower() == "bearer":
            key = keys.find(presented.strip())
            if key is None:
                raise UnauthenticatedError("that key is not known here")
        else:
            key = keys.anonymous()
            if key is None or not key.reaches(path):
                raise UnauthenticatedError("send a key: Authorization: Bearer KEY")
        if not key.reaches(path):
            raise ForbiddenError(f"the key {key.id} is not for {path}")
        if not (key.allows("read") or key.allows("feedback")):
            raise ForbiddenError(f"the key {key.id} has no scope for this")
        self._spend(key)
        return key

    def _spend(self, key: Key) -> None:
        seconds = self._door.rates.take(key.id, key.rate or self._door.default_rate)
        if seconds:
            raise RateLimitedError(seconds)

    def _is_known_host(self, host: str) -> bool:
        name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
        name = name.lower()
        return name in _LOCAL_NAMES or name in self._door.allowed_hosts

    def _with_cors(self, path: str, headers: Headers, send: Send) -> Send:
        origin = headers.get("origin")
        if origin is None or not self._may_read(path, origin):
            return send

        async def allowed(message: Message) -> None:
            if message["type"] == "http.response.start":
                reply = MutableHeaders(scope=message)
                reply["Access-Control-Allow-Origin"] = origin
                reply["Access-Control-Allow-Methods"] = _METHODS
                # Neo4j Browser asks with headers of whatever watches it, such as sentry-trace.
                reply["Access-Control-Allow-Headers"] = (
                    "*" if path.startswith(_GUIDES) else _HEADERS
                )
                reply["Access-Control-Expose-Headers"] = (
                    "X-Data-Version, X-Request-Id, ETag, Retry-After"
                )
                reply.add_vary_header("Origin")
            await send(message)

        return allowed

    def _may_read(self, path: str, origin: str) -> bool:
        """Whether a web page of this origin may read the answer.

        Reconciliation answers every origin, as its specification asks; guides are shown by Neo4j
        Browser, which has an origin of its own.
        """
        if path == _STYLE:
            return self._may_read("/graphql", origin)
        if path == "/reconcile" or path.startswith(("/reconcile/", _GUIDES)):
            return True
        if origin in self._door.cors_origins:
            return True
        if self._door.keys is not None:
            return False
        name = origin.partition("://")[2]
        return name in _LOCAL_NAMES or name.rpartition(":")[0] in _LOCAL_NAMES


def _is_open(scope: Scope, headers: Headers) -> bool:
    path = scope["path"]
    if path == "/" or any(path == one or path.startswith(one + "/") for one in _OPEN):
        return True
    # The page with the editor; the queries that it sends carry a key.
    page = scope["method"] == "GET" and "text/html" in headers.get("accept", "")
    return page and path == "/graphql" and not scope["query_string"]


def hosts_of(names: Sequence[str]) -> frozenset[str]:
    """Host names as a Host header shows them."""
    return frozenset(name.strip().lower() for name in names if name.strip())
