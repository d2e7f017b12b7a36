"""One hop and two, to lists of 10, 100 and 1,000 rows, beside @neo4j/graphql on the same Neo4j."""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.graphql.servers import Server, kgservice, node_script
from bench.graphql.shop import SHELVES, in_hall, on_shelf, products
from kgservice.graph.client import Address

#: How many are asked at once where the rate is measured.
CONNECTIONS = 8

#: The other one keeps two cores busy, its own process and Neo4j, so two workers are asked as well.
_INDEX, _TWO = "kgservice, index", "kgservice, index, 2 workers"
_CYPHER, _THEIRS = "kgservice, Neo4j", "@neo4j/graphql"
_FIELDS = "id label description aliases"


def _ours(path: str) -> str:
    return f"""query Hops($id: ID!, $rows: Int!) {{
      answers(query: {{follow: {{from: {{ids: [$id]}}, path: "{path}"}}}}, first: $rows) {{
        nodes {{ {_FIELDS} }} }} }}"""


def _theirs(below: str) -> str:
    return f"query Hops($id: ID!) {{ categories(where: {{id: {{eq: $id}}}}) {{ {below} }} }}"


_PRODUCTS = f"products {{ {_FIELDS} }}"
#: By hops: what is asked of us, and of the other; and where its answers lie.
_DOCUMENTS = {
    1: (_ours("^HAS_CATEGORY"), _theirs(_PRODUCTS)),
    2: (_ours("^BROADER/^HAS_CATEGORY"), _theirs(f"below {{ {_PRODUCTS} }}")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One question to one server: milliseconds of one alone, and requests a second of many."""

    hops: int
    rows: int
    server: str
    p50: float
    rate: float


def measured(directory: Path, address: Address, rounds: int, seconds: float) -> list[Line]:
    """Every question to every server in turn, round by round; all answers are checked first."""
    found: dict[tuple[int, int, str], list[tuple[float, float]]] = {}
    with _servers(directory, address) as servers:
        questions = [(hops, rows) for hops in _DOCUMENTS for rows in SHELVES]
        for hops, rows in questions:
            for server in servers:
                _check(server, hops, rows)
        for _ in range(rounds):
            for hops, rows in questions:
                for server in servers:
                    document, variables = _asked(server, hops, rows)
                    p50 = _alone(server, document, variables, seconds)
                    load = server.loaded(document, variables, CONNECTIONS, seconds)
                    found.setdefault((hops, rows, server.name), []).append((p50, load.rate))
    return [
        Line(*key, *[statistics.median(one) for one in zip(*several, strict=True)])
        for key, several in found.items()
    ]


def table(lines: list[Line]) -> Iterator[str]:
    """The lines as a table, beside the other's."""
    theirs = {(one.hops, one.rows): one for one in lines if one.server == _THEIRS}
    yield "| hops | rows | server | p50, ms | requests a second | p50, ratio | rate, times |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for one in lines:
        other = theirs[one.hops, one.rows]
        ratios = f"{one.p50 / other.p50:.2f} | {one.rate / other.rate:.1f}"
        yield (
            f"| {one.hops} | {one.rows:,} | {one.server} | {one.p50:.2f} | {one.rate:,.0f} "
            f"| {ratios} |"
        )


@contextmanager
def _servers(directory: Path, address: Address) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        index = stack.enter_context(kgservice(_INDEX, directory))
        two = stack.enter_context(kgservice(_TWO, directory, KG_WORKERS="2"))
        cypher = stack.enter_context(kgservice(_CYPHER, directory, KG_EVALUATOR="neo4j"))
        arguments = (address.uri, address.user)
        secret = {"BENCH_PASSWORD": address.password or ""}
        theirs = stack.enter_context(
            node_script(_THEIRS, "neo4j_graphql.mjs", *arguments, environment=secret)
        )
        yield [index, two, cypher, theirs]


def _asked(server: Server, hops: int, rows: int) -> tuple[str, dict[str, Any]]:
    id = f"{'shelf' if hops == 1 else 'hall'}-{rows}"
    ours, theirs = _DOCUMENTS[hops]
    if server.name == _THEIRS:
        return theirs, {"id": id}
    return ours, {"id": id, "rows": rows}


def _check(server: Server, hops: int, rows: int) -> None:
    expected = {one.id: one.label for one in products()}
    ids = on_shelf(rows) if hops == 1 else in_hall(rows)
    data = server.ask(*_asked(server, hops, rows))
    found = {one["id"]: one["label"] for one in _products(data)}
    if found != {id: expected[id] for id in ids}:
        raise SystemExit(f"{server.name} answers {hops} hops to {rows} rows otherwise")


def _products(data: Any) -> Iterator[dict[str, Any]]:
    """The objects of an answer that have a label, however deep they lie."""
    several = data.values() if isinstance(data, dict) else data
    if isinstance(data, dict) and "label" in data:
        yield data
    elif isinstance(several, list) or isinstance(data, dict):
        for one in several:
            yield from _products(one)


def _alone(server: Server, document: str, variables: Mapping[str, Any], seconds: float) -> float:
    """The median milliseconds of one request after another."""
    body = json.dumps({"query": document, "variables": dict(variables)}).encode()
    with _connected(server.url) as ask:
        for _ in range(20):
            ask(body)
        took = []
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            began = time.perf_counter()
            ask(body)
            took.append((time.perf_counter() - began) * 1_000)
    return statistics.median(took)


@contextmanager
def _connected(url: str) -> Iterator[Callable[[bytes], bytes]]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def ask(body: bytes) -> bytes:
        headers = {"content-type": "application/json"}
        connection.request("POST", parts.path, body, headers)
        response = connection.getresponse()
        content = response.read()
        if response.status != 200:
            raise SystemExit(f"{url}: {response.status}")
        return content

    try:
        yield ask
    finally:
        connection.close()
