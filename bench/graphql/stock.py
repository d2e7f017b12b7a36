"""Strawberry as its documentation sets it up for production, over objects in memory.

Its own FastAPI router, with its caches of parsed and validated documents.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import strawberry
from fastapi import FastAPI
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.fastapi import GraphQLRouter

#: Where the process finds the rows to serve.
ROWS = "BENCH_ROWS"


@strawberry.type
class Entity:
    id: strawberry.ID
    label: str
    description: str | None
    degree: int
    aliases: list[str]


@strawberry.type
class Answers:
    nodes: list[Entity]


def make() -> FastAPI:
    """The application of a process."""
    stored = [Entity(**row) for row in json.loads(Path(os.environ[ROWS]).read_text("utf-8"))]

    @strawberry.type
    class Query:
        @strawberry.field
        def answers(self, first: int) -> Answers:
            return Answers(nodes=stored[:first])

    schema = strawberry.Schema(Query, extensions=[ParserCache, ValidationCache])
    app = FastAPI()
    app.include_router(GraphQLRouter(schema), prefix="/graphql")
    return app
