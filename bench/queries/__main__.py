"""The command: loads, asks, and prints a table."""

from __future__ import annotations

import asyncio
import statistics
from pathlib import Path
from random import Random

import click
import orjson

from bench.queries.codex import Asked, ensure_loaded, facts, questions
from bench.queries.report import Line, as_json, picture, table, times
from bench.queries.ways import ByHand, InProcess, OverHttp, Way, timed, ways
from kgservice.algebra.structures import STRUCTURES
from kgservice.graph.client import Address
from kgservice.local.instance import LocalOptions, attach
from kgservice.settings import read_settings

_SEED = 11


@click.command()
@click.option("--size", type=click.Choice(["s", "m"]), default="m", help="Which CoDEx.")
@click.option("--queries", default=100, help="Questions of each structure.")
@click.option("--rounds", default=3, help="How often each is asked by each way, plans warm.")
@click.option("--structures", default=",".join(STRUCTURES), help="Some of them, by commas.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    default=Path("build/bench"),
    help="Where the database of the benchmark is kept from one run to the next.",
)
@click.option("--picture", "svg", type=click.Path(path_type=Path), help="An SVG file to write.")
@click.option("--json", "machine", is_flag=True, help="JSON instead of a table.")
def main(
    size: str,
    queries: int,
    rounds: int,
    structures: str,
    directory: Path,
    svg: Path | None,
    machine: bool,
) -> None:
    """Ask questions of the fourteen structures by hand, in process and over HTTP, in turn.

    Every answer is checked. p50 / p95 in milliseconds. "First seen" is the first time that the
    relations of a question are asked together. The machine should have nothing else to do; even
    so, only ratios within one run mean anything.
    """
    settings = read_settings()
    local = LocalOptions(
        data_dir=(directory / size).resolve(),
        cache_dir=settings.cache_dir,
        version=settings.neo4j_version,
        mirror=settings.neo4j_mirror,
    )
    with attach(local, purpose="bench.queries") as running:
        ensure_loaded(running.address, size)
        found = facts(size)
        random = Random(_SEED)
        names = structures.split(",")
        asked = {name: questions(found, name, queries, random) for name in names}
        lines, trip = asyncio.run(_measured(running.address, asked, rounds))
    title = f"CoDEx-{size.upper()}, {queries} questions a structure: p50 and p95, ms"
    if svg is not None:
        svg.write_text(picture(lines, title), "utf-8")
    if machine:
        click.echo(orjson.dumps(as_json(lines, size=size, round_trip=trip)))
        return
    click.echo(f"{title}; RETURN 1 takes {trip:.2f} ms\n")
    click.echo(table(lines))
    every = times([one.p95_ratio for one in lines])
    click.echo(f"\np95 over HTTP beside by hand: median {every.p50:.2f}, worst {every.p95:.2f}")


async def _measured(
    address: Address, asked: dict[str, list[Asked]], rounds: int
) -> tuple[list[Line], float]:
    async with ways(address) as (by_hand, in_process, over_http):
        in_process.evaluator.prepare()
        await in_process.graph.plans.planned()
        for _ in range(200):
            await by_hand.round_trip()
        trip = statistics.median([await by_hand.round_trip() for _ in range(200)])
        lines = []
        for name, several in asked.items():
            line = await _line(name, several, rounds, by_hand, in_process, over_http)
            click.echo(f"{name}: {line.by_hand}, {line.over_http}", err=True)
            lines.append(line)
    return lines, trip


async def _line(
    name: str,
    asked: list[Asked],
    rounds: int,
    by_hand: ByHand,
    in_process: InProcess,
    over_http: OverHttp,
) -> Line:
    first_by_hand, first_in_process = [], []
    for one in asked:
        first_in_process.append(await timed(in_process, one))
        first_by_hand.append(await timed(by_hand, one))
    # From the second time on a question's own text is planned, beside the requests.
    for one in asked:
        await timed(in_process, one)
        for _ in range(2):
            await timed(over_http, one)
    await in_process.graph.plans.planned()
    each: tuple[Way, ...] = (by_hand, in_process, over_http)
    samples: list[list[float]] = [[] for _ in each]
    for _ in range(rounds):
        for one in asked:
            for way, took in zip(each, samples, strict=True):
                took.append(await timed(way, one))
    warm = [times(one) for one in samples]
    answers = int(statistics.median(len(one.answers) for one in asked))
    first = times(first_by_hand), times(first_in_process)
    return Line(name, len(asked), answers, warm[0], warm[1], warm[2], *first)


if __name__ == "__main__":
    main()
