"""What the graph is like: Neo4j, the schema, the data, and the index that was made of them."""

from __future__ import annotations

from collections.abc import Iterator

import migrations
from kgservice.cli.checkup.finding import Finding, note, ok, unseen, wrong
from kgservice.errors import ConfigurationError, GraphError, GraphUnavailableError, IndexFaultError
from kgservice.graph.client import Address, Graph
from kgservice.graph.cypher.bookkeeping import READ_RUNS
from kgservice.graph.cypher.cards import STATS
from kgservice.index.building import read_mark
from kgservice.index.directory import IndexDirectory
from kgservice.index.manifest import Mark, check, read_manifest
from kgservice.local.instance import State, Status
from kgservice.local.options import RELEASES
from migrations.neo4j_dialect import lock

#: What is older lacks quantified paths in the form that the queries use.
_OLDEST = (5, 26)
_LOAD = "`kgservice load --help` says how to load your files"
_DEMO = f"`kgservice demo` shows a sample; {_LOAD}"


def local(status: Status) -> Finding:
    """How the local Neo4j is."""
    users = ", ".join(map(str, status.users))
    match status.state:
        case State.RUNNING:
            return ok(
                "neo4j", f"the local one runs at {status.bolt}" + (f", for {users}" * bool(users))
            )
        case State.STARTING:
            return note("neo4j", "the local one is starting", "look again in a moment")
        case State.STOPPED:
            return ok("neo4j", "the local one is stopped; the commands that need it start it")


def unseen_graph(status: Status) -> Iterator[Finding]:
    """What is said of a graph that nobody can look at now."""
    if status.bolt is None:
        yield note("graph", "nothing has been loaded here yet", _DEMO)
    else:
        remedy = "`kgservice doctor --start` starts the local Neo4j for the look"
        yield unseen("graph", "not looked at while Neo4j is stopped", remedy)


def examined(address: Address, indexes: IndexDirectory, *, yours: bool) -> Iterator[Finding]:
    """All that can be said of a graph by somebody who asks it."""
    try:
        with Graph.connect(address) as graph:
            yield from _server(graph, address, yours=yours)
            yield from _schema(graph, yours=yours)
            yield from _contents(graph, yours=yours)
            yield index(indexes, read_mark(graph))
    except ConfigurationError as error:
        remedy = "set KG_NEO4J_USER, and KG_NEO4J_PASSWORD or KG_NEO4J_PASSWORD_FILE"
        yield wrong("neo4j", f"{address.uri}: {error}", remedy)
    except GraphUnavailableError as error:
        remedy = "start it, or correct KG_NEO4J_URI: bolt://HOST:7687, neo4j:// for a cluster"
        yield wrong("neo4j", f"{address.uri}: {error}", remedy)
    except GraphError as error:
        remedy = (
            f"KG_NEO4J_URI is {address.uri}, KG_NEO4J_DATABASE {address.database}: correct them"
        )
        yield wrong("neo4j", str(error), remedy)


def index(indexes: IndexDirectory, mark: Mark | None) -> Finding:
    """Whether there is an index, it is whole, and of which version of the graph; null: unknown."""
    directory = indexes.current()
    if directory is None:
        remedy = "`kgservice serve` builds it; `kgservice index build` does so beforehand"
        return note("index", f"there is none in {indexes.path}", remedy)
    try:
        manifest = read_manifest(directory)
        check(directory, manifest)
    except IndexFaultError as error:
        return wrong("index", str(error), "`kgservice index build`")
    shown = f"of data version {manifest.mark.version}, {manifest.bytes / 1e6:.1f} MB, whole"
    if mark is None or manifest.mark == mark:
        return ok("index", shown)
    if manifest.mark.database != mark.database:
        remedy = "`kgservice index build`, or another KG_DATA_DIR for this graph"
        return note("index", f"{shown}, but of another graph", remedy)
    remedy = "a running service catches up by itself; else `kgservice index build`"
    return note("index", f"{shown}; the graph is at {mark.version}", remedy)


def _server(graph: Graph, address: Address, *, yours: bool) -> Iterator[Finding]:
    server = graph.server()
    shown = f"Neo4j {server.version} {server.edition} at {address.uri}"
    if tuple(int(part) for part in server.version.split(".")[:2] if part.isdigit()) < _OLDEST:
        remedy = f"use 5.26 or newer: the service is tested with {' and '.join(RELEASES)}"
        yield wrong("neo4j", shown, remedy)
    elif yours:
        yield ok("neo4j", shown)


def _schema(graph: Graph, *, yours: bool) -> Iterator[Finding]:
    found, head = migrations.current(graph), migrations.head()
    if (holder := lock.holder(graph)) is not None:
        remedy = "wait until it is done; if it has crashed, `kgservice migrate --unlock`"
        yield note("schema", f"a migration is under way: {holder}", remedy)
    if found != (head,):
        shown = f"at {', '.join(found) or 'no revision'}, and this program needs {head}"
        remedy = "`kgservice migrate`"
        yield wrong("schema", shown, remedy) if yours else note("schema", shown, remedy)
        return
    missing = migrations.check(graph).missing
    if missing:
        names = ", ".join(item.name for item in missing)
        yield wrong("schema", f"lacks {names}", "`kgservice verify --repair` makes them again")
    else:
        yield ok("schema", f"at revision {head}, the newest, with all constraints and indexes")


def _contents(graph: Graph, *, yours: bool) -> Iterator[Finding]:
    entities, statements, version, _ = graph.value(STATS)
    if not version:
        yield note("graph", "nothing is loaded", _LOAD if yours else _DEMO)
        return
    yield ok("graph", f"{entities:,} entities, {statements:,} statements, data version {version}")
    for dataset, run, _, _, finished, _, retracted in graph.value(READ_RUNS, {"dataset": None}):
        if finished is None and retracted is None:
            remedy = "if none is under way it was cut off: run the same command again, it goes on"
            yield note("graph", f"the load {run} of {dataset} has not ended", remedy)
