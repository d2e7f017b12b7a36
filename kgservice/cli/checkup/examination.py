"""All checks in the order in which one depends on another."""

from __future__ import annotations

from collections.abc import Iterator

from kgservice.cli.address import graph_address
from kgservice.cli.checkup import graph, machine, serving, wanted
from kgservice.cli.checkup.finding import Finding, wrong
from kgservice.cli.db import local_options
from kgservice.errors import ConfigurationError, KGError
from kgservice.index.directory import IndexDirectory
from kgservice.local import instance
from kgservice.local.options import LocalOptions
from kgservice.settings import Settings


def findings(read: Settings | ConfigurationError, *, start: bool = False) -> Iterator[Finding]:
    """What is found, one by one; `start` starts the local Neo4j for the look where it is stopped.

    Settings that cannot be read are the last thing that can be said anything of.
    """
    yield machine.python()
    yield from wanted.settings(read)
    if isinstance(read, ConfigurationError):
        return
    yield serving.encoder()
    yield serving.pages()
    yield wanted.keys(read)
    yield from wanted.trusted_documents(read)
    yield serving.port(read)
    yield machine.data_directory(read.data_dir)
    if read.neo4j_uri is None:
        yield from _local(read, start=start)
    else:
        yield from machine.disk({"KG_DATA_DIR": read.data_dir})
        yield from _asked(read, yours=True)


def _local(settings: Settings, *, start: bool) -> Iterator[Finding]:
    try:
        options = local_options(settings)
    except ConfigurationError as error:
        yield wrong("settings", str(error), "correct it, or unset it")
        return
    yield machine.java()
    yield machine.neo4j_files(options)
    places = {"KG_DATA_DIR": settings.data_dir, "KG_CACHE_DIR": settings.cache_dir}
    yield from machine.disk(places)
    unfit = list(machine.local_data(options))
    yield from unfit
    yield from _running(settings, options, look=not unfit, start=start)


def _running(
    settings: Settings, options: LocalOptions, *, look: bool, start: bool
) -> Iterator[Finding]:
    now = instance.status(options)
    yield graph.local(now)
    if look and (start or now.state is instance.State.RUNNING):
        yield from _asked(settings, yours=False)
        return
    yield from graph.unseen_graph(now)
    if now.bolt is not None:
        yield graph.index(IndexDirectory.below(settings.data_dir), None)


def _asked(settings: Settings, *, yours: bool) -> Iterator[Finding]:
    indexes = IndexDirectory.below(settings.data_dir)
    try:
        with graph_address(settings, purpose="kgservice doctor") as address:
            yield from graph.examined(address, indexes, yours=yours)
    except KGError as error:
        remedy = "correct it, and look again" if yours else "see `kgservice db --help`"
        yield wrong("neo4j", str(error), remedy)
