"""How the index does on graphs of any size: building, memory, questions, deltas.

    python -m bench.scale --size 2m
    python -m bench.scale --size cosmo
    python -m bench.scale --size cosmo --through-neo4j

The graph is drawn (bench.synthetic) and made an index straight from its columns, or imported into a
local Neo4j and made an index by what `kgservice index build` does, names included. A process of its
own then maps it, answers questions of the fourteen structures, and lays a delta of 1,000 statements
over it while it answers. Every answer is checked.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import click
import numpy as np

from bench.queries.facts import Asked, questions
from bench.queries.report import times
from bench.queries.ways import InProcess, timed
from bench.queries.worlds import SYNTHETIC, facts_of, local
from bench.serving import memory_of
from bench.synthetic import drawn, import_synthetic
from bench.synthetic_index import as_index
from graph_schema.ids import entity_key, statement_id
from kgservice.algebra.structures import STRUCTURES
from kgservice.graph.client import Graph
from kgservice.index.building import Order, build
from kgservice.index.delta import Delta
from kgservice.index.directory import IndexDirectory
from kgservice.index.evaluation import MatrixEvaluator
from kgservice.index.laying import laid_over
from kgservice.index.manifest import Mark
from kgservice.index.overlay import StatementRow
from kgservice.index.snapshot import Snapshot
from kgservice.index.tables import Tables
from kgservice.local.instance import LocalOptions, attach

_SEED = 11
_DELTA = 1_000
_NO_ORIGIN = (("synthetic",), (), ())


@click.command()
@click.option("--size", type=click.Choice(list(SYNTHETIC)), default="2m", help="How much.")
@click.option("--queries", default=100, help="Questions of each structure.")
@click.option("--rounds", default=3, help="How often each is asked, after a first time.")
@click.option("--through-neo4j", is_flag=True, help="Import the graph, and build from Neo4j.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    default=Path("build/bench"),
    help="Where the index and the database are kept while this runs.",
)
def main(size: str, queries: int, rounds: int, through_neo4j: bool, directory: Path) -> None:
    """Draw a graph, build its index, and ask."""
    began = time.perf_counter()
    graph = drawn(SYNTHETIC[size])
    _tell("drawn", began, f"{len(graph.ids):,} entities, {len(graph.subject):,} statements")
    options = local(directory / size)
    if through_neo4j:
        began = time.perf_counter()
        import_synthetic(graph, options)
        _tell("imported into Neo4j", began, "")
    asked = questions(facts_of(graph), list(STRUCTURES), queries, _SEED)
    context = multiprocessing.get_context("spawn")
    if through_neo4j:
        del graph
        with context.Pool(1) as pool:
            place = pool.apply(_built, (options, directory / f"{size}-index"))
    else:
        began = time.perf_counter()
        tables = as_index(graph, IndexDirectory(directory / f"{size}-columns"))
        _tell("built", began, f"{tables.manifest.bytes / 2**30:.2f} GB; {_peak():.1f} GB at most")
        place = tables.directory
        del graph, tables
    with context.Pool(1) as pool:
        pool.apply(_asked, (place, asked, rounds))


def _built(options: LocalOptions, place: Path) -> Path:
    """As `kgservice index build`; by stage how long it takes."""
    began = time.perf_counter()
    with (
        attach(options, purpose="bench.scale") as running,
        Graph.connect(running.address) as graph,
    ):
        _tell("Neo4j started", began, "")
        indexes = IndexDirectory(place)
        stages = _Stages()
        manifest = build(graph, indexes, Order(progress=stages.note))
        stages.note("end", 1, 1)
    click.echo(
        f"built from Neo4j: {manifest.seconds} s, {manifest.bytes / 2**30:.2f} GB; "
        f"{_peak():.1f} GB of memory at most"
    )
    current = indexes.current()
    assert current is not None, "an index was built"
    return current


@dataclass(slots=True)
class _Stages:
    """Tells how long each stage of a build took, when the next begins."""

    stage: str = ""
    began: float = field(default_factory=time.perf_counter)

    def note(self, stage: str, done: int, of: int) -> None:
        """Hear of progress."""
        del done, of
        if stage != self.stage:
            if self.stage:
                _tell(f"  {self.stage}", self.began, "")
            self.stage, self.began = stage, time.perf_counter()


def _peak() -> float:
    """The most memory that this process has had, GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def _asked(place: Path, asked: Sequence[Asked], rounds: int) -> None:
    before = memory_of("self")
    began = time.perf_counter()
    tables = Tables.open(place)
    _tell("opened, every file checked", began, "")
    snapshot = Snapshot.of(tables)
    every = asyncio.run(_times_of(snapshot, asked, rounds))
    for name, took in every.items():
        found = times(took)
        click.echo(f"| {name} | {found.p50:.3f} | {found.p95:.2f} | {found.p99:.2f} |")
    rss, pss = (now - then for now, then in zip(memory_of("self"), before, strict=True))
    click.echo(f"memory: {rss / 2**30:.2f} GB of pages, {pss / 2**30:.2f} its share")
    _follow(snapshot, asked)
    rss, _ = memory_of("self")
    click.echo(f"memory with a delta: {(rss - before[0]) / 2**30:.2f} GB")


