"""`kgservice migrate`: the graph's schema, from a terminal."""

from __future__ import annotations

import json
import sys

import click

import migrations
from kgservice.cli.address import graph_address, refuse_other_programs
from kgservice.graph.client import Address, Graph
from kgservice.local.progress import Terminal
from kgservice.settings import read_settings


@click.command()
@click.argument("revision", default="head")
@click.option(
    "--sql",
    is_flag=True,
    help="Print what would be done to an empty graph (with FROM:TO, from there on); do nothing.",
)
@click.option("--beside", is_flag=True, help="Go on in a database that others use, beside them.")
@click.option("--repair", is_flag=True, help="Accept revisions that were edited after their use.")
@click.option("--unlock", is_flag=True, help="Only free the lock that a crashed migration left.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
def migrate(
    revision: str, *, sql: bool, beside: bool, repair: bool, unlock: bool, as_json: bool
) -> None:
    """Bring the graph's schema to the newest REVISION, or to another one, up or down.

    Goes on where an earlier try stopped. --sql prints a script for cypher-shell.
    """
    if sum([sql, unlock, beside or repair]) > 1:
        raise click.UsageError("--sql and --unlock go with no other option")
    if sql:
        migrations.script(sys.stdout, revision)
        return
    settings = read_settings()
    witness = Terminal(sys.stderr)
    with graph_address(settings, purpose="kgservice migrate", witness=witness) as address:
        if unlock:
            _unlock(address, as_json=as_json)
            return
        refuse_other_programs(settings)
        request = migrations.Request(address, beside=beside, repair=repair)
        _migrate(request, revision, as_json=as_json)


def _migrate(request: migrations.Request, revision: str, *, as_json: bool) -> None:
    applied = migrations.migrate(request, revision)
    with Graph.connect(request.address) as graph:
        now = migrations.current(graph)
    if as_json:
        steps = [{"direction": direction, "revision": name} for direction, name in applied]
        click.echo(json.dumps({"applied": steps, "current": now, "head": migrations.head()}))
        return
    for direction, name in applied:
        click.echo(f"{direction} {name}")
    newest = ", the newest" if now == (migrations.head(),) else ""
    click.echo(f"the schema is at {', '.join(now) or 'no revision'}{newest}")


def _unlock(address: Address, *, as_json: bool) -> None:
    with Graph.connect(address) as graph:
        freed = migrations.unlock(graph)
    if as_json:
        click.echo(json.dumps({"freed": None if freed is None else str(freed)}))
    else:
        click.echo(f"freed the lock of {freed}" if freed else "there was no lock")
