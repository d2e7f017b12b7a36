"""The names of a layer that begin with a prefix, or nearly so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from rapidfuzz.distance import OSA

from kgservice.resolution.deletes import edits_allowed
from kgservice.resolution.index import Shown
from kgservice.resolution.mapped import Array
from kgservice.resolution.text import latin, normalise
from kgservice.resolution.tops import Tops

#: Of fewer entities than this all names are looked at; of more, the top of a range holds enough.
_FEW = 20_000
#: How much further down the range is looked each time that too few were of the types asked for.
_FURTHER = 8
#: Letters of a misspelt prefix that are searched for, and keys that are compared with it: both
#: bound the time of the search.
_SEARCHED_LETTERS, _SEARCHED_KEYS = 12, 100


@dataclass(frozen=True)
class Prefixes:
    """Looks up prefixes among the names of a layer; rows are those of its Names."""

    shown: Shown

    def beginning(self, prefix: str) -> list[range]:
        """Where the names lie that begin with a prefix as it was typed.

        A space at its end says that the word before is whole.
        """
        names = self.shown.layer.names
        if not prefix.strip():
            return [range(len(names.entity))]
        found = []
        for form in {normalise(prefix), latin(prefix)} - {""}:
            if prefix[-1].isspace():
                whole = names.keys.find(form)
                found += [] if whole is None else [names.rows(whole)]
            keys = names.keys.with_prefix(f"{form} " if prefix[-1].isspace() else form)
            found.append(range(int(names.starts[keys.start]), int(names.starts[keys.stop])))
        return found

    def top(self, rows: range, types: frozenset[str] | None, most: int) -> Array:
        """The most popular of a range of rows that are shown and of the types, in no order."""
        if types is None:
            return self._top_kept(rows, None, most)
        entities = self.shown.layer.entities
        numbers = entities.numbers(types)
        if numbers and entities.count(numbers) > _FEW:
            return self._top_kept(rows, numbers, most)
        found = self.within(rows, entities.members(numbers), types)
        return found[np.argsort(-self.shown.layer.names.popularity[found], kind="stable")[:most]]

    def within(self, rows: range, entities: Array, types: frozenset[str] | None) -> Array:
        """The names of some entities that lie in a range of rows, are shown and of the types."""
        found = self.shown.layer.names.rows_of(entities)
        found = found[(found >= rows.start) & (found < rows.stop)]
        return self._kept(found, self._numbers(types))

    def nearly(self, prefix: str, types: frozenset[str] | None) -> list[tuple[int, int]]:
        """Rows of names that begin with the prefix but for one or two edits, with their number."""
        layer, numbers = self.shown.layer, self._numbers(types)
        normal = normalise(prefix)[:_SEARCHED_LETTERS]
        if not normal or (numbers is not None and not numbers):
            return []
        keys = layer.trigrams.find(normal, _SEARCHED_KEYS, numbers)
        names = layer.names.keys.take(np.array(keys, np.int64))
        found = []
        for key, name in zip(keys, names, strict=True):
            away = OSA.distance(normal, name[: len(normal)])
            if away <= edits_allowed(len(normal)):
                rows = self._kept(np.array(layer.names.rows(key)[:_SEARCHED_KEYS]), numbers)
                found += [(row, away) for row in rows.tolist()]
        return found

    def _numbers(self, types: frozenset[str] | None) -> list[int] | None:
        return None if types is None else self.shown.layer.entities.numbers(types)

    @cached_property
    def _tops(self) -> Tops:
        return Tops(self.shown.layer.names.popularity)

    def _top_kept(self, rows: range, numbers: list[int] | None, most: int) -> Array:
        looked_at = most
        while True:
            top = self._tops.find(rows, looked_at)
            kept = self._kept(top, numbers)
            if len(kept) >= most or looked_at >= len(rows):
                return kept
            looked_at *= _FURTHER

    def _kept(self, rows: Array, numbers: list[int] | None) -> Array:
        entity = self.shown.layer.names.entity[rows]
        kept = ~self.shown.hidden[entity]
        if numbers is not None:
            kept &= self.shown.layer.entities.having(entity, numbers)
        return rows[kept]
