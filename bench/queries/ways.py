"""The ways in which a question is asked, each timed as its caller sees it, in milliseconds."""

from __future__ import annotations

import asyncio
import re
import socket
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
from kgservice.graph.client import Address, AsyncGraph, Graph
from kgservice.graph.cypher.answers.writer import Surroundings
from kgservice.graph.evaluation import CypherEvaluator
from kgservice.graph.records import Names
from kgservice.index.building import Order, build
from kgservice.index.directory import IndexDirectory
from kgservice.index.evaluation import MatrixEvaluator
from kgservice.index.opening import Opened, open_current
from kgservice.resolution.encoder import packaged_encoder
from kgservice.serving.offers import Evaluator
from kgservice.vocabulary import Vocabulary

_PATIENCE = 120.0
_LOOKS = 100
_CHUNK = 1 << 20
#: The head of an answer, with the length of the body behind it.
_HEAD = re.compile(
    rb"HTTP/1.*?\r\ncontent-length: (\d+)(?:\r\n[^\r\n]+)*\r\n\r\n", re.DOTALL | re.IGNORECASE
)


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
    """GraphQL over HTTP from another process: id, label and score of the first answers.

    By a socket and a regular expression: Python's own client takes 0.1 to 0.3 ms of a request to
    read its answer's headers, which would count for the service.
    """

    _DOCUMENT = """query ($query: SetExpression!, $first: Int!) {
      answers(query: $query, first: $first) { edges { score node { id label } } } }"""

    def __init__(self, url: str):
        parts = urlsplit(url)
        self._host = parts.netloc.encode()
        self._address = (parts.hostname or "", parts.port or 80)
        self._socket: socket.socket | None = None

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
            said = self._said(b"GET", b"/metrics").decode()
            if "\nkgservice_plans_waiting 0.0\n" in said:
                return
        raise AssertionError("the service never stops planning")

    def answered(self, body: dict[str, Any]) -> Any:
        """What a request is answered with: `data` and `extensions`."""
        return orjson.loads(self._said(b"POST", b"/graphql", orjson.dumps(body)))

    def close(self) -> None:
        """End the connection; the next request makes one."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _said(self, method: bytes, path: bytes, body: bytes = b"") -> bytes:
        """The body of an answer, from a new connection where the service has ended this one.

        It ends one on which nothing came for five seconds.
        """
        head = b"%s %s HTTP/1.1\r\nHost: %s\r\n" % (method, path, self._host)
        head += b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        try:
            return self._heard(head + body)
        except ConnectionError:
            self.close()
            return self._heard(head + body)

    def _heard(self, request: bytes) -> bytes:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, _PATIENCE)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        came = b""
        while (head := _HEAD.match(came)) is None or len(came) < head.end() + int(head[1]):
            more = self._socket.recv(_CHUNK)
            if not more:
                raise ConnectionError("the service has ended the connection")
            came += more
        return came[head.end() :]


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
class InProcessWays:
    """The ways on one server that need no service."""

    by_hand: ByHand
    cypher: InProcess
    matrix: InProcess
    graph: AsyncGraph

    def prepare(self) -> None:
        """Have the usual texts planned, as a service does that starts."""
        assert isinstance(self.cypher.evaluator, CypherEvaluator)
        self.cypher.evaluator.prepare()

    def each(self) -> tuple[Way, ...]:
        """In the order of the first columns of a table."""
        return self.by_hand, self.cypher, self.matrix


@dataclass(frozen=True, slots=True)
class Ways:
    """All ways on one server; `urls` are those of the services that Neo4j and the index answer."""

    inside: InProcessWays
    cypher_http: OverHttp
    matrix_http: OverHttp
    urls: tuple[str, str]

    def each(self) -> tuple[Way, ...]:
        """In the order of the columns of a table."""
        return *self.inside.each(), self.cypher_http, self.matrix_http


@asynccontextmanager
async def in_process(address: Address, data_dir: Path) -> AsyncIterator[InProcessWays]:
    """Open them; the index is built first where there is none."""
    auth = (address.user, address.password)
    tables = _tables(address, IndexDirectory.below(data_dir))
    async with (
        neo4j.AsyncGraphDatabase.driver(address.uri, auth=auth) as driver,
        AsyncGraph.connect(address) as graph,
    ):
        yield InProcessWays(
            ByHand(driver),
            InProcess(CypherEvaluator(graph, Surroundings(), Names(Vocabulary({}, {})))),
            InProcess(MatrixEvaluator(tables.snapshot)),
            graph,
        )


@asynccontextmanager
async def ways(address: Address, data_dir: Path) -> AsyncIterator[Ways]:
    """Open them, and a service for each evaluator."""
    async with AsyncExitStack() as stack:
        inside = await stack.enter_async_context(in_process(address, data_dir))
        urls = [
            stack.enter_context(service(Serving(address, data_dir, evaluator))).url
            for evaluator in ("neo4j", "matrix")
        ]
        yield Ways(inside, OverHttp(urls[0]), OverHttp(urls[1]), (urls[0], urls[1]))


def _tables(address: Address, directory: IndexDirectory) -> Opened:
    """The index, as the service would build it while it answers already."""
    encoder = packaged_encoder()
    opened = open_current(directory, encoder)
    if opened is None or opened.resolver.without_meaning is not None:
        with Graph.connect(address) as graph:
            build(graph, directory, Order(encoder=encoder))
        opened = open_current(directory, encoder)
    assert opened is not None, "it has just been built"
    return opened
