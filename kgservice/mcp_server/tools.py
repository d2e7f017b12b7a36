"""The three tools: which entity a text means, which entities answer, what things are for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from kgservice.client import (
    AsyncClient,
    Commonsense,
    Entity,
    Expression,
    Mention,
    Minima,
    Resolution,
    product,
    query,
)
from kgservice.errors import KGError
from kgservice.mcp_server.fitting import fitted

_READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)

_INSTRUCTIONS = (
    "A knowledge graph of a shop's commonsense and of facts. Resolve names to ids first; then ask "
    "for answers with those ids. Answers are exact and complete unless `left_out` is above 0."
)

#: Texts and heads that a tool takes at once.
_TEXTS = 20

#: Parameters with what an assistant is told of them.
Texts = Annotated[
    list[str],
    Field(description="The names, as they were written.", min_length=1, max_length=_TEXTS),
]
Context = Annotated[
    str | None, Field(description="The sentence around the names: it settles which namesake.")
]
Types = Annotated[list[str] | None, Field(description="Only entities of these types.")]
Queries = Annotated[list[str] | None, Field(description="Search queries.", max_length=_TEXTS)]
Products = Annotated[list[str] | None, Field(description="Ids of products.", max_length=_TEXTS)]
SetExpression = Annotated[
    dict[str, Any],
    Field(
        description=(
            "What is wanted, as JSON with exactly one key at each level:"
            ' {"ids": ["Q1"]} | {"mention": {"text": "Tom Hanks"}} | {"type": "Film"}'
            ' | {"follow": {"from": X, "path": "P161/^P57"}} (a SPARQL property path of relation'
            ' ids, ^ backwards, + any number of times) | {"intersect": [X, ..]} | {"union": [X,'
            ' ..]} | {"subtract": {"from": X, "remove": X}}'
            ' | {"filter": {"of": X, "types": ["Film"], "where": [{"relation": "P577", "op": "GE",'
            ' "value": "1990"}]}} | {"top": {"of": X, "by": "P2047", "order": "DESC", "first": 1}}'
        )
    ),
]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a tool gives back at most."""

    rows: int = 20
    tokens: int = 2_000


def make_server(client: AsyncClient, bounds: Bounds = Bounds()) -> MCPServer:
    """A server whose tools ask by this client."""
    server = MCPServer("kgservice", instructions=_INSTRUCTIONS, version=version("kgservice"))
    tools = _Tools(client, bounds)
    for tool in (tools.resolve, tools.answers, tools.commonsense):
        server.tool(annotations=_READS)(tool)
    return server


@dataclass(frozen=True, slots=True)
class _Tools:
    client: AsyncClient
    bounds: Bounds

    async def resolve(
        self, texts: Texts, context: Context = None, types: Types = None
    ) -> dict[str, Any]:
        """Which entities names mean, misspelt or shared: candidates with their probability.

        `match` is the id that is sure enough to go on with, or null: then ask which is meant.
        """
        mentions = [Mention(one, context, types, limit=5) for one in texts]
        async with _told():
            found = await self.client.resolve(mentions)
        return self._fitted("mentions", [_resolution(one) for one in found])

    async def answers(self, expression: SetExpression, first: int = 20) -> dict[str, Any]:
        """The entities that an expression denotes, best first, with how many there are."""
        asked = Expression(expression)
        async with _told():
            page = await self.client.answers(asked, first=max(0, min(first, self.bounds.rows)))
            total = await self.client.count(asked)
        rows = [{**_entity(one.entity), "score": round(one.score, 4)} for one in page]
        return {**self._fitted("answers", rows, total), "total": total}

    async def commonsense(
        self,
        queries: Queries = None,
        products: Products = None,
        first: int = 5,
    ) -> dict[str, Any]:
        """What search queries and products are for, with whom, when and where, as shoppers see it.

        Each phrase continues "It ..": typicality says how typical that is, support how often seen.
        """
        names = [*(queries or ()), *(products or ())]
        heads = [*map(query, queries or ()), *map(product, products or ())]
        most = max(1, min(first, self.bounds.rows))
        async with _told():
            found = await self.client.commonsense(heads, minima=Minima(), first=most)
        rows = [_known(name, one) for name, one in zip(names, found, strict=True)]
        return self._fitted("heads", rows)

    def _fitted(
        self, name: str, rows: list[dict[str, Any]], total: int | None = None
    ) -> dict[str, Any]:
        kept = fitted(rows[: self.bounds.rows], self.bounds.tokens)
        whole = len(rows) if total is None else total
        return {name: kept, "left_out": whole - len(kept)}


@asynccontextmanager
async def _told() -> AsyncIterator[None]:
    """What the service refuses is told in its words; they say what to do."""
    try:
        yield
    except KGError as error:
        raise ToolError(f"{error.code}: {error}") from error


def _entity(entity: Entity) -> dict[str, Any]:
    return {
        "id": entity.id,
        "label": entity.label,
        "description": entity.description,
        "types": list(entity.types),
    }


def _resolution(found: Resolution) -> dict[str, Any]:
    match = found.match
    return {
        "text": found.text,
        "match": None if match is None else match.entity.id,
        "candidates": [
            {**_entity(one.entity), "confidence": round(one.confidence, 3)}
            for one in found.candidates
        ],
    }


def _known(name: str, found: Commonsense) -> dict[str, Any]:
    return {
        "head": name,
        "known": found.known,
        "phrases": [
            {"phrase": one.phrase, "typicality": one.typicality, "support": one.support}
            for one in found.statements
        ],
    }
