"""What an index of names is built from: a table of entities, and who is whose neighbour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

#: The columns that a table of entities must have; others are let be.
ENTITY_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("label", pa.string(), nullable=False),
        pa.field("aliases", pa.list_(pa.string()), nullable=False),
        pa.field("description", pa.string()),
        pa.field("types", pa.list_(pa.string()), nullable=False),
        pa.field("degree", pa.int64(), nullable=False),
    ]
)


def entity_table(table: pa.Table) -> pa.Table:
    """The columns of ENTITY_SCHEMA, each in one chunk; large and view types are cast.

    Raises ValueError that names the column which is missing, of another kind, or holds a null.
    """
    columns = []
    for wanted in ENTITY_SCHEMA:
        if wanted.name not in table.column_names:
            raise ValueError(f"the table of entities has no column {wanted.name!r}")
        try:
            column = table[wanted.name].cast(wanted.type).combine_chunks()
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise ValueError(f"column {wanted.name!r} is not {wanted.type}: {error}") from error
        within = pc.list_flatten(column) if pa.types.is_list(wanted.type) else column
        if not wanted.nullable and column.null_count + within.null_count:
            raise ValueError(f"column {wanted.name!r} holds a null")
        columns.append(column)
    return pa.Table.from_arrays(columns, names=ENTITY_SCHEMA.names)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Who stands beside each entity of a table, by name: about 30 of each are enough.

    The neighbours of row i are rows[offsets[i]:offsets[i + 1]], and each is a row of `names`: for a
    whole graph its own column of labels, for a few changed entities a list of what is around them.
    """

    offsets: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int32]
    names: pa.Array

    @classmethod
    def none(cls, entities: int) -> Neighbours:
        """No neighbours for a table of that many rows."""
        return cls(
            np.zeros(entities + 1, np.int64), np.empty(0, np.int32), pa.array([], pa.string())
        )


@dataclass(frozen=True, slots=True)
class NameSource:
    """All that a layer of names is built from.

    entities: a table with the columns of ENTITY_SCHEMA, one row per entity, ids distinct;
    type_labels: what a type is called, where its id does not speak; title_types: the types (with
    all below them) whose names are titles of products.
    """

    entities: pa.Table
    neighbours: Neighbours | None = None
    type_labels: Mapping[str, str] = field(default_factory=dict)
    title_types: frozenset[str] = frozenset({"Product"})

    @property
    def beside(self) -> Neighbours:
        """The neighbours, none where they were not given."""
        return self.neighbours or Neighbours.none(self.entities.num_rows)
