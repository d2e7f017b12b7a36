"""`kgservice import`: import files into an empty local Neo4j, from a terminal."""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from pathlib import Path

import click

from graph_schema.identifiers import Identifier
from kgservice.cli.db import local_options
from kgservice.errors import ConfigurationError
from kgservice.exporting.copying import ARGUMENTS
from kgservice.exporting.import_files import EMPTY, within
from kgservice.graph.client import Graph
from kgservice.graph.cypher import copying
from kgservice.local.instance import Running
from kgservice.local.offline import import_files
from kgservice.local.progress import Terminal, Witness
from kgservice.settings import read_settings
from migrations.neo4j_dialect.bookkeeping import prepare
from migrations.neo4j_dialect.comparison import differences


@click.command("import")
@click.argument("format", type=click.Choice(["neo4j-admin"]))
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
def import_command(format: str, directory: Path, as_json: bool) -> None:
    """Fill an empty local Neo4j from DIRECTORY, offline, by neo4j-admin.

    DIRECTORY is what `kgservice export triples --format neo4j-admin` wrote. The graph is the same
    to the last bit, what the loaders keep for themselves included: further loads go on as they
    would in the graph that was exported. The change log alone begins anew.

    \b
      kgservice export triples --format neo4j-admin --output graph
      KG_DATA_DIR=other kgservice import neo4j-admin graph
    """
    del format
    settings = read_settings()
    options = local_options(settings)
    began = time.monotonic()
    try:
        written = (directory / ARGUMENTS).read_text("utf-8").splitlines()
    except OSError as error:
        raise ConfigurationError(f"{directory / ARGUMENTS}: {error.strerror}") from error
    witness = Terminal(sys.stderr)
    arguments = [within(directory.resolve(), one) for one in written]
    done = import_files(options, arguments, partial(finish, witness), witness=witness)
    found = {
        "nodes": done.nodes,
        "relationships": done.relationships,
        "seconds": round(time.monotonic() - began, 2),
    }
    shown = f"{done.nodes:,} nodes and {done.relationships:,} relationships in {found['seconds']} s"
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
