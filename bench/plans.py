"""How often Neo4j has the plan of what it is asked, counted by Neo4j itself.

    python -m bench.plans

`CALL db.clearQueryCaches()` says how many plans it threw away. So after it was called, a number of
questions were asked, and it is called again, it says how many plans these cost: the rest found
theirs. Questions are those of the fourteen structures on CoDEx-M, each asked once, so that hardly
any two ask the same relations: first after the start of a service, whose usual texts are planned;
then again and again, when texts of their own are planned beside the requests; then by hand.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

import click

from bench.queries.facts import Asked, questions
from bench.queries.ways import InProcessWays, Way, in_process, timed
from bench.queries.worlds import ensure, facts, local
from kgservice.algebra.structures import STRUCTURES
from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import Address
from kgservice.local.instance import attach

_SEED = 12
_CLEAR = "CALL db.clearQueryCaches() YIELD value RETURN value"


@click.command()
@click.option("--size", type=click.Choice(["s", "m"]), default="m", help="Which CoDEx.")
@click.option("--queries", default=50, help="Questions of each structure.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    default=Path("build/bench"),
    help="Where databases and indexes are kept from one run to the next.",
)
def main(size: str, queries: int, directory: Path) -> None:
    """Count plans."""
    options = local(directory / size)
    ensure(options, size)
    asked = questions(facts(size), list(STRUCTURES), queries, _SEED)
    with attach(options, purpose="bench.plans") as running:
        asyncio.run(_counted(running.address, options.data_dir, asked))


async def _counted(address: Address, data_dir: Path, asked: Sequence[Asked]) -> None:
    async with in_process(address, data_dir) as each:
        await _cleared(each)
        each.prepare()
        await each.graph.plans.planned()
        click.echo(f"planned when a service starts: {await _cleared(each)}")
        each.prepare()
        await each.graph.plans.planned()
        await _tell(each, "asked for the first time", each.cypher, asked)
        for _ in range(2):
            await _ask(each.cypher, asked)
        await each.graph.plans.planned()
        await _tell(each, "asked again, by name", each.cypher, asked)
        await _tell(each, "by hand, for the first time", each.by_hand, asked)


async def _tell(each: InProcessWays, what: str, way: Way, asked: Sequence[Asked]) -> None:
    await _ask(way, asked)
    plans = await _cleared(each)
    click.echo(f"{what}: {len(asked)} questions, {plans} plans in the cache")


async def _ask(way: Way, asked: Sequence[Asked]) -> None:
    for one in asked:
        await timed(way, one)


async def _cleared(each: InProcessWays) -> int:
    said = await each.graph.value(_CLEAR, {}, TimeLimit("bench", 60.0))
    found = re.search(r"\d+", said)
    return int(found[0]) if found else 0


if __name__ == "__main__":
    main()
