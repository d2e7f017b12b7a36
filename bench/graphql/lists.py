"""Lists of 1, 100 and 1,000 entities with five fields each: requests a second, by server."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.graphql import stock
from bench.graphql.servers import Load, Server, kgservice, node_script, python_app
from bench.graphql.shop import products

SIZES = (1, 100, 1_000)

_OURS, _STOCK, _MERCURIUS = "kgservice", "Strawberry", "mercurius + JIT"
_FIELDS = "id label description degree aliases"
#: The others have nothing to choose from: they are asked for the first rows of what they hold.
OURS = f"""query Lists($first: Int!) {{
  answers(query: {{type: "Product"}}, first: $first) {{ nodes {{ {_FIELDS} }} }} }}"""
_DOCUMENTS = {
    _OURS: OURS,
    _STOCK: f"query Lists($first: Int!) {{ answers(first: $first) {{ nodes {{ {_FIELDS} }} }} }}",
}
_DOCUMENTS[_MERCURIUS] = _DOCUMENTS[_STOCK]


@dataclass(frozen=True, slots=True)
class Line:
    """What one server made of one size: the medians over the rounds."""

    server: str
    rows: int
    load: Load


def measured(directory: Path, rounds: int, seconds: float, connections: int) -> list[Line]:
    """Every server and size in turn, round by round; each answer is compared with the rows."""
    found: dict[tuple[str, int], list[Load]] = {}
    with _servers(directory) as servers:
        for server in servers:
            for rows in SIZES:
                _check(server, rows)
        for _ in range(rounds):
            for rows in SIZES:
                for server in servers:
                    document = _DOCUMENTS[server.name]
                    load = server.loaded(document, {"first": rows}, connections, seconds)
                    found.setdefault((server.name, rows), []).append(load)
    return [Line(name, rows, _median(loads)) for (name, rows), loads in found.items()]


def table(lines: list[Line]) -> Iterator[str]:
    """The lines as a table, with how many times as many we answer as each of the others."""
    found: Mapping[tuple[str, int], Load] = {(one.server, one.rows): one.load for one in lines}
    yield "| entities | server | requests a second | p50, ms | p99, ms | CPU, ms | ours, times |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for one in sorted(lines, key=lambda line: line.rows):
        load, ratio = one.load, found[_OURS, one.rows].rate / one.load.rate
        yield (
            f"| {one.rows:,} | {one.server} | {load.rate:,.0f} | {load.p50:.0f} | {load.p99:.0f} "
            f"| {load.core / load.rate * 1_000:.2f} | {ratio:.2f} |"
        )


@contextmanager
def _servers(directory: Path) -> Iterator[list[Server]]:
    rows = (directory / "rows.json").resolve()
    rows.write_text(json.dumps([one.shown for one in products()]), "utf-8")
    with ExitStack() as stack:
        ours = stack.enter_context(kgservice(_OURS, directory))
        strawberry = stack.enter_context(
            python_app(_STOCK, "bench.graphql.stock:make", {stock.ROWS: str(rows)})
        )
        mercurius = stack.enter_context(node_script(_MERCURIUS, "mercurius.mjs", str(rows)))
        yield [ours, strawberry, mercurius]


def _check(server: Server, rows: int) -> None:
    expected: list[dict[str, Any]] = [one.shown for one in products()[:rows]]
    found = server.ask(_DOCUMENTS[server.name], {"first": rows})["answers"]["nodes"]
    for one in (*found, *expected):
        one["aliases"] = sorted(one["aliases"])
    if found != expected:
        raise SystemExit(f"{server.name} answers otherwise: {found[:2]}, not {expected[:2]}")


def _median(loads: list[Load]) -> Load:
    names = ("rate", "p50", "p99", "core")
    return Load(**{name: statistics.median(getattr(one, name) for one in loads) for name in names})
