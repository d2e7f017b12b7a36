"""What the index of a running service costs: to build, in memory, and while a load comes in.

    python -m bench.following

CoDEx-M. A service of one worker, then of four, answers questions; the memory of each worker is
told. Then 1,000 statements between entities of their own are loaded, again and again, while four
clients ask: told are the seconds from the end of each load to the first answer that knows it, and
how long questions took meanwhile, beside when nothing was loaded.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import click

from bench.queries.facts import Asked, questions
from bench.queries.report import times
from bench.queries.ways import OverHttp
from bench.queries.worlds import ensure, facts, local
from bench.serving import Serving, service
from kgservice.algebra.structures import STRUCTURES
from kgservice.graph.client import Address, Graph
from kgservice.graph.cypher.bookkeeping import READ_DATA_VERSION
from kgservice.index.building import build
from kgservice.index.directory import IndexDirectory
from kgservice.local.instance import attach
from loaders.formats import FORMATS
from loaders.order import Load
from loaders.reading.sources import Source
from loaders.run import load

_SEED = 13
_CLIENTS = 4
_STATEMENTS = 1_000
_LOADS = 5


@click.command()
@click.option("--size", type=click.Choice(["s", "m"]), default="m", help="Which CoDEx.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    default=Path("build/bench"),
    help="Where databases and indexes are kept from one run to the next.",
)
def main(size: str, directory: Path) -> None:
    """Build, ask, load and ask."""
    options = local(directory / size)
    ensure(options, size)
    asked = questions(facts(size), list(STRUCTURES), 20, _SEED)
    with attach(options, purpose="bench.following") as running:
        _build(running.address)
        for workers in (1, 4):
            serving = Serving(running.address, options.data_dir, "matrix", workers)
            with service(serving) as one:
                crowd = _Crowd(one.url, asked)
                crowd.for_seconds(4.0)
                for rss, pss in one.memory():
                    click.echo(f"of {workers}: {rss / 2**20:.0f} MB, {pss / 2**20:.0f} its share")
                if workers == 1:
                    _follow(running.address, crowd)


def _build(address: Address) -> None:
    with Graph.connect(address) as graph, tempfile.TemporaryDirectory() as directory:
        began = time.perf_counter()
        manifest = build(graph, IndexDirectory(Path(directory)))
        seconds = time.perf_counter() - began
    size = manifest.bytes / 2**20
    click.echo(
        f"built from Neo4j: {manifest.statements:,} statements, {seconds:.1f} s, {size:.0f} MB"
    )


@dataclass
class _Crowd:
    """Clients that ask one question after another, each over a connection of its own."""

    url: str
    asked: Sequence[Asked]
    ended: bool = False
    took: list[float] = field(default_factory=list)

    def for_seconds(self, seconds: float) -> list[float]:
        """What each question took, in milliseconds."""
        with self.asking():
            time.sleep(seconds)
        return self.took

    def asking(self) -> _Asking:
        """All of them, for the length of a block."""
        return _Asking(self)

    def ask_on(self, number: int) -> None:
        way = OverHttp(self.url)
        for place in count(number * 31):
            if self.ended:
                way.close()
                return
            began = time.perf_counter()
            way.ask(self.asked[place % len(self.asked)])
            self.took.append((time.perf_counter() - began) * 1_000)


class _Asking:
    def __init__(self, crowd: _Crowd):
        self._crowd = crowd
        self._threads = ThreadPoolExecutor(_CLIENTS)

    def __enter__(self) -> None:
        self._crowd.ended, self._crowd.took = False, []
        self._running = [self._threads.submit(self._crowd.ask_on, one) for one in range(_CLIENTS)]

    def __exit__(self, *_: object) -> None:
        self._crowd.ended = True
        for one in self._running:
            one.result()
        self._threads.shutdown()


def _follow(address: Address, crowd: _Crowd) -> None:
    calm = times(crowd.for_seconds(4.0))
    seen = []
    with Graph.connect(address) as graph, crowd.asking():
        way = OverHttp(crowd.url)
        for _ in range(_LOADS):
            version = _load(graph)
            began = time.perf_counter()
            while (
                int(way.answered({"query": "{ __typename }"})["extensions"]["dataVersion"])
                < version
            ):
                time.sleep(0.02)
            seen.append(time.perf_counter() - began)
            time.sleep(0.5)
        way.close()
    busy = times(crowd.took)
    click.echo(f"{_STATEMENTS:,} statements more are answered after {_spread(seen)} s")
    click.echo(f"calm: p50 {calm.p50:.1f}, p99 {calm.p99:.1f} ms; ", nl=False)
    click.echo(f"while they are loaded: p50 {busy.p50:.1f}, p99 {busy.p99:.1f} ms")


def _load(graph: Graph) -> int:
    """Load statements that are new, and return the data version of then."""
    place = graph.value(READ_DATA_VERSION)
    rows = (
        f"new:{place}:{number}\tP361\tnew:{place}:{number // 2 + _STATEMENTS}\n"
        for number in range(_STATEMENTS)
    )
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "more.tsv"
        file.write_text("".join(rows), "utf-8")
        order = Load(
            FORMATS["triples"],
            [Source(str(file))],
            "bench more",
            f"after {place}",
            file.with_suffix(".quarantine"),
        )
        load(graph, order)
    version: int = graph.value(READ_DATA_VERSION)
    return version


def _spread(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds):.1f} ({min(seconds):.1f} to {max(seconds):.1f})"


if __name__ == "__main__":
    main()
