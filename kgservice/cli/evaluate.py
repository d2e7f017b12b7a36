"""`kgservice evaluate`: how well names are resolved, and who is served worse."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from kgservice.errors import IndexDamagedError
from kgservice.index.directory import IndexDirectory
from kgservice.index.opening import open_current
from kgservice.resolution.encoder import packaged_encoder
from kgservice.resolution.evaluation import Slice, evaluate
from kgservice.resolution.labelled import read_labelled
from kgservice.settings import read_settings

_COLUMNS = (
    ("recall_1", "recall@1"),
    ("recall_10", "recall@10"),
    ("calibration", "ECE"),
    ("nil", "NIL AUC"),
    ("matched", "matched"),
    ("matched_right", "of these right"),
)


@click.command("evaluate")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
def evaluate_command(file: Path, as_json: bool) -> None:
    """How well names are resolved on the labelled mentions in FILE, by slices.

    FILE has one JSON object a line: {"text": "Tom Hnaks", "entity": "tom-hanks", "context": "who
    starred in Forrest Gump", "types": ["Person"]}; context and types may be left out, an entity of
    null says that nothing in the graph is meant. Uses the index in KG_DATA_DIR.

    recall@1 and @10: the right entity first, among the first ten. ECE: how far confidence is from
    truth on average. NIL AUC: how well nilProbability tells what is not there. matched: answered
    with a match.
    """
    opened = open_current(IndexDirectory.below(read_settings().data_dir), packaged_encoder())
    if opened is None:
        raise IndexDamagedError("there is no index: run `kgservice index build`")
    slices = evaluate(opened.resolver, read_labelled(file))
    if as_json:
        shown = [{"by": one.by, "value": one.value, **asdict(one.quality)} for one in slices]
        click.echo(json.dumps(shown))
        return
    _print(slices)


def _print(slices: list[Slice]) -> None:
    header = ["slice", "", "mentions", *(name for _, name in _COLUMNS)]
    rows = [[one.by, one.value, f"{one.quality.mentions:,}", *_figures(one)] for one in slices]
    if not sys.stdout.isatty():
        for row in (header, *rows):
            click.echo("\t".join(row))
        return
    table = Table(box=None, pad_edge=False)
    for name in header:
        table.add_column(name)
    for row in rows:
        table.add_row(*row)
    Console(highlight=False).print(table)


def _figures(one: Slice) -> list[str]:
    values = [getattr(one.quality, name) for name, _ in _COLUMNS]
    return ["-" if value is None else f"{value:.3f}" for value in values]
