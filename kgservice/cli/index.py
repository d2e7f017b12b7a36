"""`kgservice index`: what serving derives from the graph, from a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from typing import Any

import click

from kgservice.cli.address import connected
from kgservice.errors import IndexBusyError, IndexDamagedError, IndexFaultError
from kgservice.graph.client import Graph
from kgservice.index.building import Order, build, read_mark
from kgservice.index.delta import CannotFollowError, Delta, follow
from kgservice.index.directory import IndexDirectory
from kgservice.index.laying import laid_over
from kgservice.index.manifest import Manifest, Mark, check, read_manifest
from kgservice.index.snapshot import Snapshot
from kgservice.index.tables import Tables
from kgservice.local.progress import Advance, Terminal, Witness
from kgservice.resolution.encoder import Encoder, packaged_encoder
from kgservice.settings import Settings, read_settings


@click.group()
def index() -> None:
    """The index: what serving derives from the graph.

    Tables of entities and statements, and the names that resolution searches, of one data version
    each, in KG_DATA_DIR/index. `kgservice serve` builds what is missing or behind by itself; an
    index can be thrown away at any time and made again.
    """


@index.command("build")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
def build_command(as_json: bool) -> None:
    """Build it anew from the graph.

    It is written beside the one in use and takes its place when it is whole; running services
    change over by themselves. The one before is kept until the next.
    """
    settings = read_settings()
    witness = Terminal(sys.stderr)
    with connected(settings, purpose="kgservice index build", witness=witness) as graph:
        manifest = _build(graph, IndexDirectory.below(settings.data_dir), order_of(settings))
    _print(_shown(manifest), as_json=as_json)


@index.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
def status(as_json: bool) -> None:
    """Say whether there is one, of which data version, and whether its files are whole.

    The state is current, behind (the graph has changed since), missing or damaged.
    """
    settings = read_settings()
    indexes = IndexDirectory.below(settings.data_dir)
    with connected(settings, purpose="kgservice index status") as graph:
        mark = read_mark(graph)
    found: dict[str, Any] = {"graph_version": mark.version, "building": indexes.is_building()}
    _print({**_state(indexes, mark), **found}, as_json=as_json)


def order_of(settings: Settings) -> Order:
    """How an index is built by these settings."""
    return Order(budget=int(settings.index_memory), encoder=_encoder())


def bring_up(graph: Graph, indexes: IndexDirectory, order: Order) -> None:
    """Build where there is no index of the graph as it is now, in sight of whoever waits for it."""
    directory = indexes.current()
    with suppress(IndexDamagedError):
        if directory is not None and read_manifest(directory).mark == read_mark(graph):
            return
    # Where another process builds it, the service takes over what that one has built.
    with suppress(IndexBusyError):
        manifest = _build(graph, indexes, order)
        click.echo(f"index built in {manifest.seconds} s", err=True)


def snapshot_of_now(graph: Graph, indexes: IndexDirectory, order: Order) -> tuple[Snapshot, Mark]:
    """The graph as it is, from the index that there is and what changed since, else a new one."""
    with suppress(IndexDamagedError, CannotFollowError):
        directory = indexes.current()
        if directory is not None:
            tables = Tables.open(directory)
            delta, _ = follow(graph, tables, Delta.nothing(tables))
            return laid_over(tables, delta), delta.mark
    _build(graph, indexes, order)
    directory = indexes.current()
    assert directory is not None, "an index was built"
    tables = Tables.open(directory)
    return Snapshot.of(tables), tables.manifest.mark


def _build(graph: Graph, indexes: IndexDirectory, order: Order) -> Manifest:
    with _Stages(Terminal(sys.stderr)).shown() as stages:
        return build(graph, indexes, replace(order, progress=stages.progress))


def _encoder() -> Encoder | None:
    encoder = packaged_encoder()
    if encoder is None:
        click.echo(
            "no encoder: names are found by their letters alone. In a checkout "
            "`python -m kgservice.resolution.export kgservice/resolution/encoder_files` makes one",
            err=True,
        )
    return encoder


def _state(indexes: IndexDirectory, mark: Mark) -> dict[str, Any]:
    directory = indexes.current()
    if directory is None:
        return {"state": "missing", "path": str(indexes.path)}
    try:
        manifest = read_manifest(directory)
        check(directory, manifest)
    except IndexFaultError as error:
        return {"state": "damaged", "path": str(directory), "fault": str(error)}
    state = "current" if manifest.mark == mark else "behind"
    return {"state": state, "path": str(directory), **_shown(manifest)}


def _shown(manifest: Manifest) -> dict[str, Any]:
    return {
        "data_version": manifest.mark.version,
        "entities": manifest.entities,
        "statements": manifest.statements,
        "literals": manifest.literals,
        "bytes": manifest.bytes,
        "built_at": manifest.built_at,
        "seconds": manifest.seconds,
    }


def _print(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found))
        return
    for name, value in found.items():
        click.echo(f"{name.replace('_', ' '):14}{_said(value)}")


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)


class _Stages:
    """Shows the stages of a build one after another, each as a step of its own."""

    def __init__(self, witness: Witness):
        self._witness = witness
        self._stage = ""
        self._done = 0
        self._step: AbstractContextManager[Advance] | None = None
        self._advance: Advance | None = None

    @contextmanager
    def shown(self) -> Iterator[_Stages]:
        """Show for the length of a block."""
        try:
            yield self
        finally:
            self._close()

    def progress(self, stage: str, done: int, of: int) -> None:
        """Told the stage, how much of it is done and how much there is."""
        if stage != self._stage:
            self._close()
            self._stage, self._done = stage, 0
            self._step = self._witness.step(f"index: {stage}", of)
            self._advance = self._step.__enter__()
        if self._advance is not None:
            self._advance(done - self._done)
        self._done = done

    def _close(self) -> None:
        if self._step is not None:
            self._step.__exit__(None, None, None)
            self._step = self._advance = None
