"""Literals compared in columns: conditions on them, and the largest or smallest of each entity."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kgservice.algebra.expression import Comparison, Condition, SortOrder
from kgservice.index.effort import Effort
from kgservice.index.layout import NO_MOMENT
from kgservice.index.numbering import Members
from kgservice.index.snapshot import Layer, Snapshot
from kgservice.index.vectors import Mask
from kgservice.index.ways import Places
from kgservice.literals import read_moment, read_number
from kgservice.resolution.mapped import Array

_HOLDS: Mapping[Comparison, tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]] = {
    Comparison.EQ: (operator.eq, pc.equal),
    Comparison.NE: (operator.eq, pc.equal),
    Comparison.LT: (operator.lt, pc.less),
    Comparison.LE: (operator.le, pc.less_equal),
    Comparison.GT: (operator.gt, pc.greater),
    Comparison.GE: (operator.ge, pc.greater_equal),
}


@dataclass(frozen=True, slots=True)
class Values:
    """Literals of some entities, all of one layer: whose each is, and its row."""

    layer: Layer
    owners: Array
    rows: Places

    @property
    def numbers(self) -> tuple[Array, Mask]:
        """The numbers, and which of the literals are any."""
        numbers = self.layer.statements.literals.number[self.rows]
        return numbers, ~np.isnan(numbers)

    @property
    def moments(self) -> tuple[Array, Mask]:
        """The times in microseconds from 1970, and which of the literals are any."""
        moments = self.layer.statements.literals.moment[self.rows]
        return moments, moments != NO_MOMENT

    def where(self, mask: Mask) -> Values:
        """Those for which it holds."""
        return Values(self.layer, self.owners[mask], self.rows[mask])

    def texts(self, mask: Mask) -> pa.Array:
        """The texts of those literals for which it holds."""
        return self.layer.statements.literals.text.take(pa.array(self.rows[mask]))


@dataclass(frozen=True, slots=True)
class Comparing:
    """Reads the literals of entities in the tables."""

    snapshot: Snapshot
    effort: Effort

    def meets(self, members: Members, asked: Condition) -> Mask:
        """Which of some entities meet a condition."""
        any_value = np.zeros(len(members), np.bool_)
        holds = np.zeros(len(members), np.bool_)
        for values in self._values(members, asked.relations):
            kept = values
            if asked.unit is not None:
                units = values.layer.statements.literals.terms["unit"][values.rows]
                same = units == self.snapshot.term("unit", asked.unit)
                kept = values.where(same)
            any_value[kept.owners] = True
            holds[kept.owners[_compared(kept, asked)]] = True
        return any_value & ~holds if asked.comparison is Comparison.NE else holds

    def extremes(
        self, members: Members, relations: frozenset[str], order: SortOrder
    ) -> tuple[Members, Array]:
        """Entities with the value that each counts with, as a number to be ordered by.

        Of numbers, times and texts the kind that most of the entities have counts; in this order
        at a tie. Each entity counts with its largest value for DESC, else its smallest.
        """
        found = [_by_kind(values) for values in self._values(members, relations)]
        best = np.empty(0, np.int64), np.empty(0)
        for kind in range(3):
            owners = np.concatenate([np.empty(0, np.int64), *(one[kind][0] for one in found)])
            if kind == 2:
                keys = _ranked([one[kind][1] for one in found])
            else:
                keys = np.concatenate([np.empty(0), *(one[kind][1] for one in found)])
            whose, extreme = _extreme(owners, keys, order)
            if len(whose) > len(best[0]):
                best = whose, extreme
        return members[best[0]], best[1]

    def _values(self, members: Members, relations: frozenset[str]) -> Iterator[Values]:
        wanted = self.snapshot.wanted(relations)
        for layer in self.snapshot.layers:
            for places, owners in layer.statements.values.parts(members, wanted):
                self.effort.spend(len(places))
                alive = layer.alive(places, literal=True)
                found = Values(layer, owners, places)
                yield found if alive is None else found.where(alive)


def _compared(values: Values, asked: Condition) -> Mask:
    """Of which literals the comparison holds, each read in its own kind."""
    holds, text_holds = _HOLDS[asked.comparison]
    numbers, is_number = values.numbers
    moments, is_moment = values.moments
    is_text = ~(is_number | is_moment)
    found = np.zeros(len(values.rows), np.bool_)
    number, moment = read_number(asked.value), read_moment(asked.value)
    if number is not None:
        found |= is_number & holds(numbers, number)
    if moment is not None:
        found |= is_moment & holds(moments, moment)
    if is_text.any():
        asked_text = pa.scalar(asked.value, pa.large_string())
        texts = text_holds(values.texts(is_text), asked_text)
        found[is_text] = texts.to_numpy(zero_copy_only=False)
    return found


def _by_kind(
    values: Values,
) -> tuple[tuple[Array, Array], tuple[Array, Array], tuple[Array, pa.Array]]:
    numbers, is_number = values.numbers
    moments, is_moment = values.moments
    is_text = ~(is_number | is_moment)
    return (
        (values.owners[is_number], numbers[is_number]),
        (values.owners[is_moment], moments[is_moment]),
        (values.owners[is_text], values.texts(is_text)),
    )


def _ranked(texts: list[pa.Array]) -> Array:
    """The place of each text among all of them in order of code point."""
    coded = pa.chunked_array(texts, pa.large_string()).combine_chunks().dictionary_encode()
    ranks = np.empty(len(coded.dictionary), np.int64)
    ranks[pc.sort_indices(coded.dictionary).to_numpy()] = np.arange(len(ranks))
    found: Array = ranks[coded.indices.to_numpy()]
    return found


def _extreme(owners: Array, keys: Array, order: SortOrder) -> tuple[Array, Array]:
    """Of each owner the largest or smallest key."""
    rows = np.lexsort((-keys if order is SortOrder.DESC else keys, owners))
    firsts = np.flatnonzero(np.diff(owners[rows], prepend=-1))
    chosen = rows[firsts]
    return owners[chosen], keys[chosen]
