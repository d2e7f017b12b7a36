"""`kgservice import`: an empty local Neo4j is filled offline, from a terminal."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

import migrations
from graph_schema.identifiers import Identifier
from kgservice.cli.db import local_options
from kgservice.cli.load import leave_unless_whole, load_options, load_order, print_report
from kgservice.cli.watching import stopped_by_a_signal, watched
from kgservice.errors import ConfigurationError
from kgservice.exporting.copying import ARGUMENTS, copy
from kgservice.exporting.import_files import EMPTY, within
from kgservice.graph.client import Graph
from kgservice.graph.cypher import copying
from kgservice.local.instance import Running
from kgservice.local.offline import import_files, refuse_filled
from kgservice.local.progress import Terminal, Witness
from kgservice.settings import Settings, read_settings
from loaders.formats import FORMATS
from loaders.order import Load
from loaders.report import Report
from loaders.run import load
from loaders.staging.graph import FILE, StagedGraph
from migrations.neo4j_dialect.bookkeeping import prepare
from migrations.neo4j_dialect.comparison import differences

_FILES = "neo4j-admin"
_STAGED = "staged"


@click.command("import")
@click.argument("format", type=click.Choice([*FORMATS, _STAGED, _FILES]))
@click.argument("files", nargs=-1, required=True)
@load_options
@click.option(
    "--staged",
    type=click.Path(file_okay=False, path_type=Path),
    help="Only stage in this directory, beside what was staged there before.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
def import_command(
    format: str, files: Sequence[str], staged: Path | None, as_json: bool, **options: Any
) -> None:
    """Fill an empty local Neo4j offline, by neo4j-admin.

    FILES of a FORMAT are what `kgservice load` takes, with the same options, checks and quarantine,
    and the graph is the one that the load would have made; the change log alone begins anew.
    Several formats and data sets are staged one after another, and then imported together.

    \b
      kgservice import triples facts.tsv.gz --dataset facts --new-relations register
    \b
      kgservice import entities entities.jsonl --dataset films --staged DIR
      kgservice import triples facts.jsonl --dataset films --staged DIR
      kgservice import staged DIR

    DIR of `import neo4j-admin DIR` is what `kgservice export triples --format neo4j-admin` wrote:
    that graph, to the last bit.

    \b
      kgservice export triples --format neo4j-admin --output DIR
      KG_DATA_DIR=other kgservice import neo4j-admin DIR
    """
    settings = read_settings()
    if format in (_STAGED, _FILES):
        directory = _only(files)
        fill = _import_files if format == _FILES else _import_staged
        _show(fill(settings, directory), as_json=as_json)
        return
    order = load_order(files, settings, {"format": format, **options})
    if staged is not None:
        report = _stage(order, staged)
        print_report(report, order, as_json=as_json)
        leave_unless_whole(report)
        return
    refuse_filled(local_options(settings).home)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".kgservice-staged-", dir=settings.data_dir) as name:
        report = _stage(order, Path(name))
        if order.dry_run or report.stopped:
            print_report(report, order, as_json=as_json)
        elif as_json:
            imported = _import_staged(settings, Path(name))
            click.echo(json.dumps({**report.as_json(), "imported": imported}))
        else:
            print_report(report, order, as_json=False)
            _show(_import_staged(settings, Path(name)), as_json=False)
    leave_unless_whole(report)


def _only(files: Sequence[str]) -> Path:
    if len(files) != 1:
        raise click.UsageError(f"one directory, and not {len(files)}")
    return Path(files[0])


def _stage(order: Load, directory: Path) -> Report:
    """Load into a staged graph."""
    with (
        StagedGraph.opened(directory) as graph,
        watched(f"staging {order.format.name}", order.sources) as watch,
        stopped_by_a_signal() as stop,
    ):
        return load(graph, order, watch=watch, stop=stop)


def _import_staged(settings: Settings, directory: Path) -> dict[str, Any]:
    """Write import files of a staged graph, and import them."""
    if not (directory / FILE).is_file():
        raise ConfigurationError(f"nothing was staged in {directory}: there is no {FILE}")
    refuse_filled(local_options(settings).home)
    with tempfile.TemporaryDirectory(prefix="files-", dir=directory) as name:
        files = Path(name)
        with (
            StagedGraph.opened(directory) as graph,
            Terminal(sys.stderr).step("writing import files") as advance,
        ):
            copy(graph, files, advance)
        return _import_files(settings, files)


def _import_files(settings: Settings, directory: Path) -> dict[str, Any]:
    """Import files that say how they are read."""
    options = local_options(settings)
    began = time.monotonic()
    try:
        written = (directory / ARGUMENTS).read_text("utf-8").splitlines()
    except OSError as error:
        raise ConfigurationError(f"{directory / ARGUMENTS}: {error.strerror}") from error
    witness = Terminal(sys.stderr)
    arguments = [within(directory.resolve(), one) for one in written]
    done = import_files(options, arguments, partial(finish, witness), witness=witness)
    return {
        "nodes": done.nodes,
        "relationships": done.relationships,
        "seconds": round(time.monotonic() - began, 2),
    }


def _show(found: dict[str, Any], *, as_json: bool) -> None:
    """What was imported, and how long it took."""
    nodes, relationships, seconds = found.values()
    shown = f"{nodes:,} nodes and {relationships:,} relationships in {seconds} s"
    click.echo(json.dumps(found) if as_json else shown)


def finish(witness: Witness, running: Running) -> None:
    """What import files cannot say, and the constraints and indexes."""
    with Graph.connect(running.address) as graph:
        for label in graph.value(copying.LABELS):
            if label.startswith(EMPTY):
                name = Identifier(label.removeprefix(EMPTY))
                graph.run(copying.empty_lists(Identifier(label), name))
        prepare(graph)
        missing = differences(graph).missing
        with witness.step("constraints and indexes", len(missing)) as advance:
            for item in missing:
                graph.run(item.create())
                advance(1)
            graph.run("CALL db.awaitIndexes(86400)")
        if not migrations.current(graph):
            migrations.adopt(running.address)
