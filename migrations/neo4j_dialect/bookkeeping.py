"""What the migrations themselves keep in the graph: heads, log and lock.

    (:__SchemaHead {version_num})   one for each head that the graph is at
    (:__SchemaLog {seq, ..})        append-only: what was done to the schema, by whom and when
    (:__SchemaLock {id, ..})        exists while a migration is under way

Labels that begin with `__` are never in guides, exports or counts (contract, graph.md).
"""

from __future__ import annotations

from graph_schema.ddl import Kind, SchemaItem
from graph_schema.identifiers import Identifier
from kgservice.graph.client import Graph

HEAD_LABEL = "__SchemaHead"
LOG_LABEL = "__SchemaLog"
LOCK_LABEL = "__SchemaLock"
LABELS = frozenset({HEAD_LABEL, LOG_LABEL, LOCK_LABEL})


def version_item(label: str) -> SchemaItem:
    """The constraint that makes a label what alembic calls its version table."""
    return _unique(label, "version_num")


def _unique(label: str, column: str) -> SchemaItem:
    name = Identifier(f"{label}_{column}")
    return SchemaItem(name, Kind.NODE_UNIQUE, Identifier(label), (Identifier(column),))


#: Constraints of the bookkeeping: no revision makes them, since every revision needs them.
ITEMS: tuple[SchemaItem, ...] = (
    version_item(HEAD_LABEL),
    _unique(LOG_LABEL, "seq"),
    _unique(LOCK_LABEL, "id"),
)


def prepare(graph: Graph) -> None:
    """Make the constraints of the bookkeeping where they are missing."""
    for item in ITEMS:
        graph.run(item.create())


def heads(graph: Graph) -> tuple[str, ...]:
    """The revisions that the graph is at, without alembic; none where it was never migrated."""
    return tuple([row[0] for row in graph.rows(_HEADS)])


_HEADS = "MATCH (x:__SchemaHead) RETURN x.version_num ORDER BY x.version_num"
