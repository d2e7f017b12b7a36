"""What the graph's constraints and indexes are, against what they should be.

Two items are the same when they cover the same, whatever their names. Left alone: what stands on
labels and types that are nobody's business here, and what no SchemaItem can express (vector
indexes, keys of the Enterprise edition, indexes over several labels), since we never make it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graph_schema.ddl import Kind, SchemaItem, expected_items
from graph_schema.identifiers import Identifier, label_of_type, relationship_type_of
from graph_schema.relations import BUILT_IN_RELATIONS
from kgservice.graph.client import Graph, Row
from migrations.neo4j_dialect import bookkeeping
from migrations.neo4j_dialect.ownership import OUR_LABELS, OUR_TYPES

# Cypher 25 names the two kinds of uniqueness otherwise than Cypher 5; a database may default to it.
_KINDS = {
    ("NODE", "UNIQUENESS"): Kind.NODE_UNIQUE,
    ("NODE", "NODE_PROPERTY_UNIQUENESS"): Kind.NODE_UNIQUE,
    ("RELATIONSHIP", "RELATIONSHIP_UNIQUENESS"): Kind.RELATIONSHIP_UNIQUE,
    ("RELATIONSHIP", "RELATIONSHIP_PROPERTY_UNIQUENESS"): Kind.RELATIONSHIP_UNIQUE,
    ("NODE", "RANGE"): Kind.RANGE,
    ("NODE", "FULLTEXT"): Kind.FULLTEXT,
}

_CONSTRAINTS = "SHOW CONSTRAINTS YIELD name, entityType, type, labelsOrTypes, properties"
# Each constraint owns an index, which comes and goes with it.
_INDEXES = """\
SHOW INDEXES YIELD name, entityType, type, labelsOrTypes, properties, owningConstraint
WHERE owningConstraint IS NULL
RETURN name, entityType, type, labelsOrTypes, properties"""

_RELATIONS = "MATCH (x:Relation) WHERE x.id IS NOT NULL RETURN x.id ORDER BY x.id"
_TYPES = "MATCH (x:EntityType) WHERE x.id IS NOT NULL RETURN x.id"


@dataclass(frozen=True, slots=True)
class Differences:
    """What the graph lacks, and what stands on our labels and types without being expected."""

    missing: tuple[SchemaItem, ...] = ()
    unexpected: tuple[SchemaItem, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.unexpected)


def differences(graph: Graph) -> Differences:
    """Compare the graph with `graph_schema` and with the relations registered in it."""
    registered = [row[0] for row in graph.rows(_RELATIONS)]
    relations = dict.fromkeys([*[relation.id for relation in BUILT_IN_RELATIONS], *registered])
    expected = {item.covers: item for item in expected_items(relations)}
    present = {item.covers: item for item in shown(graph)}
    known = {item.covers for item in bookkeeping.ITEMS}
    labels = OUR_LABELS | bookkeeping.LABELS | {item.label for item in expected.values()}
    labels |= {label_of_type(row[0]) for row in graph.rows(_TYPES)}
    types = OUR_TYPES | {relationship_type_of(relation) for relation in relations}

    def is_ours(item: SchemaItem) -> bool:
        return item.label in (types if item.kind is Kind.RELATIONSHIP_UNIQUE else labels)

    return Differences(
        missing=tuple(item for covers, item in expected.items() if covers not in present),
        unexpected=tuple(
            item
            for covers, item in present.items()
            if is_ours(item) and covers not in expected and covers not in known
        ),
    )


def shown(graph: Graph) -> tuple[SchemaItem, ...]:
    """The constraints and indexes of the graph that a SchemaItem can express, by name."""
    rows = [*graph.rows(_CONSTRAINTS), *graph.rows(_INDEXES)]
    return tuple(sorted([item for row in rows for item in _items(row)], key=lambda x: x.name))


def standing(graph: Graph, item: SchemaItem) -> SchemaItem | None:
    """The constraint or index of the graph that covers the same, whatever its name."""
    rows = graph.rows(_CONSTRAINTS if item.is_constraint else _INDEXES)
    return next(
        (found for row in rows for found in _items(row) if found.covers == item.covers), None
    )


def _items(row: Row) -> Iterator[SchemaItem]:
    name, entity, type_, labels, properties = row
    kind = _KINDS.get((entity, type_))
    if kind is not None and len(labels) == 1:
        columns = tuple(Identifier(prop) for prop in properties)
        yield SchemaItem(Identifier(name), kind, Identifier(labels[0]), columns)
