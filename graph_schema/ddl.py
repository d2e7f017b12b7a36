"""The constraints and indexes that the graph must have, as values.

Some are fixed; each registered relation adds one, because Neo4j knows uniqueness of relationships
only by type. `alembic check` compares these values with what the database shows, by what they
cover and not by their names: a constraint that an administrator made under another name counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import LiteralString

from graph_schema.identifiers import Identifier, quoted, relationship_type_of


class Kind(Enum):
    """What a schema item is, in the words of SHOW CONSTRAINTS and SHOW INDEXES."""

    NODE_UNIQUE = "UNIQUENESS"
    RELATIONSHIP_UNIQUE = "RELATIONSHIP_UNIQUENESS"
    RANGE = "RANGE"
    FULLTEXT = "FULLTEXT"


@dataclass(frozen=True, slots=True)
class SchemaItem:
    """One constraint or index: what it is, what it covers, and what we call it."""

    name: Identifier
    kind: Kind
    label: Identifier
    properties: tuple[Identifier, ...]

    @property
    def covers(self) -> tuple[Kind, str, tuple[str, ...]]:
        """What makes two items the same, whatever their names."""
        return self.kind, self.label, self.properties

    @property
    def is_constraint(self) -> bool:
        """Whether it is a constraint (else it is an index)."""
        return self.kind in {Kind.NODE_UNIQUE, Kind.RELATIONSHIP_UNIQUE}

    def create(self) -> LiteralString:
        """The Cypher statement that makes it; running it twice is harmless."""
        name, label = quoted(self.name), quoted(self.label)
        columns = ", ".join([f"x.{quoted(prop)}" for prop in self.properties])
        match self.kind:
            case Kind.NODE_UNIQUE:
                what = f"FOR (x:{label}) REQUIRE ({columns}) IS UNIQUE"
                return f"CREATE CONSTRAINT {name} IF NOT EXISTS {what}"
            case Kind.RELATIONSHIP_UNIQUE:
                what = f"FOR ()-[x:{label}]-() REQUIRE ({columns}) IS UNIQUE"
                return f"CREATE CONSTRAINT {name} IF NOT EXISTS {what}"
            case Kind.RANGE:
                return f"CREATE INDEX {name} IF NOT EXISTS FOR (x:{label}) ON ({columns})"
            case Kind.FULLTEXT:
                what = f"FOR (x:{label}) ON EACH [{columns}]"
                return f"CREATE FULLTEXT INDEX {name} IF NOT EXISTS {what}"

    def drop(self) -> LiteralString:
        """The Cypher statement that removes it."""
        what: LiteralString = "CONSTRAINT" if self.is_constraint else "INDEX"
        return f"DROP {what} {quoted(self.name)} IF EXISTS"


def _item(kind: Kind, name: str, label: str, *properties: str) -> SchemaItem:
    columns = tuple(Identifier(prop) for prop in properties)
    return SchemaItem(Identifier(name), kind, Identifier(label), columns)


#: What every graph has. Labels that begin with `__` are bookkeeping (contract, graph.md).
FIXED_ITEMS: tuple[SchemaItem, ...] = (
    _item(Kind.NODE_UNIQUE, "entity_id", "Entity", "id"),
    _item(Kind.RANGE, "entity_label", "Entity", "label"),
    _item(Kind.FULLTEXT, "entity_names", "Entity", "label", "aliases"),
    _item(Kind.RANGE, "assertion_id", "Assertion", "id"),
    _item(Kind.RANGE, "assertion_statement", "Assertion", "statement_id"),
    _item(Kind.RANGE, "assertion_dataset", "Assertion", "dataset"),
    _item(Kind.RANGE, "assertion_run", "Assertion", "run"),
    _item(Kind.RANGE, "assertion_behavior", "Assertion", "behavior"),
    _item(Kind.RANGE, "assertion_about", "Assertion", "about"),
    _item(Kind.NODE_UNIQUE, "relation_id", "Relation", "id"),
    _item(Kind.NODE_UNIQUE, "entity_type_id", "EntityType", "id"),
    _item(Kind.RANGE, "entity_type_label", "EntityType", "neo4j_label"),
    _item(Kind.NODE_UNIQUE, "data_version_id", "__DataVersion", "id"),
    _item(Kind.NODE_UNIQUE, "change_version", "__Change", "version"),
    _item(Kind.NODE_UNIQUE, "dataset_id", "__Dataset", "id"),
    _item(Kind.NODE_UNIQUE, "run_id", "__Run", "id"),
    _item(Kind.RANGE, "run_dataset", "__Run", "dataset"),
    _item(Kind.NODE_UNIQUE, "entity_record_id", "__EntityRecord", "id"),
    _item(Kind.RANGE, "entity_record_entity", "__EntityRecord", "entity"),
    _item(Kind.RANGE, "entity_record_dataset", "__EntityRecord", "dataset"),
    _item(Kind.NODE_UNIQUE, "mined_id", "__Mined", "id"),
    _item(Kind.NODE_UNIQUE, "tombstone_id", "__Tombstone", "id"),
    _item(Kind.RANGE, "tombstone_scope", "__Tombstone", "scope"),
    _item(Kind.NODE_UNIQUE, "judgement_id", "__Judgement", "id"),
    _item(Kind.NODE_UNIQUE, "outcome_id", "__Outcome", "id"),
    _item(Kind.RANGE, "outcome_user", "__Outcome", "user"),
    _item(Kind.NODE_UNIQUE, "alias_id", "__Alias", "id"),
    _item(Kind.RANGE, "alias_text", "__Alias", "text"),
    _item(Kind.RANGE, "alias_user", "__Alias", "user"),
    _item(Kind.NODE_UNIQUE, "alias_version_id", "__AliasVersion", "id"),
    _item(Kind.NODE_UNIQUE, "missing_head_id", "__MissingHead", "id"),
    _item(Kind.NODE_UNIQUE, "missing_queue_id", "__MissingQueue", "id"),
    _item(Kind.NODE_UNIQUE, "earlier_id", "__Earlier", "id"),
    _item(Kind.RANGE, "earlier_scope", "__Earlier", "scope"),
    _item(Kind.NODE_UNIQUE, "claim_id", "__Claim", "id"),
)


def relation_item(relation_id: str) -> SchemaItem:
    """The uniqueness of statement ids among the relationships of one relation."""
    relationship_type = relationship_type_of(relation_id)
    name = Identifier(f"statement_id_{relationship_type}")
    return SchemaItem(name, Kind.RELATIONSHIP_UNIQUE, relationship_type, (Identifier("id"),))


def expected_items(relation_ids: Iterable[str]) -> tuple[SchemaItem, ...]:
    """All that a graph with these relations must have."""
    return (*FIXED_ITEMS, *[relation_item(id) for id in relation_ids])
