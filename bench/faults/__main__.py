"""The command: starts everything, lets it flow, kills by plan, and says what came of it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import click

import migrations
from bench.faults.asking import Failover, Instance
from bench.faults.instances import Process
from bench.faults.plan import Events, Plan
from bench.faults.report import report
from bench.faults.traffic import Traffic, highest_rate, questions
from kgservice.cli.demo import load_sample
from kgservice.graph.client import Address, Graph
from kgservice.local.instance import LocalOptions, attach
from kgservice.settings import read_settings

_SEED = 5
_RECORDED = """
MATCH (o:__Outcome) WHERE o.session STARTS WITH 'fault-' RETURN collect(o.session)
"""


@click.command()
@click.option("--minutes", default=30.0, help="How long traffic flows.")
@click.option("--rate", type=float, help="Requests a second; else 80 % of the highest that holds.")
def main(minutes: float, rate: float | None) -> None:
    """Mixed traffic, while Neo4j and an instance are killed, and another is ended."""
    settings = read_settings()
    with TemporaryDirectory() as name:
        directory = Path(name)
        options = LocalOptions(directory, settings.cache_dir, version=settings.neo4j_version)
        with attach(options, purpose="bench.faults") as running:
            migrations.upgrade(running.address)
            load_sample(running.address, settings.model_copy(update={"data_dir": directory}))
            both = [Process("one", directory), Process("two", directory)]
            for one in both:
                one.start()
                one.await_ready()
            try:
                _run(options, running.address, both, minutes * 60, rate)
            finally:
                for one in both:
                    one.kill()


def _run(
    options: LocalOptions,
    address: Address,
    both: list[Process],
    seconds: float,
    rate: float | None,
) -> None:
    events = Events()
    traffic = asyncio.run(_flowing(options, both, seconds, rate, events))
    with Graph.connect(address) as graph:
        recorded = Counter(graph.value(_RECORDED))
    for line in report(traffic, events, both, seconds):
        click.echo(line)
    lost = traffic.acknowledged - recorded.keys()
    twice = [one for one, count in recorded.items() if count > 1]
    click.echo(
        f"\noutcomes: {len(traffic.acknowledged):,} acknowledged, {len(lost)} of them lost, "
        f"{len(twice)} kept twice"
    )
    noted = [line for one in both for line in one.log.read_text("utf-8").splitlines()]
    click.echo(f"internal errors in the logs: {sum('internal error' in one for one in noted)}")
    for wrong in traffic.wrongs[:5]:
        click.echo(f"WRONG {wrong[:1_000]}")
    if lost or twice or traffic.wrongs:
        raise SystemExit(1)


async def _flowing(
    options: LocalOptions,
    both: list[Process],
    seconds: float,
    rate: float | None,
    events: Events,
) -> Traffic:
    instances = [Instance(one.url) for one in both]
    traffic = Traffic(Failover(instances), questions(), Random(_SEED))
    await traffic.learn()
    if rate is None:
        highest = await highest_rate(traffic, min(20.0, seconds / 4))
        rate = 0.8 * highest
        events.note(f"{highest:.0f} requests a second hold; {rate:.0f} flow")
    events.began = time.monotonic()
    plan = Plan(options, both[0], both[1], seconds, events)
    carrying_out = asyncio.create_task(asyncio.to_thread(plan.carry_out))
    await traffic.flow(rate, lambda: time.monotonic() - events.began > seconds)
    plan.over.set()
    await carrying_out
    return traffic


if __name__ == "__main__":
    main()
