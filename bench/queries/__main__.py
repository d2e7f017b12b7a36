"""The command: loads, asks, and prints tables."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bench.queries.crowds import crowd_table
from bench.queries.facts import questions
from bench.queries.measuring import measured
from bench.queries.report import by_themselves, first_table, picture, ratio_table, table
from bench.queries.worlds import SIZES, ensure, facts, local
from kgservice.algebra.structures import STRUCTURES
from kgservice.local.instance import attach

_SEED = 11


@click.command()
@click.option("--size", type=click.Choice(SIZES), default="m", help="CoDEx-S, CoDEx-M, synthetic.")
@click.option("--queries", default=100, help="Questions of each structure.")
@click.option("--rounds", default=3, help="How often each is asked by each way, plans warm.")
@click.option("--structures", default=",".join(STRUCTURES), help="Some of them, by commas.")
@click.option("--seconds", default=2.0, help="How long each crowd of clients asks; 0: no crowds.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    default=Path("build/bench"),
    help="Where databases and indexes are kept from one run to the next.",
)
@click.option("--picture", "svg", type=click.Path(path_type=Path), help="An SVG file to write.")
def main(
    size: str,
    queries: int,
    rounds: int,
    structures: str,
    seconds: float,
    directory: Path,
    svg: Path | None,
) -> None:
    """Ask questions of the fourteen structures by hand, in process and over HTTP, in turn.

    Every answer is checked. p50 / p95 in milliseconds. "First seen" is the first time that the
    relations of a question are asked together. The machine should have nothing else to do; even
    so, only ratios within one run mean anything.
    """
    options = local(directory / size)
    ensure(options, size)
    graph = facts(size)
    asked = questions(graph, structures.split(","), queries, _SEED)
    with attach(options, purpose="bench.queries") as running:
        lines, trip, met = asyncio.run(
            measured(running.address, options.data_dir, asked, rounds, seconds)
        )
    title = f"{size}, {queries} questions a structure: p50 and p95, ms"
    if svg is not None:
        svg.write_text(picture(lines, title), "utf-8")
    click.echo(f"{title}; RETURN 1 takes {trip:.2f} ms\n")
    click.echo(f"{table(lines)}\n\nfirst seen\n\n{first_table(lines)}\n")
    click.echo(f"beside by hand\n\n{ratio_table(lines, trip)}\n")
    alone = by_themselves(lines)
    click.echo(f"each way by itself\n\n{table(alone)}\n\n{ratio_table(alone, trip)}\n")
    if met:
        click.echo(f"requests a second (p50 / p99, ms)\n\n{crowd_table(met)}")


if __name__ == "__main__":
    main()
