"""Whether the process lives, whether it can answer, what it is, and what it did."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kgservice.api.errors import refusal
from kgservice.errors import ForbiddenError
from kgservice.telemetry.metrics import Metrics

#: Seconds for which a look at readiness is good: probes come from several sides.
_GOOD_FOR = 1.0


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether requests can be answered, and each thing that this depends on."""

    status: str
    checks: dict[str, str] = field(default_factory=dict)

    @property
    def http_status(self) -> int:
        """200 where anything can be answered, `degraded` too."""
        return 503 if self.status == "unready" else 200


class Health:
    """The routes that load balancers and operators ask."""

    def __init__(
        self,
        look: Callable[[], Awaitable[Readiness]],
        versions: Callable[[], dict[str, Any]],
        metrics: Metrics,
    ):
        self._look = look
        self._versions = versions
        self._metrics = metrics
        self._seen: Readiness | None = None
        self._seen_at = 0.0

    async def livez(self, _: Request) -> Response:
        """Answers as long as the process does; asks nobody."""
        return JSONResponse({"status": "alive"})

    async def readyz(self, _: Request) -> Response:
        """200 where requests are answered, 503 where they are not."""
        now = time.monotonic()
        if self._seen is None or now - self._seen_at > _GOOD_FOR:
            self._seen, self._seen_at = await self._look(), now
        found = self._seen
        return JSONResponse({"status": found.status, "checks": found.checks}, found.http_status)

    async def version(self, _: Request) -> Response:
        """The versions of the program and of the schema that it needs; anyone may ask."""
        return JSONResponse(self._versions())

    async def metrics(self, request: Request) -> Response:
        """What was counted and measured, of all workers; for keys with the scope read."""
        try:
            request.state.key.demand("read")
        except ForbiddenError as error:
            return refusal(403, error)
        content, kind = self._metrics.exposition(request.headers.get("accept", ""))
        return Response(content, headers={"content-type": kind})
