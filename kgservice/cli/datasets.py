"""`kgservice datasets` and `kgservice retract`: what is loaded, who comes first, who goes."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import click

from kgservice.cli.address import connected
from kgservice.cli.facts import print_table
from kgservice.cli.load import STOPPED
from kgservice.cli.watching import stopped_by_a_signal
from kgservice.graph.client import Graph
from kgservice.graph.cypher import bookkeeping
from kgservice.local.progress import Advance, Terminal
from kgservice.settings import read_settings
from loaders.priority import set_priority
from loaders.retraction import Retracted, retract

#: As `kgservice load --dataset` takes it.
DATASET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
@click.pass_context
def datasets(context: click.Context, as_json: bool) -> None:
    """What is loaded: data sets with their priority, runs and assertions."""
    if context.invoked_subcommand is not None:
        return
    with connected(read_settings(), purpose="kgservice datasets") as graph:
        rows = graph.value(bookkeeping.READ_DATASETS)
    names = ["dataset", "priority", "runs", "assertions", "entities"]
    if as_json:
        click.echo(json.dumps([dict(zip(names, row, strict=True)) for row in rows]))
        return
    print_table(names, rows)


@datasets.command("priority")
@click.argument("names", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
def priority_command(names: Sequence[str], as_json: bool) -> None:
    """Where data sets differ about a label or description, the first of NAMES decides.

    Data sets that are not named follow by name. Entities are renamed at once.
    """
    for name in names:
        if not DATASET.match(name):
            raise click.UsageError(f"{name!r} is no name of a data set")
    settings = read_settings()
    with connected(settings, purpose="kgservice datasets priority") as graph:
        changed = set_priority(graph, names, language=settings.language)
    if as_json:
        click.echo(json.dumps({"priority": list(names), "changed": changed}))
        return
    click.echo(f"{', '.join(names)} come first now; {changed:,} entities changed")


@click.command("retract")
@click.option("--dataset", required=True, help="Whose assertions are taken back.")
@click.option("--run", help="Only what this run asserted; what it had replaced comes back.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
def retract_command(dataset: str, run: str | None, as_json: bool) -> None:
    """Take back what a data set, or one of its runs, asserted.

    Nothing is left of it, so loading the same files again restores everything. What other data sets
    assert as well stays. Stopped, the same command goes on.

    \b
      kgservice retract --dataset mined --run 2026-11-25T02:00:00Z
    """
    settings = read_settings()
    with (
        connected(settings, purpose="kgservice retract") as graph,
        Terminal(sys.stderr).step(f"taking back {dataset}", _held(graph, dataset, run)) as advance,
        stopped_by_a_signal() as stop,
    ):
        watch = _Told(dataset, advance)
        done = retract(graph, dataset, run, language=settings.language, watch=watch, stop=stop)
    if as_json:
        found = {"retracted": done.records, "data_version": done.data_version}
        click.echo(json.dumps(found))
    else:
        click.echo(f"{done.records:,} records of {dataset} are taken back")
    if done.stopped:
        click.echo("stopped: the same command takes back the rest", err=True)
        sys.exit(STOPPED)


def _held(graph: Graph, dataset: str, run: str | None) -> int | None:
    """How many records there are to take back; of a run that is not counted."""
    if run is not None:
        return None
    rows = graph.value(bookkeeping.READ_DATASETS)
    return next((sum(counts) for name, _, _, *counts in rows if name == dataset), None)


@dataclass(slots=True)
class _Told:
    """Passes on how many more records went, and that a load is waited for."""

    dataset: str
    advance: Advance
    records: int = 0

    def __call__(self, done: Retracted) -> None:
        if done.waiting:
            click.echo(f"waits until a load of {self.dataset} has ended", err=True)
        self.advance(done.records - self.records)
        self.records = done.records
