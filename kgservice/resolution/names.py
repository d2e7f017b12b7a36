"""The names of all entities, sorted: a key is a normalised name, and has a row per entity.

Every generator finds keys; the rows of a key lie together, the most popular entity first. So a
thousand namesakes take one place among the candidates that a search returns, not a thousand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kgservice.resolution.columns import acronyms, latin_spellings, normalised
from kgservice.resolution.mapped import (
    Array,
    SortedStrings,
    map_array,
    map_columns,
    write_array,
    write_columns,
)
from kgservice.resolution.spans import spread

#: Entities whose names are spelt at a time while building.
_CHUNK = 65_536


class NameKind(IntEnum):
    """What a name is to its entity, the strongest first."""

    LABEL = 0
    LATIN_LABEL = 1
    ALIAS = 2
    LATIN_ALIAS = 3
    INITIALS = 4
    LEARNED = 5


#: What a name of each kind is worth in a list of completions, beside its entity's popularity.
_WORTH = np.array([1.0, 0.95, 0.9, 0.85, 0.5], np.float32)

_SPELLING = pa.schema(
    [
        ("normal", pa.large_string()),
        ("surface", pa.large_string()),
        ("entity", pa.int32()),
        ("kind", pa.uint8()),
    ]
)


@dataclass(frozen=True, slots=True)
class Names:
    """Keys in order of code point, and the rows of each.

    The rows of key k are starts[k]:starts[k + 1]; of each row: `entity` (its row in the table of
    entities), `kind` (a NameKind), `popularity` (log degree, less for a weaker kind) and `surface`
    (the name as its source writes it).
    """

    keys: SortedStrings
    starts: npt.NDArray[np.int32]
    entity: npt.NDArray[np.int32]
    kind: npt.NDArray[np.uint8]
    popularity: npt.NDArray[np.float32]
    surface: pa.Array
    _by_entity: npt.NDArray[np.int32]
    _of_entity: npt.NDArray[np.int32]

    @classmethod
    def open(cls, directory: Path) -> Names:
        """The names that write_names wrote into a directory."""
        rows = map_columns(directory / "names.arrow")
        return cls(
            keys=SortedStrings(map_columns(directory / "keys.arrow")["key"]),
            starts=map_array(directory / "starts.npy"),
            entity=rows["entity"].to_numpy(),
            kind=rows["kind"].to_numpy(),
            popularity=rows["popularity"].to_numpy(),
            surface=rows["surface"],
            _by_entity=rows["by_entity"].to_numpy(),
            _of_entity=map_array(directory / "names_of_entity.npy"),
        )

    def rows(self, key: int) -> range:
        """The rows of a key, the most popular first."""
        return range(int(self.starts[key]), int(self.starts[key + 1]))

    def rows_of(self, entities: Array) -> Array:
        """The rows of all names of these entities."""
        places, _ = spread(self._of_entity[entities], self._of_entity[entities + 1])
        return self._by_entity[places]

    def label_key(self, entity: int) -> int | None:
        """The key of an entity's label; null where it is blank."""
        rows = self.rows_of(np.array([entity]))
        labels = rows[self.kind[rows] == NameKind.LABEL]
        if not len(labels):
            return None
        return int(np.searchsorted(self.starts, labels[0], side="right")) - 1

    @property
    def searched(self) -> npt.NDArray[np.bool_]:
        """Of each key, whether it is looked for when misspelt: initials alone are not."""
        return np.minimum.reduceat(self.kind, self.starts[:-1]) < NameKind.INITIALS


def write_names(entities: pa.Table, directory: Path) -> None:
    """Write the names of a table of entities: labels, aliases, Latin spellings, initials."""
    spellings = pa.Table.from_batches(_spellings(entities), _SPELLING)
    rows, key = _sorted(spellings, np.log1p(entities["degree"].to_numpy()))
    first = np.flatnonzero(np.diff(key, prepend=-1))
    write_array(directory / "starts.npy", np.append(first, len(key)).astype(np.int32))
    write_columns(directory / "keys.arrow", {"key": rows.pop("normal").take(pa.array(first))})
    owner = rows["entity"].to_numpy()
    rows["by_entity"] = pa.array(np.argsort(owner, kind="stable").astype(np.int32))
    sizes = np.bincount(owner, minlength=entities.num_rows)
    of_entity = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    write_array(directory / "names_of_entity.npy", of_entity)
    write_columns(directory / "names.arrow", rows)


def _spellings(entities: pa.Table) -> Iterator[pa.RecordBatch]:
    for start in range(0, entities.num_rows, _CHUNK):
        part = entities.slice(start, _CHUNK)
        labels = part["label"].combine_chunks()
        rows = pa.array(np.arange(start, start + part.num_rows, dtype=np.int32))
        normal = normalised(labels)
        short, places = acronyms(normal)
        owners = pa.array(places)
        yield _batch(normal, labels, rows, NameKind.LABEL)
        yield _batch(short, labels.take(owners), rows.take(owners), NameKind.INITIALS)
        yield _spelt_in_latin(labels, rows, NameKind.LATIN_LABEL)
        lists = part["aliases"].combine_chunks()
        aliases, rows = pc.list_flatten(lists), rows.take(pc.list_parent_indices(lists))
        yield _batch(normalised(aliases), aliases, rows, NameKind.ALIAS)
        yield _spelt_in_latin(aliases, rows, NameKind.LATIN_ALIAS)


def _spelt_in_latin(names: pa.Array, rows: pa.Array, kind: NameKind) -> pa.RecordBatch:
    spelt, places = latin_spellings(names)
    foreign = pa.array(places)
    return _batch(spelt, names.take(foreign), rows.take(foreign), kind)


def _batch(normal: pa.Array, surface: pa.Array, entity: pa.Array, kind: NameKind) -> pa.RecordBatch:
    kinds = pa.array(np.full(len(entity), kind, np.uint8))
    columns = [normal, surface.cast(pa.large_string()), entity, kinds]
    return pa.record_batch(columns, schema=_SPELLING).filter(pc.not_equal(normal, ""))


def _sorted(
    spellings: pa.Table, log_degree: npt.NDArray[np.float64]
) -> tuple[dict[str, pa.Array], Array]:
    """The rows by key and popularity, each entity once under a key, and which key each row has."""
    spellings = spellings.combine_chunks()
    spellings = spellings.take(pc.sort_indices(spellings["normal"])).combine_chunks()
    normal = spellings["normal"].combine_chunks()
    differs = pc.not_equal(normal[1:], normal[:-1]).to_numpy(zero_copy_only=False)
    key = np.concatenate([[0], np.cumsum(differs)])[: len(normal)]
    entity, kind = spellings["entity"].to_numpy(), spellings["kind"].to_numpy()

    strongest_first = np.lexsort((kind, entity, key))
    same_key = np.diff(key[strongest_first], prepend=-1) == 0
    same_entity = np.diff(entity[strongest_first], prepend=-1) == 0
    kept = strongest_first[~(same_key & same_entity)]
    popularity = (log_degree[entity] * _WORTH[kind]).astype(np.float32)
    kept = kept[np.lexsort((entity[kept], -popularity[kept], key[kept]))]

    chosen = spellings.take(pa.array(kept))
    rows = {name: chosen[name].combine_chunks() for name in _SPELLING.names}
    return {**rows, "popularity": pa.array(popularity[kept])}, key[kept]
