"""Many clients at a time, each asking one question after another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from bench.queries.facts import Asked
from bench.queries.report import Times, times
from bench.queries.ways import OverHttp, Ways, timed

CLIENTS = (1, 2, 4, 8, 16, 32)


@dataclass(frozen=True, slots=True)
class Crowd:
    """What so many clients got by one way: questions a second, and how long each took."""

    way: str
    clients: int
    rate: float
    took: Times


async def crowds(each: Ways, asked: Sequence[Asked], seconds: float) -> list[Crowd]:
    """Every way but those in process, with ever more clients, in turn."""
    cypher, matrix = each.urls
    ask: dict[str, Callable[[int], Awaitable[list[float]]]] = {
        "by hand": partial(_by_hand, each, asked, seconds),
        "Cypher, HTTP": partial(_over_http, cypher, asked, seconds),
        "index, HTTP": partial(_over_http, matrix, asked, seconds),
    }
    found = []
    for clients in CLIENTS:
        for name, one in ask.items():
            began = time.perf_counter()
            took = await one(clients)
            rate = len(took) / (time.perf_counter() - began)
            found.append(Crowd(name, clients, rate, times(took)))
    return found


def crowd_table(met: Sequence[Crowd]) -> str:
    """A row for each number of clients."""
    names = list(dict.fromkeys(one.way for one in met))
    rows = ["| clients | " + " | ".join(names) + " |", "|" + " --- |" * (len(names) + 1)]
    for clients in CLIENTS:
        cells = [
            f"{one.rate:,.0f} ({one.took.p50:.1f} / {one.took.p99:.1f})"
            for one in met
            if one.clients == clients
        ]
        rows.append(f"| {clients} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


async def _by_hand(each: Ways, asked: Sequence[Asked], seconds: float, clients: int) -> list[float]:
    until = time.perf_counter() + seconds
    took: list[float] = []

    async def client(number: int) -> None:
        while time.perf_counter() < until:
            took.append(
                await timed(each.inside.by_hand, asked[(number * 7 + len(took)) % len(asked)])
            )

    await asyncio.gather(*(client(number) for number in range(clients)))
    return took


async def _over_http(url: str, asked: Sequence[Asked], seconds: float, clients: int) -> list[float]:
    until = time.perf_counter() + seconds

    def client(number: int) -> list[float]:
        way, took = OverHttp(url), list[float]()
        try:
            while time.perf_counter() < until:
                began = time.perf_counter()
                way.ask(asked[(number * 97 + len(took)) % len(asked)])
                took.append((time.perf_counter() - began) * 1_000)
        finally:
            way.close()
        return took

    with ThreadPoolExecutor(clients) as threads:
        each = [asyncio.wrap_future(threads.submit(client, one)) for one in range(clients)]
        return [one for several in await asyncio.gather(*each) for one in several]
