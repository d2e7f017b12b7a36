"""Renames for revisions: `op.rename_label`, `op.rename_relationship_type`, `op.rename_property`.

In batches, so that no transaction grows with the graph; stopped half way, a second run does the
rest. Constraints of the old name are the revision's to drop.
"""

from __future__ import annotations

from alembic.operations import Operations

from graph_schema.identifiers import Identifier, quoted
from migrations.neo4j_dialect.operations import Cypher

#: Nodes or relationships that one transaction changes.
_BATCH = 10_000


@Operations.register_operation("rename_label")
@Operations.register_operation("rename_relationship_type")
@Operations.register_operation("rename_property")
class Rename(Cypher):
    """A change of data that gives something a new name."""

    @classmethod
    def rename_label(cls, operations: Operations, old: str, new: str) -> None:
        """Give all nodes of a label another one instead.

        >>> op.rename_label("Movie", "Film")  # doctest: +SKIP
        """
        was, now = quoted(Identifier(old)), quoted(Identifier(new))
        operations.invoke(
            cls(
                f"MATCH (x:{was})\n"
                f"CALL (x) {{ SET x:{now} REMOVE x:{was} }} IN TRANSACTIONS OF {_BATCH} ROWS"
            )
        )

    @classmethod
    def rename_relationship_type(cls, operations: Operations, old: str, new: str) -> None:
        """Replace all relationships of a type by ones of another, with the same properties.

        >>> op.rename_relationship_type("ACTED_IN", "CAST_MEMBER")  # doctest: +SKIP
        """
        was, now = quoted(Identifier(old)), quoted(Identifier(new))
        operations.invoke(
            cls(
                f"MATCH (a)-[x:{was}]->(b)\n"
                f"CALL (a, x, b) {{ CREATE (a)-[y:{now}]->(b) SET y = properties(x) DELETE x }}"
                f" IN TRANSACTIONS OF {_BATCH} ROWS"
            )
        )

    @classmethod
    def rename_property(cls, operations: Operations, label: str, old: str, new: str) -> None:
        """Rename a property of all nodes of a label.

        >>> op.rename_property("Film", "title", "label")  # doctest: +SKIP
        """
        on, was, now = [quoted(Identifier(name)) for name in (label, old, new)]
        operations.invoke(
            cls(
                f"MATCH (x:{on}) WHERE x.{was} IS NOT NULL\n"
                f"CALL (x) {{ SET x.{now} = x.{was} REMOVE x.{was} }}"
                f" IN TRANSACTIONS OF {_BATCH} ROWS"
            )
        )
