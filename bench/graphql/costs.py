"""What it costs to count, time and trace a request: CPU time, in process, without a socket."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from starlette.middleware import Middleware

from bench.graphql.lists import OURS
from kgservice.api.observing import Observed
from kgservice.app import Service, create_app
from kgservice.graph.client import Address
from kgservice.index.directory import IndexDirectory
from kgservice.telemetry.recording import Operated, Recorder

_REQUESTS = 500
_BODY = json.dumps({"query": OURS, "variables": {"first": 1}}).encode()


class _Silent(Recorder):
    def operated(self, one: Operated) -> None:
        del one


class _Dropped(SpanExporter):
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        del spans
        return SpanExportResult.SUCCESS


async def measured(directory: Path, address: Address, rounds: int) -> list[tuple[str, float]]:
    """Microseconds a request, by what is noted of it: the best of the rounds, in turn."""
    found: dict[str, list[float]] = {}
    async with AsyncExitStack() as stack:
        bare, counted = [
            await stack.enter_async_context(_running(directory, address, counted=one))
            for one in (False, True)
        ]
        # Spans come last, for a provider cannot be taken away again.
        for kind, app in (("nothing", bare), ("metrics", counted)) * rounds:
            found.setdefault(kind, []).append(await _worked(app))
        provider = TracerProvider()
        provider.add_span_processor(BatchSpanProcessor(_Dropped()))
        trace.set_tracer_provider(provider)
        found["metrics and spans"] = [await _worked(counted) for _ in range(rounds)]
        provider.shutdown()
    return [(kind, min(several)) for kind, several in found.items()]


def table(lines: list[tuple[str, float]]) -> Iterator[str]:
    """The lines as a table, beside a request of which nothing is noted."""
    nothing = lines[0][1]
    yield "| noted of a request | CPU time, us | more than nothing, us |"
    yield "| --- | --- | --- |"
    for kind, micros in lines:
        yield f"| {kind} | {micros:,.0f} | {micros - nothing:+,.0f} |"


@asynccontextmanager
async def _running(directory: Path, address: Address, *, counted: bool) -> AsyncIterator[FastAPI]:
    recorder = Recorder() if counted else _Silent()
    indexes = IndexDirectory.below(directory)
    app = create_app(Service(address, indexes, recorder=recorder))
    if not counted:
        app.user_middleware = list(filter(_unobserved, app.user_middleware))
    async with app.router.lifespan_context(app):
        await asyncio.sleep(1)
        yield app


def _unobserved(one: Middleware) -> bool:
    kind: object = one.cls
    return kind is not Observed


async def _worked(app: FastAPI) -> float:
    for _ in range(20):
        await _ask(app)
    began = time.process_time()
    for _ in range(_REQUESTS):
        await _ask(app)
    return (time.process_time() - began) / _REQUESTS * 1e6


async def _ask(app: FastAPI) -> None:
    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
    scope: dict[str, Any] = {
        "type": "http", "http_version": "1.1", "method": "POST", "path": "/graphql",
        "raw_path": b"/graphql", "root_path": "", "scheme": "http", "query_string": b"",
        "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        "asgi": {"version": "3.0"}, "state": {},
    }  # fmt: skip
    parts = [{"type": "http.request", "body": _BODY, "more_body": False}]
    never = asyncio.Event()
    statuses = []

    async def receive() -> dict[str, Any]:
        if not parts:
            await never.wait()
        return parts.pop()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    assert statuses == [200]
