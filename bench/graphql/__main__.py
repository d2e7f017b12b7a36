"""The commands: what is measured, and its table."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bench.graphql import costs as costs_bench
from bench.graphql import hops as hops_bench
from bench.graphql import lists as lists_bench
from bench.graphql.servers import install
from bench.graphql.shop import ensure_loaded
from bench.queries.worlds import local
from kgservice.graph.client import Address
from kgservice.local.instance import attach

_directory = click.option(
    "--directory",
    type=click.Path(path_type=Path),
    default=Path("build/bench/shop"),
    help="Where the database of the benchmark is kept from one run to the next.",
)
_rounds = click.option("--rounds", default=3, help="How often each is measured, in turn.")
_seconds = click.option("--seconds", default=4.0, help="How long each time.")


@click.group()
def main() -> None:
    """GraphQL of ours beside that of others; only ratios within one run mean anything."""


@main.command()
@_directory
@_rounds
@_seconds
@click.option("--connections", default=8, help="Requests that are asked at once.")
def lists(directory: Path, rounds: int, seconds: float, connections: int) -> None:
    """Lists of 1, 100 and 1,000 entities x 5 fields, beside Strawberry and mercurius with JIT."""
    install()
    with _shop(directory):
        lines = lists_bench.measured(directory, rounds, seconds, connections)
    for line in lists_bench.table(lines):
        click.echo(line)


@main.command()
@_directory
@_rounds
@_seconds
def hops(directory: Path, rounds: int, seconds: float) -> None:
    """One hop and two to 10, 100 and 1,000 rows, beside @neo4j/graphql on the same Neo4j."""
    install()
    with _shop(directory) as address:
        lines = hops_bench.measured(directory, address, rounds, seconds)
    for line in hops_bench.table(lines):
        click.echo(line)


@main.command()
@_directory
@_rounds
def costs(directory: Path, rounds: int) -> None:
    """What it costs to count, time and trace a request."""
    with _shop(directory) as address:
        lines = asyncio.run(costs_bench.measured(directory, address, rounds))
    for line in costs_bench.table(lines):
        click.echo(line)


@contextmanager
def _shop(directory: Path) -> Iterator[Address]:
    options = local(directory)
    with attach(options, purpose="bench.graphql") as running:
        ensure_loaded(running.address)
        yield running.address


if __name__ == "__main__":
    main()
