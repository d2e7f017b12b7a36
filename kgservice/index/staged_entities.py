"""Entities as columns: what a build appends to the table of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from kgservice.index.reading import EntityChunk
from kgservice.index.staging import NumberColumn, TextColumn, TextListColumn
from kgservice.index.uniting import Merges
from kgservice.resolution.mapped import Array


@dataclass(frozen=True, slots=True)
class Card:
    """A canonical entity with the names and labels of all that were merged into it."""

    id: str
    label: str
    description: str | None
    aliases: list[str]
    labels: list[str]
    merged_ids: list[str]


def folded(chunk: EntityChunk, row: int, merges: Merges) -> Card:
    """An entity of a chunk; as kgservice.graph.cypher.cards folds it."""
    others = merges.cards.get(chunk.ids[row], ())
    names, labels = list(chunk.aliases[row]), list(chunk.types[row])
    for _, label, _, aliases, types, _ in others:
        names += [label, *aliases]
        labels += types
    label = chunk.labels[row]
    return Card(
        chunk.ids[row],
        label,
        chunk.descriptions[row],
        sorted({*names} - {label}),
        labels,
        sorted(other[0] for other in others),
    )


class EntityColumns:
    """The columns of the table of entities, growing in a directory."""

    def __init__(self, directory: Path):
        self._ids = TextColumn(directory / "id")
        self._labels = TextColumn(directory / "label")
        self._descriptions = TextColumn(directory / "description")
        self._aliases = TextListColumn(directory / "aliases")
        self._merged = TextListColumn(directory / "merged")
        self._kinds = NumberColumn(directory / "kind", np.int32)
        self._degrees = NumberColumn(directory / "degree", np.int64)

    def append(self, cards: Sequence[Card], kinds: Array, degrees: Array) -> None:
        """Add entities; `degrees` are the relationships that begin at each."""
        text, texts = pa.large_string(), pa.large_list(pa.large_string())
        self._ids.append(pa.array([one.id for one in cards], text))
        self._labels.append(pa.array([one.label for one in cards], text))
        self._descriptions.append(pa.array([one.description for one in cards], text))
        self._aliases.append(pa.array([one.aliases for one in cards], texts))
        self._merged.append(pa.array([one.merged_ids for one in cards], texts))
        self._kinds.append(kinds)
        self._degrees.append(degrees)

    def finish(self) -> StagedEntities:
        """All of them, in order of id."""
        columns = {
            "id": self._ids.column(),
            "label": self._labels.column(),
            "description": self._descriptions.column(),
            "aliases": self._aliases.column(),
            "merged_ids": self._merged.column(),
            "kind": self._kinds.column(),
        }
        return StagedEntities(columns, self._degrees.array())


@dataclass(frozen=True, slots=True)
class StagedEntities:
    """The columns of entities, and how many relationships begin at each."""

    columns: dict[str, pa.Array]
    degrees: Array
