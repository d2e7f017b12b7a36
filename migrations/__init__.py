"""The schema of a graph over time: alembic's revisions, and the ways in for programs.

`alembic` itself works as ever, by `alembic.ini` in a checkout. The functions here do the same in
process, from an installed package, without a file of settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TextIO

from kgservice.errors import MigrationError
from kgservice.graph.client import Address, Graph
from migrations import revisions
from migrations.neo4j_dialect import bookkeeping, comparison, lock
from migrations.neo4j_dialect.comparison import Differences
from migrations.neo4j_dialect.lock import Holder

__all__ = [
    "Differences",
    "Holder",
    "Request",
    "adopt",
    "check",
    "current",
    "head",
    "is_current",
    "migrate",
    "script",
    "unlock",
    "upgrade",
]

#: Seconds that a program waits for another's migration: commands that start together both try.
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Request:
    """Where to migrate and how far to go.

    `beside` moves in beside the nodes of others, `repair` accepts revisions that were edited,
    `wait_seconds` is the patience with another migration.
    """

    address: Address
    beside: bool = False
    repair: bool = False
    wait_seconds: float = 0.0


def upgrade(address: Address, revision: str = "head") -> tuple[str, ...]:
    """Bring a graph up to a revision, and name the revisions that were applied.

    Raises MigrationError, SchemaLockedError where another is at it for more than half a minute,
    GraphUnavailableError.

    >>> upgrade(Address("bolt://127.0.0.1:7687"))  # doctest: +SKIP
    ('0001',)
    """
    # Alembic costs 0.7 s and 28 MB, which a process that only asks whether all is current saves.
    from migrations import in_process

    request = Request(address, wait_seconds=_PATIENCE)
    return tuple(applied for _, applied in in_process.upgrade(request, revision))


def adopt(address: Address) -> None:
    """Note that a graph is ours and at the newest revision: it was filled so, without migrating.

    Its constraints and indexes are the caller's to make. Raises what `upgrade` raises.
    """
    from migrations import in_process
    from migrations.neo4j_dialect import ownership

    with Graph.connect(address) as graph:
        bookkeeping.prepare(graph)
        ownership.claim(graph, beside=False)
    in_process.stamp(Request(address, wait_seconds=_PATIENCE))


def migrate(request: Request, revision: str = "head") -> tuple[tuple[str, str], ...]:
    """Bring a graph to a revision, up or down, and list (`up` or `down`, revision) in order.

    Raises what `upgrade` raises.
    """
    from migrations import in_process

    with Graph.connect(request.address) as graph:
        heads = current(graph)
    if in_process.is_below(revision, heads):
        return in_process.downgrade(request, revision)
    return in_process.upgrade(request, revision)


def script(output: TextIO, revision: str = "head") -> None:
    """Write what brings an empty graph to a revision, for cypher-shell; asks no database."""
    from migrations import in_process

    in_process.write_script(output, revision)


def check(graph: Graph) -> Differences:
    """What constraints and indexes a graph lacks, and which it has that nothing asks for."""
    return comparison.differences(graph)


def current(graph: Graph) -> tuple[str, ...]:
    """The revisions that a graph is at: one, or none before the first migration."""
    return bookkeeping.heads(graph)


def head() -> str:
    """The newest revision that this program has; raises MigrationError where there are several."""
    heads = revisions.heads()
    if len(heads) > 1:
        raise MigrationError(f"several newest revisions: {', '.join(heads)}. Run `alembic merge`")
    return heads[0]


def is_current(graph: Graph) -> bool:
    """Whether a graph is at the newest revision; one read."""
    return current(graph) == (head(),)


def unlock(graph: Graph) -> Holder | None:
    """Free the lock that a crashed migration left, and say whose it was."""
    return lock.release(graph)
