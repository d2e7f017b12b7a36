"""Whose database it is: the service moves into an empty one, or beside others where it is told to.

The question is asked once. The answer is the first entry of the log; from then on labels and types
of others are left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph_schema.entity_types import BUILT_IN_TYPES
from graph_schema.identifiers import (
    RESERVED_LABELS,
    RESERVED_RELATIONSHIP_TYPES,
    label_of_type,
    relationship_type_of,
)
from graph_schema.relations import BUILT_IN_RELATIONS
from kgservice.errors import MigrationError
from kgservice.graph.client import Graph
from migrations.neo4j_dialect import bookkeeping, log
from migrations.neo4j_dialect.lock import whoami

#: Labels and types that every graph of ours has; more come with what is loaded.
OUR_LABELS = RESERVED_LABELS | {label_of_type(kind.id) for kind in BUILT_IN_TYPES}
OUR_TYPES = RESERVED_RELATIONSHIP_TYPES | {
    relationship_type_of(relation.id) for relation in BUILT_IN_RELATIONS
}

#: Labels that a message lists before it only counts the rest.
_LISTED = 10

# Neo4j keeps these counts, so even a large database answers at once.
_COUNTS = "CALL db.stats.retrieve('GRAPH COUNTS') YIELD data RETURN data.nodes, data.relationships"
_CLAIMED = """\
RETURN EXISTS { MATCH (:__SchemaLog) } OR EXISTS { MATCH (:__SchemaHead) } AS claimed"""


@dataclass(frozen=True, slots=True)
class Population:
    """How many nodes a database has, by label, and relationships, by type."""

    nodes: int
    labels: Mapping[str, int]
    types: Mapping[str, int]


def admit(graph: Graph, *, beside: bool) -> None:
    """Go on in a database that is ours, or may become so; leaves no trace where it may not.

    Raises MigrationError that names labels and counts where others live in it: without `beside`
    whoever they are, with it where they use one of our labels or types.
    """
    # Counts before claim: another migrator claims before it makes its first node.
    present = population(graph)
    if not is_claimed(graph):
        refuse_others(present, beside=beside)


def claim(graph: Graph, *, beside: bool) -> None:
    """Make the database ours, where it is not yet; call it while the lock is held."""
    if not is_claimed(graph):
        log.append(graph, {"direction": "claim", "beside": beside, "by": whoami()})


def is_claimed(graph: Graph) -> bool:
    """Whether the database is ours already."""
    return bool(graph.rows(_CLAIMED)[0][0])


def refuse_others(present: Population, *, beside: bool) -> None:
    """Raise MigrationError where the nodes of others are in the way."""
    if not present.nodes:
        return
    if not beside:
        raise MigrationError(
            f"the database holds nodes that are not kgservice's: {_listed(present.labels)}. Use an"
            " empty one; or, to live beside them, `kgservice migrate --beside` (alembic:"
            " `-x beside`)"
        )
    labels = {name: n for name, n in present.labels.items() if name in OUR_LABELS}
    types = {f"-[:{name}]-": n for name, n in present.types.items() if name in OUR_TYPES}
    if labels or types:
        raise MigrationError(
            "kgservice cannot live beside what is in the database, for both would use"
            f" {_listed({**labels, **types})}. Use another database"
        )


def population(graph: Graph) -> Population:
    """Who lives in the database, the bookkeeping of the migrations aside."""
    nodes, relationships = graph.rows(_COUNTS)[0]
    total = next(row["count"] for row in nodes if "label" not in row)
    labels = {row["label"]: row["count"] for row in nodes if "label" in row and row["count"]}
    ours = sum([labels.pop(label, 0) for label in bookkeeping.LABELS])
    types = {
        row["relationshipType"]: row["count"]
        for row in relationships
        if row.keys() == {"relationshipType", "count"} and row["count"]
    }
    return Population(total - ours, labels, types)


def _listed(counts: Mapping[str, int]) -> str:
    if not counts:
        return "nodes without a label"
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    names = [f"{name} ({count:,})" for name, count in ranked[:_LISTED]]
    more = len(ranked) - len(names)
    return ", ".join(names) + (f" and {more} more labels" if more else "")
