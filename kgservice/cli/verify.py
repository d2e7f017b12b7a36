"""`kgservice verify`: is the graph what its assertions make of it?"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console

from graph_schema.ddl import SchemaItem
from kgservice.cli.address import connected
from kgservice.graph.client import Graph
from kgservice.settings import read_settings
from loaders.verifying.findings import Fault, Finding, Findings
from loaders.verifying.verify import verify
from migrations.neo4j_dialect.comparison import differences

#: Something is wrong, and was left as it is.
_FAULTS = 1


@click.command("verify")
@click.option("--repair", is_flag=True, help="Put right what is wrong; loads wait meanwhile.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
def verify_command(repair: bool, as_json: bool) -> None:
    """Find what was changed by hand or by fault: constraints, roll-ups, counts, dangling parts.

    All that follows from the assertions is worked out again and compared with the graph. With
    --repair it is written anew where it differs. Of assertions that were themselves damaged only
    their files know what they said: a repair takes them away and names the data sets to load again.

    Exit code 1 where faults are left.
    """
    settings = read_settings()
    with connected(settings, purpose="kgservice verify") as graph, _progress() as watch:
        missing = differences(graph).missing
        if repair:
            _make(graph, missing)
        findings = verify(graph, repair=repair, language=settings.language, watch=watch)
    findings.add(Finding(Fault.CONSTRAINT_MISSING, item.name) for item in missing)
    if as_json:
        click.echo(json.dumps(findings.as_json()))
    else:
        _print(findings)
    if findings.counts and not repair:
        sys.exit(_FAULTS)


def _make(graph: Graph, missing: tuple[SchemaItem, ...]) -> None:
    for item in missing:
        graph.run(item.create())
    if missing:
        graph.run("CALL db.awaitIndexes(600)")


def _print(findings: Findings) -> None:
    checked = ", ".join(f"{times:,} {what}" for what, times in findings.checked.items())
    click.echo(f"checked: {checked or 'nothing is there'}")
    for fault, times in findings.counts.items():
        shown = ", ".join(findings.examples[fault])
        more = ", .." if times > len(findings.examples[fault]) else ""
        click.echo(f"{times:,} {fault.replace('_', ' ')}: {shown}{more}")
    for relation, times in findings.mismatches.items():
        click.echo(
            f"{times:,} statements of {relation} have an end of another type; that is allowed"
        )
    if not findings.counts:
        click.echo("all is as it should be")
    elif findings.repaired:
        click.echo("all of it is repaired")
    else:
        click.echo("repair it with: kgservice verify --repair")
    if findings.reload and findings.repaired:
        click.echo(f"load again, for assertions of theirs were damaged: {_names(findings)}")
    if findings.moved:
        click.echo("something was loaded meanwhile: run this again before you believe it", err=True)


def _names(findings: Findings) -> str:
    return ", ".join(f"{name} ({times:,})" for name, times in sorted(findings.reload.items()))


@contextmanager
def _progress() -> Iterator[Callable[[Findings], None]]:
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("verifying") as status:

        def tell(findings: Findings) -> None:
            checked = ", ".join(f"{times:,} {what}" for what, times in findings.checked.items())
            status.update(f"verifying: {checked}; {findings.counts.total():,} faults")

        yield tell
