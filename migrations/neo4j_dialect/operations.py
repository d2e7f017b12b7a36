"""What a revision can do: `op.create_schema_item`, `op.drop_schema_item`, `op.cypher`.

A revision names what it makes by its fields and not by a value of `graph_schema`, so it stays right
when that changes. Each operation can be run again after a failure half way, and each statement is
a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from alembic.operations import MigrateOperation, Operations

from graph_schema.ddl import Kind, SchemaItem
from graph_schema.identifiers import Identifier
from kgservice.errors import MigrationError
from migrations.neo4j_dialect.comparison import standing
from migrations.neo4j_dialect.cypher_shell import script
from migrations.neo4j_dialect.dbapi import in_their_words
from migrations.neo4j_dialect.dialect import graph_of

#: Seconds that a new index may take to read what is there: an hour is some 100 M nodes.
_INDEX_SECONDS = 3_600


@Operations.register_operation("create_schema_item")
@dataclass(frozen=True)
class CreateSchemaItem(MigrateOperation):
    """Make a constraint or index."""

    item: SchemaItem

    @classmethod
    def create_schema_item(
        cls, operations: Operations, name: str, kind: str, label: str, properties: Sequence[str]
    ) -> None:
        """Make a constraint or index, unless one that covers the same is there.

        `kind` is UNIQUENESS, RELATIONSHIP_UNIQUENESS, RANGE or FULLTEXT. Waits until an index can
        be used. Raises MigrationError where the name belongs to something else.

        >>> op.create_schema_item("entity_id", "UNIQUENESS", "Entity", ["id"])  # doctest: +SKIP
        """
        operations.invoke(cls(_item(name, kind, label, properties)))

    def reverse(self) -> MigrateOperation:
        """Drop it."""
        return DropSchemaItem(self.item)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """What `alembic check` prints."""
        return ("create_schema_item", *fields(self.item))


@Operations.register_operation("drop_schema_item")
@dataclass(frozen=True)
class DropSchemaItem(MigrateOperation):
    """Remove a constraint or index."""

    item: SchemaItem

    @classmethod
    def drop_schema_item(
        cls, operations: Operations, name: str, kind: str, label: str, properties: Sequence[str]
    ) -> None:
        """Remove a constraint or index of this name, where it covers just this.

        One that covers the same under another name was made by someone else, and stays.

        >>> op.drop_schema_item("entity_id", "UNIQUENESS", "Entity", ["id"])  # doctest: +SKIP
        """
        operations.invoke(cls(_item(name, kind, label, properties)))

    def reverse(self) -> MigrateOperation:
        """Make it again."""
        return CreateSchemaItem(self.item)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """What `alembic check` prints."""
        return ("drop_schema_item", *fields(self.item))


@Operations.register_operation("cypher")
@dataclass(frozen=True)
class Cypher(MigrateOperation):
    """Change data."""

    text: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def cypher(
        cls, operations: Operations, text: str, parameters: Mapping[str, Any] | None = None
    ) -> None:
        """Run one statement that changes data; write it so that running it again is harmless.

        >>> op.cypher("MATCH (x:Film) SET x.kind = $kind", {"kind": "film"})  # doctest: +SKIP
        """
        operations.invoke(cls(text, parameters or {}))


@Operations.implementation_for(CreateSchemaItem)
def _create(operations: Operations, operation: CreateSchemaItem) -> None:
    item, text = operation.item, operation.item.create()
    if operations.migration_context.as_sql:
        _send(operations, text)
        return
    graph = graph_of(operations.get_bind())
    with in_their_words(text):
        missing = graph.define(item)
    # To look after each takes Neo4j 80 ms: it plans the question anew behind a change.
    made = item if missing else standing(graph, item)
    if made is None:  # IF NOT EXISTS looks at the name first and is content with it
        raise MigrationError(
            f"{item.name} cannot be made on {item.label}: another constraint or index has that"
            " name. Drop or rename that one, then migrate again"
        )
    if not made.is_constraint:
        wait = {"name": made.name, "seconds": _INDEX_SECONDS}
        _send(operations, "CALL db.awaitIndex($name, $seconds)", wait)


@Operations.implementation_for(DropSchemaItem)
def _drop(operations: Operations, operation: DropSchemaItem) -> None:
    item = operation.item
    if operations.migration_context.as_sql or _stands(operations, item):
        # By parameter: what an administrator made may have any name.
        what = "CONSTRAINT" if item.is_constraint else "INDEX"
        _send(operations, f"DROP {what} $name IF EXISTS", {"name": item.name})


@Operations.implementation_for(Cypher)
def _cypher(operations: Operations, operation: Cypher) -> None:
    _send(operations, operation.text, operation.parameters)


def fields(item: SchemaItem) -> tuple[str, str, str, list[str]]:
    """An item as a revision file writes it."""
    return item.name, item.kind.value, item.label, list(item.properties)


def _stands(operations: Operations, item: SchemaItem) -> bool:
    return standing(graph_of(operations.get_bind()), item) == item


def _item(name: str, kind: str, label: str, properties: Sequence[str]) -> SchemaItem:
    columns = tuple(Identifier(prop) for prop in properties)
    return SchemaItem(Identifier(name), Kind(kind), Identifier(label), columns)


def _send(operations: Operations, text: str, parameters: Mapping[str, Any] | None = None) -> None:
    if operations.migration_context.as_sql:
        operations.migration_context.impl.static_output(script(text, parameters or {}))
    else:
        operations.get_bind().exec_driver_sql(text, dict(parameters or {}))
