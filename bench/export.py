"""How fast exports are, straight from the tables of the index: statements a second by format.

    python -m bench.export

CoDEx-M (206,205 statements) is loaded and indexed once, in a directory that is kept. Each format is
then written to a file in turns; the best turn counts, for neighbours on the machine only ever make
one slower. The last lines say where the time of Parquet goes, each step by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile

import click
import numpy as np
import pyarrow as pa

from bench.queries.worlds import ensure_loaded, local
from kgservice.exporting.columns import STATEMENTS, EntityColumns, StatementColumns
from kgservice.exporting.export import TABLE_ROWS, Export
from kgservice.exporting.formats import FORMATS
from kgservice.exporting.identifying import statement_ids
from kgservice.exporting.ordering import StatementOrdering
from kgservice.exporting.wanted import Filters, Kind, Wanted
from kgservice.graph.client import Graph
from kgservice.index.building import build
from kgservice.index.directory import IndexDirectory
from kgservice.index.snapshot import Snapshot
from kgservice.index.tables import Tables
from kgservice.local.instance import attach


@click.command()
@click.option("--size", type=click.Choice(["s", "m"]), default="m", help="Which CoDEx.")
@click.option("--turns", default=5, help="How often each format is written.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    default=Path("build/bench"),
    help="Where the database of the benchmark is kept from one run to the next.",
)
def main(size: str, turns: int, directory: Path) -> None:
    """Write CoDEx in every format, and say how long it takes."""
    snapshot, tables = _indexed(directory / f"codex-{size}", size)
    exports = {
        name: Export(snapshot, tables.manifest.mark, _everything(snapshot), format)
        for name, format in FORMATS.items()
    }
    seconds: dict[str, list[float]] = {name: [] for name in exports}
    of_cpu: dict[str, list[float]] = {name: [] for name in exports}
    sizes = {}
    rows = 0
    for _ in range(turns):
        for name, export in exports.items():
            with TemporaryFile() as file:
                began, worked = time.perf_counter(), time.process_time()
                rows = export.write(file, lambda _: None)
                seconds[name].append(time.perf_counter() - began)
                of_cpu[name].append(time.process_time() - worked)
                sizes[name] = file.tell()
    print(f"CoDEx-{size.upper()}: {rows:,} statements, best of {turns} turns")
    for name, times in seconds.items():
        print(
            f"  {name:8} {rows / min(times):11,.0f} a second, of CPU time "
            f"{rows / min(of_cpu[name]):11,.0f}, {sizes[name] / rows:6.1f} B each"
        )
    _explain(snapshot, rows, turns)


def _indexed(directory: Path, size: str) -> tuple[Snapshot, Tables]:
    options = local(directory)
    indexes = IndexDirectory(directory / "export-index")
    if indexes.current() is None:
        with attach(options, purpose="bench") as running:
            ensure_loaded(running.address, size)
            with Graph.connect(running.address) as graph:
                build(graph, indexes)
    current = indexes.current()
    assert current is not None
    tables = Tables.open(current)
    return Snapshot.of(tables), tables


def _everything(snapshot: Snapshot) -> Wanted:
    return Wanted.of(Kind.TRIPLES, Filters(), snapshot.vocabulary)


def _explain(snapshot: Snapshot, rows: int, turns: int) -> None:
    """The steps of an export to Parquet, each by itself."""
    pieces = list(StatementOrdering(snapshot, _everything(snapshot)).pieces())
    columns = StatementColumns(snapshot, EntityColumns(snapshot))
    made = [table for piece in pieces for table in columns.tables(piece, TABLE_ROWS)]
    names = snapshot.codes.relations
    codes = {name: code for code, name in enumerate(names)}

    def identify() -> None:
        for table in made:
            relations = np.array([codes[one] for one in table["relation"].to_pylist()])
            keys = pa.array(["e" + one for one in table["object"].to_pylist()])
            statement_ids(table["subject"].combine_chunks(), relations, names, keys)

    def encode() -> None:
        with FORMATS["parquet"].opened(BytesIO(), STATEMENTS) as write:
            for table in made:
                write(table)

    steps: dict[str, Callable[[], object]] = {
        "order": lambda: list(StatementOrdering(snapshot, _everything(snapshot)).pieces()),
        "columns": lambda: [
            len(one) for piece in pieces for one in columns.tables(piece, TABLE_ROWS)
        ],
        "of these, ids": identify,
        "encode": encode,
    }
    for name, work in steps.items():
        best = min(_worked(work) for _ in range(turns))
        print(f"  {name:14} {best / rows * 1e6:6.2f} us of CPU time a statement")


def _worked(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    main()