async def _times_of(
    snapshot: Snapshot, asked: Sequence[Asked], rounds: int
) -> dict[str, list[float]]:
    way = InProcess(MatrixEvaluator(snapshot))
    found: dict[str, list[float]] = {}
    for turn in range(rounds + 1):
        for one in asked:
            took = await timed(way, one)
            if turn:
                found.setdefault(one.structure, []).append(took)
    return found


@dataclass(slots=True)
class _Served:
    """What questions are answered from: replaced whole, as a service does."""

    snapshot: Snapshot
    took: list[float]
    ended: bool = False


def _follow(snapshot: Snapshot, asked: Sequence[Asked]) -> None:
    """Deltas laid over the tables on one thread, questions answered on another."""
    tables = snapshot.tables
    served = _Served(snapshot, [])
    calm = _Served(snapshot, [])
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(_answer_on, calm, asked)
        time.sleep(3)
        calm.ended = True
        running.result()
        deltas = [_delta(tables, turn) for turn in range(1, 6)]
        running = thread.submit(_answer_on, served, asked)
        seconds = []
        for delta in deltas:
            began = time.perf_counter()
            served.snapshot = laid_over(tables, delta)
            seconds.append(time.perf_counter() - began)
            time.sleep(0.2)
        served.ended = True
        running.result()
    for what, one in (("calm", calm), ("while five deltas come", served)):
        click.echo(f"{what}: p50 {times(one.took).p50:.3f}, p99 {times(one.took).p99:.2f} ms")
    click.echo(f"a delta of {_DELTA:,} statements more: {statistics.median(seconds):.2f} s")


def _answer_on(served: _Served, asked: Sequence[Asked]) -> None:
    async def answer() -> None:
        while not served.ended:
            for one in asked:
                began = time.perf_counter()
                await InProcess(MatrixEvaluator(served.snapshot)).ids(one)
                served.took.append((time.perf_counter() - began) * 1_000)

    asyncio.run(answer())


def _delta(tables: Tables, turn: int) -> Delta:
    """So many statements that are new, of entities and relations that are known."""
    random = Random(turn)
    relations = sorted(tables.codes.relations)
    everyone = tables.entities.ids
    rows = {}
    for _ in range(_DELTA * turn):
        ends = np.array([random.randrange(len(everyone)) for _ in range(2)])
        subject, object = everyone.ids(ends)
        relation = random.choice(relations)
        id = statement_id(subject, relation, entity_key(object))
        rows[id] = StatementRow(
            id, subject, relation, object, None, 0.5, 0.5, 1, "asserted", _NO_ORIGIN
        )
    mark = Mark("synthetic", 1 + turn, None)
    return Delta(mark, tables.vocabulary, {}, rows)


def _tell(what: str, began: float, more: str) -> None:
    click.echo(f"{what}: {time.perf_counter() - began:.1f} s  {more}".rstrip())


if __name__ == "__main__":
    main()
