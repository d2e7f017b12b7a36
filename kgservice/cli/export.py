"""`kgservice export`: statements and entities as a file, from a terminal."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO, Any

import click

from kgservice.cli.address import connected
from kgservice.cli.index import order_of, snapshot_of_now
from kgservice.errors import BadRequestError, ConfigurationError
from kgservice.exporting.copying import copy
from kgservice.exporting.export import Export
from kgservice.exporting.formats import FORMATS
from kgservice.exporting.wanted import Filters, Kind
from kgservice.graph.client import Graph
from kgservice.index.directory import IndexDirectory
from kgservice.ledger.tally import Level
from kgservice.local.progress import Terminal
from kgservice.settings import Settings, read_settings

_STANDARD_OUTPUT = "-"
#: Not a file of rows, but a directory of files for `kgservice import`.
_WHOLE = "neo4j-admin"


@click.command("export")
@click.argument("kind", type=click.Choice([kind.value for kind in Kind]))
@click.option(
    "--format",
    "format_name",
    type=click.Choice([*FORMATS, _WHOLE]),
    default="parquet",
    show_default=True,
    help=f"arrow is the IPC stream format, jsonl JSON Lines; {_WHOLE} copies the whole graph.",
)
@click.option("--output", required=True, metavar="PATH", help="The file to write; - for stdout.")
@click.option("--relations", multiple=True, help="Of these relations, by commas or repeated.")
@click.option("--types", multiple=True, help="Whose subject, or which itself, has such a type.")
@click.option("--object-types", multiple=True, help="Whose object has such a type.")
@click.option("--level", type=click.Choice([str(level) for level in Level]), help="Of this level.")
@click.option("--run", help="That this run asserts, and what is rolled up from that.")
@click.option("--min-plausibility", help="With this plausibility at least.")
@click.option("--min-typicality", help="With this typicality at least.")
@click.option("--min-support", help="With this support at least.")
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
def export_command(
    kind: str, format_name: str, output: str, as_json: bool, **options: str | tuple[str, ...] | None
) -> None:
    """Write all statements (triples) or entities, or those that the filters leave, to a file.

    Straight from the index, which is built or brought up to the graph first. Statements stand by
    relation, subject and object, entities by id; the same data give the same bytes. Parquet and
    Arrow files say their data version and filters in their metadata (kg.data_version, kg.filters).
    Naming a relation or type names those below it too.

    neo4j-admin writes a directory instead: the graph as it is stored, all of it, which `kgservice
    import` and `neo4j-admin database import full` read into an empty database.

    \b
      kgservice export triples --output triples.parquet
      kgservice export triples --relations USED_FOR,CAPABLE_OF --min-plausibility 0.7 \\
          --level rolled_up --output train.parquet
      kgservice export entities --types Product --format jsonl --output - | head
    """
    settings = read_settings()
    filters = Filters.of(_given(options))
    began = time.monotonic()
    with connected(settings, purpose="kgservice export") as graph:
        if format_name == _WHOLE:
            found = _copy(graph, Kind(kind), filters, Path(output))
        else:
            found = _write(_export(graph, settings, Kind(kind), filters, format_name), output)
    seconds = round(time.monotonic() - began, 2)
    counted = " and ".join(f"{found[name]:,} {name}" for name in found if name != "data_version")
    shown = f"{counted} of data version {found['data_version']} in {seconds} s"
    found |= {"seconds": seconds, "output": output}
    click.echo(json.dumps(found) if as_json else shown, err=output == _STANDARD_OUTPUT)


def _write(export: Export, output: str) -> dict[str, Any]:
    kind = export.wanted.kind.value
    with _target(output) as file, Terminal(sys.stderr).step(f"exporting {kind}") as advance:
        return {kind: export.write(file, advance), "data_version": export.mark.version}


def _copy(graph: Graph, kind: Kind, filters: Filters, output: Path) -> dict[str, Any]:
    """The whole graph as import files, in a directory that has its name when they are whole."""
    if kind is not Kind.TRIPLES or filters.given():
        raise BadRequestError(
            f"import files hold the whole graph: kgservice export triples --format {_WHOLE}, "
            "without filters"
        )
    part = output.with_name(output.name + ".part")
    if output.exists() or part.exists():
        raise ConfigurationError(f"{output} or {part.name} is there already: move it away")
    try:
        part.mkdir()
        with Terminal(sys.stderr).step("exporting the graph") as advance:
            copied = copy(graph, part, advance)
        part.replace(output)
    except OSError as error:
        raise ConfigurationError(f"{output} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return {
        "nodes": copied.nodes,
        "relationships": copied.relationships,
        "data_version": copied.data_version,
    }


def _given(options: Mapping[str, str | tuple[str, ...] | None]) -> dict[str, Sequence[str]]:
    """Options that were given: Click says nothing of a repeatable one by an empty tuple."""
    return {
        name: [value] if isinstance(value, str) else value
        for name, value in options.items()
        if value not in (None, ())
    }


def _export(
    graph: Graph, settings: Settings, kind: Kind, filters: Filters, format_name: str
) -> Export:
    indexes = IndexDirectory.below(settings.data_dir)
    snapshot, mark = snapshot_of_now(graph, indexes, order_of(settings))
    return Export.of(
        snapshot, mark, kind, filters, FORMATS[format_name], lambda: nullcontext(graph)
    )


@contextmanager
def _target(output: str) -> Iterator[IO[bytes]]:
    """The file to write, which takes its name when it is whole."""
    if output == _STANDARD_OUTPUT:
        yield sys.stdout.buffer
        return
    target = Path(output)
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise ConfigurationError(f"{output} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
