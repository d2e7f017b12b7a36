"""How much there is."""

from __future__ import annotations

import strawberry

from kgservice import model
from kgservice.api.types.values import Long


@strawberry.type
class Stats:
    """Counts and versions."""

    entity_count: Long
    statement_count: Long
    schema_revision: str
    data_version: str = strawberry.field(
        description="Changes with every load that changed the graph."
    )
    index_version: str | None = strawberry.field(
        description="The data version that the index holds."
    )

    @classmethod
    def from_model(cls, value: model.Stats) -> Stats:
        """The type that clients see."""
        return cls(
            entity_count=Long(value.entities),
            statement_count=Long(value.statements),
            schema_revision=value.schema_revision,
            data_version=value.data_version,
            index_version=value.index_version,
        )
