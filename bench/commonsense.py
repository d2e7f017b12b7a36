"""What a ranker pays: commonsense of one query and forty products, ten statements each, over HTTP.

    python -m bench.commonsense

Mined assertions about sixty behaviors (one query, forty products, and others) are drawn at random
and loaded into a local Neo4j; every head has some twenty statements. A service whose index answers
is asked by a client that waits, again and again.
"""

from __future__ import annotations

import time
from pathlib import Path
from random import Random
from typing import Any

import click
import orjson

import migrations
from bench.queries.report import times
from bench.queries.ways import OverHttp
from bench.serving import Serving, service
from kgservice.graph.client import Address, Graph
from kgservice.local.instance import LocalOptions, attach
from kgservice.settings import read_settings
from loaders.formats import FORMATS
from loaders.order import Load
from loaders.reading.sources import Source
from loaders.run import load

_PRODUCTS, _TAILS = 40, 20
_QUERY = "tent for rain"
_RELATIONS = ("USED_FOR_FUNC", "USED_FOR_EVE", "USED_FOR_AUD", "CAPABLE_OF")
_TAIL_TYPES = ("function", "event", "audience", "function")

_DOCUMENT = """query ($heads: [CommonsenseHead!]!) {
  commonsense(heads: $heads, minPlausibility: 0.1, minTypicality: 0.1, first: 10) {
    known total statements { phrase typicality plausibility support } } }"""


@click.command()
@click.option("--times", "rounds", default=1_000, help="How often it is asked.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    default=Path("build/bench"),
    help="Where databases and indexes are kept from one run to the next.",
)
def main(rounds: int, directory: Path) -> None:
    """Load, and ask."""
    options = LocalOptions(
        data_dir=(directory / "commonsense").resolve(), cache_dir=read_settings().cache_dir
    )
    options.data_dir.mkdir(parents=True, exist_ok=True)
    products = [{"product": f"P{number}"} for number in range(_PRODUCTS)]
    body = {"query": _DOCUMENT, "variables": {"heads": [{"query": _QUERY}, *products]}}
    with attach(options, purpose="bench.commonsense") as running:
        _load(running.address, options.data_dir)
        with service(Serving(running.address, options.data_dir, "matrix")) as one:
            way = OverHttp(one.url)
            found = way.answered(body)["data"]["commonsense"]
            assert all(len(head["statements"]) == 10 for head in found), "ten of each"
            took = []
            for _ in range(rounds):
                began = time.perf_counter()
                way.answered(body)
                took.append((time.perf_counter() - began) * 1_000)
            way.close()
    click.echo(f"{len(found)} heads, ten statements each: {times(took)} ms (p50 / p95)")


def _load(address: Address, directory: Path) -> None:
    migrations.upgrade(address)
    file = directory / "assertions.jsonl"
    random = Random(7)
    file.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in _records(random)))
    with Graph.connect(address) as graph:
        order = Load(
            FORMATS["assertions"], [Source(str(file))], "bench", "bench", directory / "quarantine"
        )
        report = load(graph, order)
    assert not report.rejected, "every record is read"


def _records(random: Random) -> list[dict[str, Any]]:
    return [
        _record(product, tail, random) for product in range(_PRODUCTS) for tail in range(_TAILS)
    ]


def _record(product: int, tail: int, random: Random) -> dict[str, Any]:
    kind = tail % len(_RELATIONS)
    text = f"thing {tail} of {random.randrange(50)}"
    return {
        "schema_version": "1.0",
        "record_type": "assertion",
        "assertion_id": f"{product}/{tail}",
        "run_id": "bench",
        "marketplace": "US",
        "lang": "en",
        "behavior": {
            "type": "query_purchase",
            "behavior_id": f"b{product}",
            "query": {"text": _QUERY, "norm": _QUERY},
            "products": [
                {
                    "product_id": f"P{product}",
                    "title": f"Tent number {product}",
                    "category": "Tents",
                }
            ],
            "stats": {"count": random.randrange(1, 50)},
        },
        "domain": "Sports",
        "relation": _RELATIONS[kind],
        "tail": {"text": text, "norm": text, "type": _TAIL_TYPES[kind]},
        "scores": {
            "plausibility": round(random.uniform(0.2, 1), 3),
            "typicality": round(random.uniform(0.2, 1), 3),
        },
        "generator": {"model": "m", "version": "1", "prompt_template": "p"},
        "support": {"n_generations": 1, "n_behaviors": 1},
        "generated_at": "2026-01-01T00:00:00Z",
    }


if __name__ == "__main__":
    main()
