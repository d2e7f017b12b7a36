"""`kgservice db`: the local Neo4j, from a terminal."""

from __future__ import annotations

import functools
import json
import sys
import webbrowser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from kgservice.errors import ConfigurationError, LocalNeo4jError
from kgservice.local import instance, offline
from kgservice.local.options import LocalOptions
from kgservice.local.progress import Terminal
from kgservice.settings import Settings, read_settings


def local_options(settings: Settings) -> LocalOptions:
    """The local Neo4j that the settings describe; ConfigurationError where they name another."""
    if settings.neo4j_uri is not None:
        raise ConfigurationError(
            f"there is no local Neo4j here: KG_NEO4J_URI is {settings.neo4j_uri}, so that one is "
            "used and looked after by you; unset it for a local one"
        )
    return LocalOptions(
        data_dir=settings.data_dir,
        cache_dir=settings.cache_dir,
        version=settings.neo4j_version,
        heap=settings.neo4j_heap,
        page_cache=settings.neo4j_page_cache,
        mirror=settings.neo4j_mirror,
    )


def _about_local(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of the local Neo4j, read when it runs: help needs no settings."""

    @click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
    @functools.wraps(command)
    def run(**arguments: Any) -> None:
        command(local_options(read_settings()), **arguments)

    return run


@click.group()
def db() -> None:
    """The local Neo4j: start, stop, look, back up.

    Other commands start it when they need it and stop it with the last of them. `db start` makes it
    stay until `db stop`.
    """


@db.command()
@_about_local
def start(options: LocalOptions, as_json: bool) -> None:
    """Start it, and let it run until `db stop`."""
    instance.start(options, witness=_terminal())
    _print_status(instance.status(options), as_json=as_json)


@db.command()
@click.option("--force", is_flag=True, help="Stop it under its users; only `db start` restarts it.")
@_about_local
def stop(options: LocalOptions, force: bool, as_json: bool) -> None:
    """Stop it; refused while others use it."""
    stopped = instance.stop(options, force=force, witness=_terminal())
    said = "stopped" if stopped else "it did not run"
    _print({"stopped": stopped}, said, as_json=as_json)


@db.command()
@_about_local
def status(options: LocalOptions, as_json: bool) -> None:
    """Say whether it runs, where, and who uses it."""
    _print_status(instance.status(options), as_json=as_json)


@db.command(name="open")
@_about_local
def open_browser(options: LocalOptions, as_json: bool) -> None:
    """Open Neo4j Browser, and print its address."""
    now = instance.status(options)
    if now.browser is None or now.state is not instance.State.RUNNING:
        raise LocalNeo4jError(
            f"the local Neo4j is {now.state}: start it with `kgservice db start`, or run a command "
            "that uses it"
        )
    said = (
        f"{now.browser}\nlog in as {now.user}; the password is in {now.password_file}\n"
        f"guides, while the service runs: {_guide()}"
    )
    _print({"browser": now.browser}, said, as_json=as_json)
    webbrowser.open(now.browser)


@db.command()
@click.argument("path", type=click.Path(path_type=Path))
@_about_local
def backup(options: LocalOptions, path: Path, as_json: bool) -> None:
    """Write the whole graph into the file PATH, or into a new file in the directory PATH.

    It is stopped for that, and started again if it ran. The file is a dump that
    `neo4j-admin database load` takes as well.
    """
    written = offline.backup(options, path, witness=_terminal())
    _print(
        {"path": str(written.path), "bytes": written.size},
        f"{written.path} ({written.size / 1e6:.1f} MB)",
        as_json=as_json,
    )


@db.command()
@click.argument("path", type=click.Path(path_type=Path))
@_about_local
def restore(options: LocalOptions, path: Path, as_json: bool) -> None:
    """Fill an empty data directory from the backup PATH."""
    restored = offline.restore(options, path, witness=_terminal())
    _print(
        {"nodes": restored.nodes, "relationships": restored.relationships},
        f"restored {restored.nodes} nodes and {restored.relationships} relationships into "
        f"{options.data_dir}",
        as_json=as_json,
    )


def _print_status(now: instance.Status, *, as_json: bool) -> None:
    shown = {
        "state": now.state.value,
        "version": now.version,
        "bolt": now.bolt,
        "http": now.http,
        "browser": now.browser,
        "user": now.user,
        "password_file": str(now.password_file),
        "pid": now.pid,
        "data_dir": str(now.data_dir),
    }
    lines = [f"{name.replace('_', ' '):14}{value}" for name, value in shown.items() if value]
    lines += [f"{'used by':14}{user}" for user in now.users]
    if now.state is instance.State.RUNNING:
        lines.append(f"{'guides':14}in the Browser, while the service runs: {_guide()}")
    _print(shown, "\n".join(lines), as_json=as_json)


def _guide() -> str:
    """What is typed into Neo4j Browser for a guide; `localhost` is a host that it allows."""
    return f":play http://localhost:{read_settings().port}/guides/intents.html"


def _print(machine: Mapping[str, object], person: str, *, as_json: bool) -> None:
    click.echo(json.dumps(machine) if as_json else person)


def _terminal() -> Terminal:
    return Terminal(sys.stderr)
