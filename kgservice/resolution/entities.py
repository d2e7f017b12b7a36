"""What the index keeps of each entity beside its names: id, popularity, family and types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from kgservice.resolution.mapped import (
    Array,
    SortedStrings,
    map_array,
    map_columns,
    write_array,
    write_columns,
)
from kgservice.resolution.spans import spread


class Family(IntEnum):
    """Which model ranks an entity: names are nearly whole, titles are much longer than queries."""

    NAME = 0
    TITLE = 1


@dataclass(frozen=True, slots=True)
class Entities:
    """The entities of a layer by row; types are the numbers of their ids in `type_ids`."""

    ids: pa.Array
    log_degree: npt.NDArray[np.float32]
    family: npt.NDArray[np.uint8]
    type_ids: SortedStrings
    type_starts: npt.NDArray[np.int64]
    type_numbers: npt.NDArray[np.int32]
    _sorted_ids: SortedStrings
    _rows_by_id: npt.NDArray[np.int32]
    _member_starts: npt.NDArray[np.int64]
    _members: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def open(cls, directory: Path) -> Entities:
        """What write_entities wrote."""
        columns = map_columns(directory / "entities.arrow")
        return cls(
            ids=columns["id"],
            log_degree=columns["log_degree"].to_numpy(),
            family=columns["family"].to_numpy(),
            type_ids=SortedStrings(map_columns(directory / "types.arrow")["type"]),
            type_starts=map_array(directory / "type_starts.npy"),
            type_numbers=map_array(directory / "type_numbers.npy"),
            _sorted_ids=SortedStrings(columns["sorted_id"]),
            _rows_by_id=columns["row_by_id"].to_numpy(),
            _member_starts=map_array(directory / "type_member_starts.npy"),
            _members=map_array(directory / "type_members.npy"),
        )

    def row(self, id: str) -> int | None:
        """The row of an id, null where the layer does not have it."""
        at = self._sorted_ids.find(id)
        return None if at is None else int(self._rows_by_id[at])

    def rows(self, ids: Sequence[str]) -> Array:
        """The row of each id, -1 where the layer does not have it."""
        at = self._sorted_ids.find_all(ids)
        found: Array = np.where(at < 0, -1, self._rows_by_id[at]) if len(self) else at
        return found

    def rows_with_prefix(self, prefix: str) -> Array:
        """The rows of the entities whose ids begin so, by id."""
        found = self._sorted_ids.with_prefix(prefix)
        return self._rows_by_id[found.start : found.stop]

    def numbers(self, types: Iterable[str]) -> list[int]:
        """The numbers of these types, without those that no entity of the layer has."""
        found = (self.type_ids.find(type) for type in types)
        return sorted(number for number in found if number is not None)

    def count(self, numbers: Sequence[int]) -> int:
        """How many entities have these types, one with several counted so often."""
        return sum(int(self._member_starts[one + 1] - self._member_starts[one]) for one in numbers)

    def members(self, numbers: Sequence[int]) -> Array:
        """The rows of the entities that have one of these types directly."""
        wanted = np.asarray(numbers, np.int64)
        places, _ = spread(self._member_starts[wanted], self._member_starts[wanted + 1])
        return np.unique(self._members[places])

    def having(self, rows: Array, numbers: Sequence[int]) -> npt.NDArray[np.bool_]:
        """Of each row, whether it has one of these types directly."""
        places, owners = spread(self.type_starts[rows], self.type_starts[rows + 1])
        has = np.zeros(len(rows), np.bool_)
        has[owners[np.isin(self.type_numbers[places], numbers)]] = True
        return has

    def types_of_keys(self, starts: Array, entity: Array) -> sparse.csr_array:
        """Which types the entities of each key have; starts and entity are those of Names."""
        ones = np.ones(len(entity), np.int32)
        owners = sparse.csr_array((ones, entity, starts), shape=(len(starts) - 1, len(self)))
        flags = np.ones(len(self.type_numbers), np.int32)
        shape = (len(self), len(self.type_ids))
        return owners @ sparse.csr_array((flags, self.type_numbers, self.type_starts), shape=shape)


def write_entities(directory: Path, entities: pa.Table, title_types: Iterable[str]) -> None:
    """Write ids, popularity, family and types of a table of entities."""
    lists = entities["types"].combine_chunks()
    owners = pc.list_parent_indices(lists)
    titled = pc.is_in(pc.list_flatten(lists), pa.array(sorted(title_types), pa.string()))
    family = np.full(len(lists), Family.NAME, np.uint8)
    family[owners.filter(titled).to_numpy()] = Family.TITLE
    ids = entities["id"].combine_chunks()
    by_id = pc.sort_indices(ids)
    columns = {
        "id": ids,
        "log_degree": pa.array(np.log1p(entities["degree"].to_numpy()).astype(np.float32)),
        "family": pa.array(family),
        "sorted_id": ids.take(by_id),
        "row_by_id": by_id.cast(pa.int32()),
    }
    write_columns(directory / "entities.arrow", columns)
    _write_types(directory, owners.to_numpy(), pc.list_flatten(lists), len(ids))


def _write_types(directory: Path, owners: Array, types: pa.Array, entities: int) -> None:
    """Write the types of every entity, and the entities of every type."""
    codes = pc.dictionary_encode(types)
    order = pc.sort_indices(codes.dictionary)
    rank = np.empty(len(order), np.int32)
    rank[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
    numbers = rank[codes.indices.to_numpy()]
    flags = np.ones(len(numbers), np.int8)
    having = sparse.csr_array((flags, (owners, numbers)), shape=(entities, len(order)))
    members = having.T.tocsr()
    write_columns(directory / "types.arrow", {"type": codes.dictionary.take(order)})
    write_array(directory / "type_starts.npy", having.indptr.astype(np.int64))
    write_array(directory / "type_numbers.npy", having.indices.astype(np.int32))
    write_array(directory / "type_member_starts.npy", members.indptr.astype(np.int64))
    write_array(directory / "type_members.npy", members.indices.astype(np.int32))
