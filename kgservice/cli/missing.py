"""`kgservice missing-heads`: what commonsense was asked of in vain, to be mined next."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import click

from kgservice.cli.address import migrated_address
from kgservice.cli.facts import print_table
from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import Address, AsyncGraph
from kgservice.graph.reads import CypherReads, surroundings
from kgservice.graph.records import Names
from kgservice.graph.vocabulary import fetch_vocabulary
from kgservice.model import MissingHead
from kgservice.serving.missing import still_missing
from kgservice.settings import read_settings

#: Seconds for all that is read: 10,000 heads take about one.
_SECONDS = 300.0


@click.command("missing-heads")
@click.option(
    "--first", type=click.IntRange(1), default=1_000, show_default=True, help="How many at most."
)
@click.option(
    "--min-asked", type=click.IntRange(1), default=1, show_default=True, help="How often at least."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line, for machines.")
def missing_heads(first: int, min_asked: int, as_json: bool) -> None:
    """What to mine next: heads that `commonsense` was asked of and is not known of.

    Services note them as they answer, within seconds. The most asked come first. What was loaded
    since leaves the list by itself, so a pipeline takes the first of them, mines, loads, and comes
    again. The queue keeps 100,000; beyond that the least asked go.
    """
    settings = read_settings()
    with migrated_address(settings, purpose="kgservice missing-heads") as address:
        found = asyncio.run(_found(address, first, min_asked))
    if as_json:
        for one in found:
            click.echo(json.dumps(_as_json(one), ensure_ascii=False))
        return
    header = ["asked", "last", "kind", "language", "query", "products"]
    print_table(header, [_row(one) for one in found])


async def _found(address: Address, first: int, least: int) -> list[MissingHead]:
    limit = TimeLimit("kgservice missing-heads", _SECONDS)
    async with AsyncGraph.connect(address) as graph:
        vocabulary = await fetch_vocabulary(graph, limit)
        around = await surroundings(graph, vocabulary, limit)
        reads = CypherReads(graph, vocabulary, around, Names(vocabulary))
        relations = vocabulary.commonsense_relations
        return await still_missing(graph, reads, relations, first, least, limit)


def _row(one: MissingHead) -> list[Any]:
    head = one.head
    last = one.last.isoformat(timespec="seconds")
    products = " ".join(head.products)
    return [one.asked, last, str(head.kind), head.language, head.query, products]


def _as_json(one: MissingHead) -> dict[str, Any]:
    return {
        "kind": str(one.head.kind),
        "products": list(one.head.products),
        "query": one.head.query,
        "language": one.head.language,
        "asked": one.asked,
        "first_asked": one.first.isoformat(timespec="seconds"),
        "last_asked": one.last.isoformat(timespec="seconds"),
    }
