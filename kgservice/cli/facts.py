"""Commands that only tell: stats, runs, schema, settings."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click
import orjson
from rich.console import Console
from rich.table import Table

from kgservice.cli.address import connected
from kgservice.graph.cypher import bookkeeping, cards
from kgservice.settings import origin_of, read_settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
def stats(as_json: bool) -> None:
    """How much there is in the graph, and of which version."""
    with connected(read_settings(), purpose="kgservice stats") as graph:
        entities, statements, version, revisions = graph.value(cards.STATS)
    found = {
        "entities": entities,
        "statements": statements,
        "data_version": version,
        "schema": ",".join(sorted(revisions)),
    }
    if as_json:
        click.echo(json.dumps(found))
        return
    print_table(
        ["", ""],
        [
            [name.replace("_", " "), f"{value:,}" if isinstance(value, int) else value]
            for name, value in found.items()
        ],
    )


@click.command()
@click.option("--dataset", help="Only the runs of this data set.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
def runs(dataset: str | None, as_json: bool) -> None:
    """What was loaded when, with the report of each run; the newest first."""
    with connected(read_settings(), purpose="kgservice runs") as graph:
        rows = graph.value(bookkeeping.READ_RUNS, {"dataset": dataset})
    found = [_run(row) for row in rows]
    if as_json:
        click.echo(json.dumps(found))
        return
    header = [
        "data set",
        "run",
        "format",
        "finished",
        "read",
        "added",
        "updated",
        "retracted",
        "rejected",
    ]
    print_table(header, [_run_row(run) for run in found])


@click.command()
def schema() -> None:
    """The GraphQL schema, as SDL."""
    from kgservice.api.schema import make_schema
    from kgservice.limits import Limits

    click.echo(make_schema(Limits()).as_str())


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
def settings(as_json: bool) -> None:
    """All settings with their values and where each comes from; secrets are masked."""
    current = read_settings()
    rows = [
        [f"KG_{name.upper()}", str(getattr(current, name)), origin_of(name), field.description]
        for name, field in type(current).model_fields.items()
    ]
    names = ["name", "value", "origin", "description"]
    if as_json:
        click.echo(json.dumps([dict(zip(names, row, strict=True)) for row in rows]))
        return
    print_table(names, rows)


def _run(row: Sequence[Any]) -> dict[str, Any]:
    dataset, run, format, started, finished, report, retracted = row
    return {
        "dataset": dataset,
        "run": run,
        "format": format,
        "started": started,
        "finished": finished,
        "report": None if report is None else orjson.loads(report),
        "retracted": retracted,
    }


def _run_row(run: dict[str, Any]) -> list[str]:
    report = run["report"] or {}
    counts = [report.get(name, "") for name in ("read", "added", "updated", "retracted")]
    rejected = report.get("rejected", {}).get("total", "")
    state = run["finished"] or "did not end"
    if run["retracted"] is not None:
        state = f"retracted {run['retracted']}"
    return [run["dataset"], run["run"], run["format"], state, *map(_shown, (*counts, rejected))]


def _shown(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str("" if value is None else value)


def print_table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table on stdout: aligned for people, one tab between cells for a pipe."""
    rows = list(rows)
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(_shown(cell) for cell in row))
        return
    table = Table(box=None, show_header=any(header), pad_edge=False)
    for name in header:
        table.add_column(name)
    for row in rows:
        table.add_row(*[_shown(cell) for cell in row])
    Console(highlight=False).print(table)
