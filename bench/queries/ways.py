"""The ways in which a question is asked, each timed as its caller sees it, in milliseconds."""

from __future__ import annotations

import asyncio
import http.client
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import neo4j
import orjson

from bench.queries.by_hand import FIRST, by_hand
from bench.queries.facts import Asked
from bench.serving import Serving, service
from kgservice.algebra.expression import Entities, Expression, Follow, Intersect, Subtract, Union
from kgservice.algebra.pattern import Hop
from kgservice.algebra.question import PageRequest, Question
from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import Address, AsyncGraph
from kgservice.graph.cypher.answers.writer import Surroundings
from kgservice.graph.evaluation import CypherEvaluator
from kgservice.graph.records import Names
from kgservice.index.directory import IndexDirectory
from kgservice.index.evaluation import MatrixEvaluator
from kgservice.index.opening import open_current
from kgservice.serving.offers import Evaluator
from kgservice.vocabulary import Vocabulary

_PATIENCE = 120.0
_LOOKS = 100


class Way(Protocol):
    """Asks for the first answers and returns their ids, in order."""

    async def ids(self, asked: Asked) -> list[str]: ...


async def timed(way: Way, asked: Asked) -> float:
    """Milliseconds of one question; wrong answers end the benchmark."""
    began = time.perf_counter()
    found = await way.ids(asked)
    took = (time.perf_counter() - began) * 1_000
    if found != asked.answers[:FIRST]:
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
    """An evaluator: scores and cards of the first answers, without HTTP."""

    evaluator: Evaluator

    async def ids(self, asked: Asked) -> list[str]:
        limit = TimeLimit("bench", _PATIENCE)
        found = await self.evaluator.answers(
            Question(asked.expression), PageRequest(FIRST, cards=True), limit
        )
        return [one.id for one in found.positions]


class OverHttp:
    """GraphQL over HTTP from another process: id, label and score of the first answers."""

    _DOCUMENT = """query ($query: SetExpression!, $first: Int!) {
      answers(query: $query, first: $first) { edges { score node { id label } } } }"""

    def __init__(self, url: str):
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_PATIENCE)

    async def ids(self, asked: Asked) -> list[str]:
        return self.ask(asked)

    def ask(self, asked: Asked) -> list[str]:
        """The same for a thread, which may wait."""
        variables = {"query": _as_input(asked.expression), "first": FIRST}
        found = self.answered({"query": self._DOCUMENT, "variables": variables})["data"]
        return [edge["node"]["id"] for edge in found["answers"]["edges"]]

    async def planned(self) -> None:
        """Wait until the service has planned what it plans beside its requests."""
        for _ in range(_LOOKS):
            # What it says of itself is as old as two seconds.
            await asyncio.sleep(2.5)
            self.connection.request("GET", "/metrics")
            said = self.connection.getresponse().read().decode()
            if "\nkgservice_plans_waiting 0.0\n" in said:
                return
        raise AssertionError("the service never stops planning")

    def answered(self, body: dict[str, Any]) -> Any:
        """What a request is answered with: `data` and `extensions`."""
        try:
            return self._answered(body)
        except ConnectionError:
            # The service ends a connection on which nothing came for five seconds.
            self.connection.close()
            return self._answered(body)

    def _answered(self, body: dict[str, Any]) -> Any:
        kind = {"content-type": "application/json"}
        self.connection.request("POST", "/graphql", orjson.dumps(body), kind)
        return orjson.loads(self.connection.getresponse().read())


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


@dataclass(frozen=True, slots=True)
class Ways:
    """All ways on one server; `urls` are those of the services that Neo4j and the index answer."""

    by_hand: ByHand
    cypher: InProcess
    matrix: InProcess
    cypher_http: OverHttp
    matrix_http: OverHttp
    graph: AsyncGraph
    urls: tuple[str, str]

    def prepare(self) -> None:
        """Have the usual texts planned, as a service does that starts."""
        assert isinstance(self.cypher.evaluator, CypherEvaluator)
        self.cypher.evaluator.prepare()

    def each(self) -> tuple[Way, ...]:
        """In the order of the columns of a table."""
        return self.by_hand, self.cypher, self.matrix, self.cypher_http, self.matrix_http


@asynccontextmanager
async def ways(address: Address, data_dir: Path) -> AsyncIterator[Ways]:
    """Open them; the service that the index answers builds it first, where there is none."""
    auth = (address.user, address.password)
    async with AsyncExitStack() as stack:
        urls = [
            stack.enter_context(service(Serving(address, data_dir, evaluator)))
            for evaluator in ("matrix", "neo4j")
        ]
        opened = open_current(IndexDirectory.below(data_dir), None)
        assert opened is not None, "the service has built one"
        driver = await stack.enter_async_context(
            neo4j.AsyncGraphDatabase.driver(address.uri, auth=auth)
        )
        graph = await stack.enter_async_context(AsyncGraph.connect(address))
        yield Ways(
            ByHand(driver),
            InProcess(CypherEvaluator(graph, Surroundings(), Names(Vocabulary({}, {})))),
            InProcess(MatrixEvaluator(opened.snapshot)),
            OverHttp(urls[1].url),
            OverHttp(urls[0].url),
            graph,
            (urls[1].url, urls[0].url),
        )
