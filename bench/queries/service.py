"""The service's own GraphQL endpoint over Neo4j alone, as an ASGI application of a process."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from kgservice.api.admission import Admission
from kgservice.api.context import Context, Resolver
from kgservice.api.keys import EVERYBODY
from kgservice.api.over_http import GraphQLEndpoint
from kgservice.api.schema import make_schema
from kgservice.explorer.pages import Pages
from kgservice.graph.client import Address, AsyncGraph, TimeLimit
from kgservice.index.building import Order
from kgservice.index.directory import IndexDirectory
from kgservice.limits import Limits
from kgservice.serving.following import Followed, Follower
from kgservice.serving.state import Serving
from kgservice.telemetry.recording import Recorder

#: What the process is told.
URI, PASSWORD = "BENCH_URI", "BENCH_PASSWORD"


#: No structure has a mention.
_NO_NAMES = cast("Resolver", None)


def make() -> Starlette:
    serving: list[Serving] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        address = Address(os.environ[URI], password=os.environ[PASSWORD])
        # No index is followed, so there is none that could answer.
        nothing = Followed(address, IndexDirectory.below(Path("build")), Order())
        async with AsyncGraph.connect(address) as graph:
            serving.append(Serving(graph, Follower(nothing)))
            yield

    async def context(_: Request) -> Context:
        limit = TimeLimit("bench", 60.0)
        state = await serving[0].graph_state()
        return Context(Limits(), limit, _NO_NAMES, state, key=EVERYBODY)

    endpoint = GraphQLEndpoint(
        make_schema(Limits()),
        context,
        Limits().document_bytes,
        Recorder().operated,
        Pages().graphiql,
        Admission(),
    )

    async def graphql(request: Request) -> Response:
        return await endpoint(request)

    app = Starlette(lifespan=lifespan)
    app.add_route("/graphql", graphql, methods=["POST"])
    return app
