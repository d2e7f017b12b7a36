"""`kgservice load`: files into the graph, from a terminal."""

from __future__ import annotations

import glob
import json
import re
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from kgservice.cli.address import connected
from kgservice.cli.watching import stopped_by_a_signal, watched
from kgservice.errors import ConfigurationError
from kgservice.settings import Settings, read_settings
from loaders.formats import FORMATS
from loaders.full import Shrink
from loaders.order import Load, MaxRejected, new_run
from loaders.reading.sources import STANDARD_INPUT, Source
from loaders.report import Report
from loaders.run import load

#: Loaded, but what the files lack was not taken back.
_FAILED = 1
#: Done, but some records are in quarantine.
_REJECTED = 3
#: The code of commands that Ctrl-C ended; what was done by then is committed.
STOPPED = 130

_DATASET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_NUMBERED = re.compile(r"[1-9][0-9]{0,5}\Z")


_OPTIONS = (
    click.option("--dataset", help="The data set that these files speak for."),
    click.option("--run", help="The name of this run.  [default: the start time]"),
    click.option(
        "--quarantine",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Where rejected records go.  [default: in KG_DATA_DIR, by data set and run]",
    ),
    click.option("--dry-run", is_flag=True, help="Report what a load would do, and do nothing."),
    click.option(
        "--max-rejected",
        default="1%",
        show_default=True,
        help="A share or a number of rejected records that stops the load.",
    ),
    click.option(
        "--full",
        is_flag=True,
        help="These files are all that the data set has of this format: what they lack is "
        "retracted.",
    ),
    click.option(
        "--max-retracted",
        default="20%",
        show_default=True,
        help="With --full, the largest share that may be retracted; of more nothing is.",
    ),
    click.option("--allow-shrink", is_flag=True, help="With --full, any share may be retracted."),
    click.option(
        "--new-relations",
        type=click.Choice(["reject", "register"]),
        default="reject",
        show_default=True,
        help="What becomes of a relation that the vocabulary does not have.",
    ),
    click.option(
        "--max-new-relations",
        default=1_000,
        show_default=True,
        help="New relations after which the load stops: the columns are probably wrong.",
    ),
    click.option(
        "--columns", help="Where ours stand in theirs: head=2,relation=1,tail=3 (or names)."
    ),
    click.option("--id-prefix", default="", help="Goes before every entity id of the files."),
    click.option(
        "--blank-nodes",
        metavar="SCOPE",
        help="Names blank nodes blank:SCOPE:LABEL; without it they are rejected.",
    ),
    click.option(
        "--languages",
        help="Languages of labels, the preferred one first: en,de.  [default: KG_LANGUAGE; of "
        "ConceptNet all]",
    ),
    click.option(
        "--all-ranks", is_flag=True, help="Of Wikidata also what is neither best nor deprecated."
    ),
    click.option(
        "--as", "file_type", help="The type of standard input, or of files without ending."
    ),
)


def load_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say what is loaded and how; `load_order` reads them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command("load")
@click.argument("format", type=click.Choice(list(FORMATS)))
@click.argument("files", nargs=-1, required=True)
@load_options
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def load_command(files: Sequence[str], as_json: bool, **options: Any) -> None:
    """Load FILES (or - for standard input) of a FORMAT into the graph.

    The graph comes out the same whatever the order, and loading again changes nothing. A record
    that cannot be loaded goes to the quarantine file with its place and the reason; mended, that
    file loads by the same command.

    \b
    kgservice load relations,entities,triples .. in this order, so that nothing is unknown:
      kgservice load relations relations.jsonl --dataset films
      kgservice load entities entities.jsonl.gz --dataset films
      kgservice load triples 'facts-*.tsv' --dataset films
      zcat mined.jsonl.gz | kgservice load assertions - --as jsonl --dataset mined
      kgservice load wikidata latest-all.json.bz2 --dataset wikidata --new-relations register

    Ctrl-C ends the load after the batch at hand, and the same command goes on from there.
    """
    settings = read_settings()
    order = load_order(files, settings, options)
    with (
        connected(settings, purpose=f"kgservice load {order.format.name}") as graph,
        watched(f"loading {order.format.name}", order.sources) as watch,
        stopped_by_a_signal() as stop,
    ):
        report = load(graph, order, watch=watch, stop=stop)
    print_report(report, order, as_json=as_json)
    leave_unless_whole(report)


