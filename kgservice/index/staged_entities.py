"""Entities as columns: what a build appends to the table of them.

No entity becomes an object on its way: one took 15 us of Python, in columns one takes 3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kgservice.index.interning import Interner, Kind
from kgservice.index.reading import AlikeEntities
from kgservice.index.staging import NumberColumn, TextColumn, TextListColumn
from kgservice.index.uniting import Merges
from kgservice.resolution.mapped import Array

_TEXT = pa.large_string()
_TEXTS = pa.large_list(_TEXT)


@dataclass(frozen=True, slots=True)
class StagedEntities:
    """The columns of entities, Neo4j's numbers of them, and how many relationships begin at each.

    With an entity those of merged ones are counted that stand between it and the next.
    """

    columns: dict[str, pa.Array]
    nodes: Array
    degrees: Array


@dataclass(frozen=True, slots=True)
class _United:
    """The row of a canonical entity in a chunk, and the cards of those that were merged into it."""

    row: int
    cards: Sequence[Sequence[Any]]

    @property
    def names(self) -> list[str]:
        """What these are called."""
        return [name for _, label, _, aliases, *_ in self.cards for name in (label, *aliases)]

    @property
    def labels(self) -> set[str]:
        """Which labels they bear."""
        return {label for card in self.cards for label in card[4]}

    @property
    def ids(self) -> list[str]:
        """Their ids, in order."""
        return sorted(card[0] for card in self.cards)


class EntityColumns:
    """The columns of the table of entities, growing in a directory.

    `type_labels` are the labels that mean types; kinds get their codes in `kinds`. A canonical
    entity has the names and labels of all that were merged into it, as kgservice.graph.cypher.cards
    folds it, and these are left out.
    """

    def __init__(
        self, directory: Path, type_labels: frozenset[str], kinds: Interner[Kind], merges: Merges
    ):
        self._type_labels = type_labels
        self._codes = kinds
        self._merges = merges
        self._ids = TextColumn(directory / "id")
        self._labels = TextColumn(directory / "label")
        self._descriptions = TextColumn(directory / "description")
        self._aliases = TextListColumn(directory / "aliases")
        self._merged = TextListColumn(directory / "merged")
        self._kinds = NumberColumn(directory / "kind", np.int32)
        self._nodes = NumberColumn(directory / "node", np.int64)
        self._degrees = NumberColumn(directory / "degree", np.int64)

    def append(self, several: Sequence[AlikeEntities]) -> None:
        """Add the entities of a chunk, which stand behind those before."""
        ids = _column(several, lambda one: one.ids)
        order = pc.sort_indices(ids)
        kept = self._kept(ids.take(order))
        degrees = np.array(_every(several, lambda one: one.degrees), np.int64)[order.to_numpy()]
        order = order.take(pa.array(kept))
        ids = ids.take(order)
        united = self._united(ids)
        labels = _column(several, lambda one: one.names).take(order)
        aliases = pa.array(_every(several, lambda one: one.aliases), _TEXTS).take(order)
        self._ids.append(ids)
        self._labels.append(labels)
        self._descriptions.append(_descriptions(several).take(order))
        self._aliases.append(_distinct(aliases, labels, united))
        self._merged.append(_merged_ids(len(ids), united))
        self._kinds.append(self._kinds_of(several, order, united))
        nodes = np.array(_every(several, lambda one: one.nodes), np.int64)
        self._nodes.append(nodes[order.to_numpy()])
        self._degrees.append(_degrees(degrees, kept))

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
        return StagedEntities(columns, self._nodes.array(), self._degrees.array())

    def _kept(self, ids: pa.Array) -> Array:
        """The places of these without those of merged entities."""
        canonical = self._merges.canonical
        if not canonical:
            return np.arange(len(ids))
        return np.flatnonzero([id not in canonical for id in ids.to_pylist()])

    def _united(self, ids: pa.Array) -> list[_United]:
        cards = self._merges.cards
        if not cards:
            return []
        rows = enumerate(ids.to_pylist())
        return [_United(row, cards[id]) for row, id in rows if id in cards]

    def _kinds_of(
        self, several: Sequence[AlikeEntities], order: pa.Array, united: Sequence[_United]
    ) -> Array:
        """The code of each row's kind: those that have their labels in common share it."""
        sizes = [len(one.ids) for one in several]
        which = np.repeat(np.arange(len(several)), sizes)[order.to_numpy()]
        bearing = [set(one.labels) for one in several]
        for one in united:
            bearing.append(bearing[which[one.row]] | one.labels)
            which[one.row] = len(bearing) - 1
        codes = np.empty(len(bearing), np.int32)
        # The first that is met has the first code.
        _, firsts = np.unique(which, return_index=True)
        for group in which[np.sort(firsts)].tolist():
            codes[group] = self._codes.code(tuple(sorted(self._type_labels & bearing[group])))
        found: Array = codes[which]
        return found


def _distinct(lists: pa.Array, labels: pa.Array, united: Sequence[_United]) -> pa.Array:
    """Of each entity the names that are not its label, in order, each once."""
    names, owners = lists.flatten(), pc.list_parent_indices(lists).to_numpy()
    if united:
        more = [one.names for one in united]
        names = pa.concat_arrays([names, pa.array(chain.from_iterable(more), _TEXT)])
        rows = np.repeat([one.row for one in united], [len(one) for one in more])
        owners = np.concatenate([owners, rows])
    differs = pc.not_equal(names, labels.take(pa.array(owners)))
    names, owners = names.filter(differs), owners[differs.to_numpy(zero_copy_only=False)]
    if united or (owners[1:] == owners[:-1]).any():
        table = pa.table({"owner": owners, "name": names})
        order = pc.sort_indices(table, [("owner", "ascending"), ("name", "ascending")])
        names, owners = names.take(order), owners[order.to_numpy()]
        same = pc.equal(names[1:], names[:-1]).to_numpy(zero_copy_only=False)
        fresh = np.concatenate([[True], ~same | (owners[1:] != owners[:-1])])[: len(owners)]
        names, owners = names.filter(pa.array(fresh)), owners[fresh]
    return _lists(np.bincount(owners, minlength=len(lists)), names)


def _degrees(every: Array, kept: Array) -> Array:
    """The degrees of what is kept; each with what is left out behind it, for that is read too."""
    if not len(kept):
        return every[:0]
    found: Array = np.add.reduceat(every, np.append(0, kept[1:]))
    return found


def _merged_ids(rows: int, united: Sequence[_United]) -> pa.Array:
    sizes = np.zeros(rows, np.int64)
    sizes[[one.row for one in united]] = [len(one.cards) for one in united]
    return _lists(sizes, pa.array(chain.from_iterable(one.ids for one in united), _TEXT))


def _lists(sizes: Array, texts: pa.Array) -> pa.Array:
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    return pa.LargeListArray.from_arrays(pa.array(ends), texts)


def _descriptions(several: Sequence[AlikeEntities]) -> pa.Array:
    """The descriptions of all; those of a kind that have none come as no column."""
    columns = (
        pa.array(one.descriptions, _TEXT) if one.descriptions else pa.nulls(len(one.ids), _TEXT)
        for one in several
    )
    return pa.chunked_array(columns, _TEXT).combine_chunks()


def _column(several: Sequence[AlikeEntities], of: Callable[[AlikeEntities], list[str]]) -> pa.Array:
    return pa.array(_every(several, of), _TEXT)


def _every(several: Sequence[AlikeEntities], of: Callable[[AlikeEntities], list[Any]]) -> list[Any]:
    """A column of all of these, one after another."""
    return list(chain.from_iterable(map(of, several)))
