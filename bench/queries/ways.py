"""The ways in which a question is asked, each timed as its caller sees it, in milliseconds."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
import neo4j

from bench.queries.by_hand import FIRST, by_hand
from bench.queries.codex import Asked
from bench.queries.service import PASSWORD, URI
from kgservice.algebra.expression import Entities, Expression, Follow, Intersect, Subtract, Union
from kgservice.algebra.pattern import Hop
from kgservice.algebra.question import PageRequest, Question
from kgservice.graph.client import Address, AsyncGraph, TimeLimit
from kgservice.graph.cypher.answers.writer import Surroundings
from kgservice.graph.evaluation import CypherEvaluator

_PATIENCE = 120.0


class Way(Protocol):
    """Asks for the first answers and returns their ids, in order."""

    async def ids(self, asked: Asked) -> list[str]: ...


async def timed(way: Way, asked: Asked) -> float:
    """Milliseconds of one question; wrong answers end the benchmark."""
    began = time.perf_counter()
    found = await way.ids(asked)
    took = (time.perf_counter() - began) * 1_000
    if found != sorted(asked.answers)[:FIRST]:
        raise AssertionError(f"{type(way).__name__} is wrong about {asked.expression}")
    return took


@dataclass(frozen=True, slots=True)
class ByHand:
    """Hand-written Cypher through the official driver."""

    driver: neo4j.AsyncDriver

    async def ids(self, asked: Asked) -> list[str]:
        text, parameters = by_hand(asked.expression)
        return [row[0] for row in await self.value(text, parameters)]

    async def value(self, text: str, parameters: dict[str, Any]) -> Any:
        async with self.driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
            result = await session.run(text, parameters)
            record = await result.single(strict=True)
            return record[0]

    async def round_trip(self) -> float:
        """Milliseconds of `RETURN 1`."""
        began = time.perf_counter()
        await self.value("RETURN 1", {})
        return (time.perf_counter() - began) * 1_000


@dataclass(frozen=True, slots=True)
class InProcess:
    """The evaluator, without cards and without HTTP."""

    graph: AsyncGraph

    @property
    def evaluator(self) -> CypherEvaluator:
        return CypherEvaluator(self.graph, Surroundings())

    async def ids(self, asked: Asked) -> list[str]:
        limit = TimeLimit("bench", _PATIENCE)
        question = Question(asked.expression)
        found = await self.evaluator.answers(question, PageRequest(FIRST), limit)
        return [one.id for one in found.positions]


@dataclass(frozen=True, slots=True)
class OverHttp:
    """GraphQL over HTTP from another process: id, label and score of the first answers."""

    client: httpx.AsyncClient

    _DOCUMENT = """query ($query: SetExpression!, $first: Int!) {
      answers(query: $query, first: $first) { edges { score node { id label } } } }"""

    async def ids(self, asked: Asked) -> list[str]:
        variables = {"query": _as_input(asked.expression), "first": FIRST}
        body = {"query": self._DOCUMENT, "variables": variables}
        response = await self.client.post("/graphql", json=body)
        found: dict[str, Any] = response.json()
        return [edge["node"]["id"] for edge in found["data"]["answers"]["edges"]]


def _as_input(expression: Expression) -> dict[str, Any]:
    match expression:
        case Entities(entities):
            return {"ids": [id for id, _ in entities]}
        case Follow(source, steps):
            each = [_step(step.pattern) for step in steps]
            return {"follow": {"from": _as_input(source), "steps": each}}
        case Intersect(operands):
            return {"intersect": list(map(_as_input, operands))}
        case Union(operands):
            return {"union": list(map(_as_input, operands))}
        case Subtract(source, remove):
            return {"subtract": {"from": _as_input(source), "remove": _as_input(remove)}}
        case _:
            raise ValueError(f"no structure has {expression}")


def _step(pattern: object) -> dict[str, Any]:
    assert isinstance(pattern, Hop)
    names = pattern.forwards or pattern.backwards or ()
    return {"relations": list(names), "direction": "OUT" if pattern.forwards else "IN"}


@asynccontextmanager
async def ways(address: Address) -> AsyncIterator[tuple[ByHand, InProcess, OverHttp]]:
    """All of them on one server."""
    auth = (address.user, address.password)
    with _service(address) as url:
        async with (
            neo4j.AsyncGraphDatabase.driver(address.uri, auth=auth) as driver,
            AsyncGraph.connect(address) as graph,
            httpx.AsyncClient(base_url=url, timeout=_PATIENCE) as client,
        ):
            yield ByHand(driver), InProcess(graph), OverHttp(client)


@contextmanager
def _service(address: Address) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    asgi = [sys.executable, "-m", "uvicorn", "--factory", "bench.queries.service:make"]
    process = subprocess.Popen(
        [*asgi, "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"],
        env={**os.environ, URI: address.uri, PASSWORD: address.password},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.post(f"{url}/graphql", json={"query": "{ stats { entityCount } }"}, timeout=30)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the service of the benchmark did not start")
