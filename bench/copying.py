"""How long it takes to get a graph into Neo4j: by the loaders, and from import files.

    python -m bench.copying
    python -m bench.copying --statements 1000000

The loaders read the triples from a file into an empty local Neo4j (`kgservice load`). The same file
goes the other way (`kgservice import triples`): staged, written as import files, and those are read
into another empty one, constraints and indexes included. The graph that stands online is written as
import files too (`kgservice export --format neo4j-admin`). Seconds are for each million statements,
the starts of servers among them where the command has them.
"""

from __future__ import annotations

import tempfile
import time
from functools import partial
from pathlib import Path

import click

from bench.loading import codex, ours, server, synthetic
from bench.queries.worlds import DATA, local
from kgservice.cli.importing import finish
from kgservice.exporting.copying import ARGUMENTS, copy
from kgservice.exporting.import_files import within
from kgservice.local.offline import import_files
from kgservice.local.progress import Silent
from loaders.staging.graph import StagedGraph


@click.command()
@click.option("--statements", default=0, help="A synthetic graph of this size, not CoDEx-M.")
@click.option("--directory", type=click.Path(path_type=Path), help="Where files and graphs go.")
def main(statements: int, directory: Path | None) -> None:
    """Load a file; and stage it, write import files, and import those."""
    facts = synthetic(statements) if statements else codex(DATA / "codex")
    with tempfile.TemporaryDirectory(dir=directory) as temporary:
        place = Path(temporary)
        file, files, exported = place / "facts.tsv", place / "files", place / "exported"
        file.write_text("".join("\t".join(fact) + "\n" for fact in facts), encoding="utf-8")
        files.mkdir()
        exported.mkdir()
        print(f"{len(facts):,} statements; seconds for each million:", flush=True)
        with server(place) as graph:
            began = time.perf_counter()
            report = ours(graph, file, lambda _: None)
            _tell("load", len(facts), began, f"{report.read:,} read")
            began = time.perf_counter()
            copied = copy(graph, exported, lambda _: None)
            _tell("export", len(facts), began, copied)
        with StagedGraph.opened(place / "staged") as staged:
            began = time.perf_counter()
            report = ours(staged, file, lambda _: None)
            _tell("stage", len(facts), began, f"{report.read:,} read")
            began = time.perf_counter()
            _tell("write", len(facts), began, copy(staged, files, lambda _: None))
        size = sum(path.stat().st_size for path in files.iterdir())
        other = local(place / "other")
        arguments = [within(files, one) for one in (files / ARGUMENTS).read_text().splitlines()]
        began = time.perf_counter()
        done = import_files(other, arguments, partial(finish, Silent()))
        _tell("import", len(facts), began, done)
        print(f"  the files have {size / len(facts):.0f} B a statement")


def _tell(what: str, statements: int, began: float, done: object) -> None:
    seconds = time.perf_counter() - began
    print(f"  {what:8} {seconds / statements * 1e6:8.1f}   ({seconds:.1f} s: {done})", flush=True)


if __name__ == "__main__":
    main()
