"""What resolution takes over HTTP, beside the same call in process, and what a worker holds.

The names of the trial are loaded by the loaders into a local Neo4j, an index is built with vectors,
and a service of one worker answers from it.
"""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path
from typing import Any

import orjson

import migrations
from bench.queries.report import times
from bench.queries.ways import OverHttp
from bench.resolution.measuring import SEED, any_misspelling, whole_trial
from bench.resolution.speed import milliseconds
from bench.resolution.worlds import World, distinct_names
from bench.serving import Serving, service
from kgservice.graph.client import Address, Graph
from kgservice.index.building import Order, build
from kgservice.index.directory import IndexDirectory
from kgservice.index.opening import open_current
from kgservice.local.instance import LocalOptions, attach
from kgservice.model import Mention
from kgservice.resolution.encoder import packaged_encoder
from kgservice.settings import read_settings
from loaders.formats import FORMATS
from loaders.order import Load
from loaders.reading.sources import Source
from loaders.run import load

_BATCH, _WARMING = 100, 200
_DOCUMENT = """query ($mentions: [MentionInput!]!) { resolve(mentions: $mentions) {
  nilProbability match { entity { id } } candidates { entity { id } confidence } } }"""


def tell_served(directory: Path, calls: int) -> None:
    """Single calls both ways, in turn and apart, batches over HTTP, and memory of workers."""
    rng = random.Random(SEED)
    place = (directory / "served").resolve()
    world = whole_trial().world
    names = distinct_names(world)
    texts, others = (
        [any_misspelling(rng.choice(names), rng) for _ in range(calls + _WARMING)] for _ in range(2)
    )
    options = LocalOptions(data_dir=place, cache_dir=read_settings().cache_dir)
    place.mkdir(parents=True, exist_ok=True)
    with attach(options, purpose="bench.resolution") as running:
        _load(running.address, world, place)
        opened = open_current(IndexDirectory.below(place), packaged_encoder())
        assert opened is not None, "it was built"
        with service(Serving(running.address, place, "matrix")) as one:
            way = OverHttp(one.url)
            bodies = [_body([text]) for text in texts]
            found = way.answered(bodies[0])["data"]["resolve"]
            assert len(found) == 1, "one resolution for one mention"
            http, here = [], []
            for text, body in zip(texts, bodies, strict=True):
                http.append(milliseconds(partial(way.answered, body)))
                here.append(milliseconds(partial(opened.resolver.resolve, [Mention(text)])))
            # And each way by itself, so that neither finds its caches filled by the other.
            alone_http = [milliseconds(partial(way.answered, _body([text]))) for text in others]
            alone = [
                milliseconds(partial(opened.resolver.resolve, [Mention(text)])) for text in others
            ]
            together = [_body(texts[at : at + _BATCH]) for at in range(0, len(texts), _BATCH)]
            batches = [milliseconds(partial(way.answered, body)) for body in together]
            way.close()
        print(
            f"{len(names):,} names: over HTTP {times(http[_WARMING:])} ms, in process"
            f" {times(here[_WARMING:])} ms (p50 / p95, in turn); each by itself"
            f" {times(alone_http)} and {times(alone)}; in batches of {_BATCH}"
            f" {len(texts) / sum(batches) * 1e3:,.0f} a second"
        )
        for workers in (1, 2):
            _tell_memory(Serving(running.address, place, "matrix", workers), together)


def _tell_memory(serving: Serving, together: list[dict[str, Any]]) -> None:
    """What each worker holds when all have answered, and its share of what they share."""
    with service(serving) as one:
        for body in together:
            # A connection goes to whichever worker takes it.
            way = OverHttp(one.url)
            way.answered(body)
            way.close()
        for resident, share in one.memory():
            print(
                f"of {serving.workers}: {resident / 2**20:,.0f} MB, {share / 2**20:,.0f} its share"
            )


def _body(texts: list[str]) -> dict[str, Any]:
    return {"query": _DOCUMENT, "variables": {"mentions": [{"text": text} for text in texts]}}


def _load(address: Address, world: World, place: Path) -> None:
    """Load the names, unless the graph holds something already."""
    migrations.upgrade(address)
    with Graph.connect(address) as graph:
        if graph.value("MATCH (e:Entity) RETURN count(e)"):
            return
        file = place / "entities.jsonl"
        things = (
            {
                "id": thing.id,
                "label": thing.label,
                "aliases": [alias for alias in thing.aliases if alias.strip()],
                "description": thing.description,
                "types": thing.types,
            }
            for thing in world.things.values()
        )
        file.write_bytes(b"".join(orjson.dumps(thing) + b"\n" for thing in things))
        order = Load(FORMATS["entities"], [Source(str(file))], "bench", "bench", place / "refused")
        print(load(graph, order))
        build(graph, IndexDirectory.below(place), Order(encoder=packaged_encoder()))