def leave_unless_whole(report: Report) -> None:
    """End the program with the code that says what is not as the files have it."""
    if report.stopped:
        click.echo(_stopped(report), err=True)
        sys.exit(STOPPED)
    if report.withheld:
        sys.exit(_FAILED)
    if report.rejected:
        sys.exit(_REJECTED)


def load_order(files: Sequence[str], settings: Settings, options: dict[str, Any]) -> Load:
    """What the arguments of a command ask for; raises UsageError, ConfigurationError."""
    dataset = options["dataset"]
    if dataset is None:
        raise click.UsageError("say with --dataset which data set these files speak for")
    if not _DATASET.match(dataset):
        raise click.UsageError(
            f"--dataset {dataset!r}: a name of letters, digits, '.', '_' and '-', at most 64"
        )
    run = options["run"] or new_run()
    default = settings.data_dir / "quarantine" / dataset / f"{quote(run, safe='')[:200]}.jsonl"
    return Load(
        format=FORMATS[options["format"]],
        sources=_sources(files, options["file_type"]),
        dataset=dataset,
        run=run,
        quarantine=options["quarantine"] or default,
        file_type=options["file_type"],
        columns=_columns(options["columns"]),
        prefix=options["id_prefix"],
        blank_nodes=options["blank_nodes"],
        languages=_languages(options["languages"]),
        every_rank=options["all_ranks"],
        max_rejected=_max_rejected(options["max_rejected"]),
        register_relations=options["new_relations"] == "register",
        max_new_relations=options["max_new_relations"],
        language=settings.language,
        full=_full(options),
        dry_run=options["dry_run"],
        changes_kept=timedelta(days=settings.changes_kept_days),
    )


def _full(options: dict[str, Any]) -> Shrink | None:
    if not options["full"]:
        return None
    written: str = options["max_retracted"]
    try:
        share = float(written.removesuffix("%")) / 100
    except ValueError:
        share = -1
    if not written.endswith("%") or not 0 <= share <= 1:
        raise click.UsageError(f"--max-retracted {written!r}: a share such as 20%")
    return Shrink(None if options["allow_shrink"] else share)


def _sources(files: Sequence[str], file_type: str | None) -> list[Source]:
    if STANDARD_INPUT in files and file_type is None:
        raise click.UsageError("standard input has no name: say what it is with --as")
    found: list[Source] = []
    for pattern in files:
        # A name may have brackets in it that mean nothing.
        named = pattern == STANDARD_INPUT or Path(pattern).exists()
        paths = [pattern] if named else sorted(glob.glob(pattern, recursive=True))
        if not paths:
            raise ConfigurationError(f"no such file: {pattern}")
        found.extend(Source(path) for path in paths)
    return found


def _columns(text: str | None) -> dict[str, str | int] | None:
    if text is None:
        return None
    columns: dict[str, str | int] = {}
    for part in text.split(","):
        ours, between, theirs = part.partition("=")
        if not (ours and between and theirs):
            raise click.UsageError(f"--columns {text!r}: write name=column, such as head=2")
        columns[ours.strip()] = int(theirs) if _NUMBERED.match(theirs) else theirs.strip()
    return columns


def _languages(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(one.strip() for one in text.split(",") if one.strip())


def _max_rejected(text: str) -> MaxRejected:
    share = text.endswith("%")
    try:
        number = float(text.removesuffix("%"))
    except ValueError:
        number = -1
    if number < 0 or (not share and number != int(number)):
        raise click.UsageError(f"--max-rejected {text!r}: a share such as 1%, or a number")
    return MaxRejected(share=number / 100) if share else MaxRejected(number=int(number))


def _stopped(report: Report) -> str:
    if report.dry_run:
        return "stopped: the report is of what was read so far"
    return (
        "stopped: what was read so far is committed. The same command goes on where this one "
        "ended: what is loaded already is passed over as unchanged"
    )


def print_report(report: Report, order: Load, *, as_json: bool) -> None:
    """What became of the records, and where the rejected ones are."""
    if as_json:
        click.echo(json.dumps(report.as_json()))
        return
    click.echo(report.as_text())
    if report.rejected:
        click.echo(f"rejected records, each with its reason: {order.quarantine}", err=True)
