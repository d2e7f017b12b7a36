"""`kgservice doctor`, and `kgservice` alone: what is wrong, and what to do."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from importlib.metadata import version

import click
from rich.console import Console
from rich.text import Text

from kgservice.cli.checkup.examination import findings
from kgservice.cli.checkup.finding import Finding, State
from kgservice.errors import ConfigurationError
from kgservice.settings import Settings, read_settings

#: Something is wrong.
_FAULTS = 1
_SIGNS = {
    State.OK: ("ok", "green"),
    State.NOTE: ("note", "yellow"),
    State.WRONG: ("WRONG", "bold red"),
    State.UNSEEN: ("-", "dim"),
}


@click.command("doctor")
@click.option("--start", is_flag=True, help="Start the local Neo4j for the look, if it is stopped.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
def doctor(start: bool, as_json: bool) -> None:
    """Say what is wrong here, and what to do about it.

    Looks at Python, settings, encoder, pages, keys, port, data directory, disk, Neo4j, schema, data
    and index, and changes nothing. Exit code 1 where something is wrong; a note works as it is.
    """
    found: list[Finding] = []
    for one in findings(_settings(), start=start):
        found.append(one)
        if not as_json:
            _print([one])
    if as_json:
        click.echo(json.dumps({"status": _worst(found), "checks": [asdict(one) for one in found]}))
    sys.exit(_FAULTS if _worst(found) is State.WRONG else 0)


def greet() -> None:
    """What `kgservice` alone says: what is not well here, and where to go on."""
    settings = _settings()
    found = list(findings(settings))
    click.echo(f"kgservice {version('kgservice')}: commonsense and facts in one graph\n")
    graph = [one for one in found if one.check in ("neo4j", "graph") and one.state is State.OK]
    _print([*graph, *(one for one in found if one.state in (State.NOTE, State.WRONG))])
    click.echo()
    if isinstance(settings, Settings) and settings.neo4j_uri is None:
        click.echo("kgservice demo      a local Neo4j with a sample in it, and the API")
    click.echo(
        "kgservice serve     the API over what is loaded\n"
        "kgservice doctor    all that was looked at just now\n"
        "kgservice --help    every command"
    )
    sys.exit(_FAULTS if _worst(found) is State.WRONG else 0)


def _settings() -> Settings | ConfigurationError:
    try:
        return read_settings()
    except ConfigurationError as error:
        return error


def _worst(found: Iterable[Finding]) -> State:
    states = {one.state for one in found}
    return next((one for one in (State.WRONG, State.NOTE) if one in states), State.OK)


def _print(found: Iterable[Finding]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for one in found:
        sign, style = _SIGNS[one.state]
        console.print(Text.assemble((f"{sign:6}", style), f"{one.check:13}{one.found}"))
        if one.remedy is not None:
            console.print(Text.assemble(" " * 19, ("→ ", style), one.remedy))
