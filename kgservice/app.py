"""The service put together: rooms are made here once and handed to each other."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from threading import Event
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.routing import Mount, Route

import migrations
from kgservice.api.access import Access, Door
from kgservice.api.admission import Admission
from kgservice.api.ahead import Ahead
from kgservice.api.arriving import Arriving
from kgservice.api.changes import Changes
from kgservice.api.context import Context
from kgservice.api.exports import Exports
from kgservice.api.health import Health, Readiness
from kgservice.api.observing import Observed
from kgservice.api.over_http import GraphQLEndpoint
from kgservice.api.reconciliation.routes import Reconciliation
from kgservice.api.schema import make_schema
from kgservice.api.trusted import TrustedDocuments
from kgservice.errors import IndexBusyError, KGError
from kgservice.explorer.pages import Pages
from kgservice.exporting.spool import Spool
from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import Address, AsyncGraph, Graph
from kgservice.graph.feed import Feed
from kgservice.guides.routes import Guides
from kgservice.index.building import Order
from kgservice.index.directory import IndexDirectory
from kgservice.index.opening import Opened
from kgservice.limits import Limits
from kgservice.serving.aliases import Aliases
from kgservice.serving.choice import EvaluatorChoice
from kgservice.serving.following import Followed, Follower, Revive, waited_for
from kgservice.serving.missing import MissingHeads
from kgservice.serving.naming import NameResolver
from kgservice.serving.state import Serving
from kgservice.telemetry.metrics import own_memory
from kgservice.telemetry.recording import Recorder
from kgservice.vocabulary import Vocabulary, built_in_vocabulary

_GRAPHQL = "/graphql"
#: Seconds for a look at readiness.
_LOOK_SECONDS = 1.0
#: Seconds that a start waits for the index: one of 100,000 statements is built meanwhile, a larger
#: one while Neo4j answers.
_INDEX_SECONDS = 20.0
#: Seconds between two looks at what metrics say of the present.
_NOTE_EVERY = 2.0


@dataclass(frozen=True, slots=True)
class Service:
    """What the service is made of; values of settings, not settings."""

    address: Address
    indexes: IndexDirectory
    indexing: Order = field(default_factory=Order)
    evaluator: EvaluatorChoice = EvaluatorChoice.AUTO
    max_lag: float = 1.0
    limits: Limits = field(default_factory=Limits)
    query_seconds: float = 5.0
    body_seconds: float = 10.0
    at_once: int = 64
    waiting: int = 128
    exports: int = 8
    followers: int = 64
    trusted: TrustedDocuments = field(default_factory=TrustedDocuments)
    introspection: bool = True
    language: str = "en"
    door: Door = field(default_factory=Door)
    revive: Revive = waited_for
    recorder: Recorder = field(default_factory=Recorder)
    access_log: bool = False
    leaving: Event = field(default_factory=Event)
    export_bytes: int = 4 * 2**30


def create_app(service: Service) -> FastAPI:
    """The ASGI application of a service."""
    room = _Room(service)
    spool = Spool(service.indexes.path.with_name("exports"), service.export_bytes)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        follower = Follower(
            Followed(service.address, service.indexes, service.indexing, service.revive)
        )
        async with AsyncGraph.connect(service.address, service.recorder.asked) as graph:
            with follower.running(), spool.running():
                await asyncio.to_thread(follower.wait, _INDEX_SECONDS)
                serving = Serving(graph, follower, service.evaluator, service.max_lag)
                names = NameResolver(follower, Aliases(graph))
                missing = MissingHeads(graph, service.recorder.metrics)
                room.running = _Running(serving, follower, names, missing)
                # What there is now stays: to look through it for garbage takes 0.1 to 0.5 s, in
                # which nobody is answered.
                gc.freeze()
                noting = asyncio.create_task(room.note_again_and_again())
                async with missing.writing():
                    yield
                noting.cancel()
                await serving.close()
                gc.unfreeze()

    app = FastAPI(
        title="kgservice",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # Its spans would carry the query string, which of a GET is what somebody asks.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    health = Health(room.readiness, room.versions, service.recorder.metrics)
    schema = make_schema(service.limits, introspection=service.introspection)
    pages = Pages()
    admission = Admission(service.at_once, service.waiting)
    graphql = GraphQLEndpoint(
        schema,
        room.context,
        service.limits.document_bytes,
        service.recorder.operated,
        pages.graphiql,
        admission,
        service.trusted,
    )
    app.router.routes.extend(Reconciliation(room.context, admission).routes())
    connect = partial(Graph.connect, service.address)
    exports = Exports(room.opened, connect, spool, Admission(service.exports, service.exports))
    app.router.routes.extend(exports.routes())
    followers = Admission(service.followers, waiting=0)
    changes = Changes(room.feed, room.data_version, service.leaving, followers)
    app.router.routes.extend(changes.routes())
    app.router.routes.extend(pages.routes())
    app.router.routes.extend(Guides(room.vocabulary).routes())
    app.add_route("/livez", health.livez)
    app.add_route("/readyz", health.readyz)
    app.add_route("/version", health.version)
    app.add_route("/metrics", health.metrics)
    app.add_middleware(Ahead, path=_GRAPHQL, endpoint=graphql)
    app.add_middleware(Arriving, seconds=service.body_seconds)
    app.add_middleware(Access, door=service.door)
    routed = (one.path for one in app.routes if isinstance(one, Route | Mount))
    routes = frozenset(_first(path) for path in (_GRAPHQL, *routed))
    # The last one added is the outermost: what is refused at the door is counted too.
    app.add_middleware(
        Observed, metrics=service.recorder.metrics, routes=routes, notes=service.access_log
    )
    return app


@dataclass(frozen=True, slots=True)
class _Running:
    """What there is between start and end."""

    serving: Serving
    follower: Follower
    names: NameResolver
    missing: MissingHeads


class _Room:
    """The running service: what a request needs is taken from here."""

    def __init__(self, service: Service):
        self._service = service
        self.running: _Running | None = None

    async def context(self, request: Request) -> Context:
        """The context of one request."""
        service = self._service
        limit = TimeLimit(_first(request.scope["path"]), service.query_seconds)
        running = self._running
        context = Context(
            service.limits,
            limit,
            running.names,
            None,
            language=service.language,
            key=request.state.key,
            missing=running.missing,
        )
        try:
            context.found = found = await running.serving.state()
            if found.stale_since is not None:
                context.extensions["staleSince"] = found.stale_since.isoformat(timespec="seconds")
        except KGError as error:
            context.away = error
        return context

    def opened(self) -> Opened:
        """The index of now; raises IndexBusyError where there is none yet."""
        follower = self._running.follower
        if follower.opened is None:
            raise IndexBusyError(f"there is no index yet ({follower.doing}): try again in a moment")
        return follower.opened

    def feed(self) -> Feed:
        """What changed, out of Neo4j."""
        return Feed(self._running.serving.graph)

    async def vocabulary(self) -> Vocabulary:
        """Types and relations as far as callers without a key may know them."""
        keys = self._service.door.keys
        anonymous = None if keys is None else keys.anonymous()
        if keys is None or (
            anonymous and anonymous.allows("read") and anonymous.reaches("/guides")
        ):
            with suppress(KGError):
                return (await self._running.serving.state()).vocabulary
        return built_in_vocabulary()

    async def data_version(self) -> int:
        """The data version of now, as a look at the graph that many share found it."""
        return (await self._running.serving.graph_state()).data_version

    async def readiness(self) -> Readiness:
        """Whether requests can be answered: by Neo4j, or where that is away by the index."""
        serving, limit = self._running.serving, TimeLimit("readyz", _LOOK_SECONDS)
        if self._service.leaving.is_set():
            return Readiness("unready", {"service": "it ends: send requests elsewhere"})
        checks = {"neo4j": "ok", "schema": "ok"}
        status = "ready"
        try:
            state = await serving.graph_state()
            stats = await state.reads.stats(limit)
            if stats.schema_revision != migrations.head():
                checks["schema"] = f"at {stats.schema_revision or 'none'}: run `kgservice migrate`"
                status = "unready"
        except KGError as error:
            checks["neo4j"] = str(error)
            status = "degraded" if serving.answers_without_graph else "unready"
        # Without an index Neo4j answers, so that it says nothing of whether requests can be.
        checks["index"] = self._running.follower.doing
        return Readiness(status, checks)

    async def note_again_and_again(self) -> None:
        """Tell the metrics what is so now, for as long as this runs."""
        metrics = self._service.recorder.metrics
        while True:
            follower = self._running.follower
            opened, sight = follower.opened, follower.sight
            metrics.neo4j_up.set(sight.away_since is None)
            metrics.index_lag.set(float("inf") if opened is None else sight.lag)
            metrics.index_version.set(0 if opened is None else opened.mark.version)
            metrics.plans_waiting.set(self._running.serving.graph.plans.waiting)
            metrics.memory.set(own_memory())
            await asyncio.sleep(_NOTE_EVERY)

    def versions(self) -> dict[str, Any]:
        """What runs here."""
        return {"kgservice": version("kgservice"), "schema": migrations.head()}

    @property
    def _running(self) -> _Running:
        assert self.running is not None, "the application has not started"
        return self.running


def _first(path: str) -> str:
    """The first part of a path, which says what kind of request it is."""
    return "/" + path[1:].partition("/")[0]
