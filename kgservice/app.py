"""The service put together: rooms are made here once and handed to each other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request

import migrations
from kgservice.api.access import Access, Door
from kgservice.api.context import Context, Resolver
from kgservice.api.document_limits import DocumentLimits
from kgservice.api.health import Health, Readiness
from kgservice.api.over_http import GraphQLEndpoint
from kgservice.api.schema import make_schema
from kgservice.errors import KGError
from kgservice.graph.client import Address, AsyncGraph, TimeLimit
from kgservice.limits import Limits
from kgservice.serving.state import Serving

#: Seconds for a look at readiness.
_LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Service:
    """What the service is made of; values of settings, not settings."""

    address: Address
    resolver: Resolver
    limits: Limits = field(default_factory=Limits)
    query_seconds: float = 5.0
    language: str = "en"
    door: Door = field(default_factory=Door)


def create_app(service: Service) -> FastAPI:
    """The ASGI application of a service."""
    room = _Room(service)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncGraph.connect(service.address) as graph:
            room.serving = Serving(graph)
            yield

    app = FastAPI(
        title="kgservice",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    health = Health(room.readiness, room.versions)
    schema = make_schema(DocumentLimits(aliases=service.limits.aliases))
    graphql = GraphQLEndpoint(schema, room.context, service.limits.document_bytes)
    app.add_route("/graphql", _endpoint(graphql), methods=["GET", "POST"])
    app.add_route("/livez", health.livez)
    app.add_route("/readyz", health.readyz)
    app.add_route("/version", health.version)
    app.add_middleware(Access, door=service.door)
    return app


class _Room:
    """The running service: what a request needs is taken from here."""

    def __init__(self, service: Service):
        self._service = service
        self.serving: Serving | None = None

    async def context(self, request: Request) -> Context:
        """The context of one request."""
        service = self._service
        limit = TimeLimit(request.url.path, service.query_seconds)
        context = Context(service.limits, limit, service.resolver, None, language=service.language)
        try:
            context.found = await self._serving.state(limit)
        except KGError as error:
            context.away = error
        return context

    async def readiness(self) -> Readiness:
        """Whether requests can be answered."""
        limit = TimeLimit("readyz", _LOOK_SECONDS)
        checks = {"neo4j": "ok", "schema": "ok"}
        try:
            state = await self._serving.state(limit)
            stats = await state.reads.stats(limit)
            if stats.schema_revision != migrations.head():
                checks["schema"] = f"at {stats.schema_revision or 'none'}: run `kgservice migrate`"
        except KGError as error:
            checks["neo4j"] = str(error)
        ready = all(found == "ok" for found in checks.values())
        return Readiness("ready" if ready else "unready", checks)

    def versions(self) -> dict[str, Any]:
        """What runs here."""
        return {"kgservice": version("kgservice"), "schema": migrations.head()}

    @property
    def _serving(self) -> Serving:
        assert self.serving is not None, "the application has not started"
        return self.serving


def _endpoint(graphql: GraphQLEndpoint) -> Callable[[Request], Awaitable[Any]]:
    async def answer(request: Request) -> Any:
        return await graphql(request)

    return answer
