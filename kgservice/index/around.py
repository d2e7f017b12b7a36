"""The statements around entities, selected in a few array steps for all of them together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
import numpy.typing as npt

from kgservice.algebra.pattern import ANY_STATEMENT, Relations, StatementFilter
from kgservice.index.effort import Effort
from kgservice.index.numbering import Members
from kgservice.index.snapshot import Layer, Snapshot
from kgservice.index.tables import StatementTable
from kgservice.index.vectors import Mask
from kgservice.index.walks import passing
from kgservice.index.ways import Way
from kgservice.model import Direction
from kgservice.resolution.mapped import Array


@dataclass(frozen=True, slots=True)
class Wish:
    """Which statements of an entity are wanted; `types` are those of the entity at the far end."""

    relations: Relations = None
    direction: Direction = Direction.OUT
    where: StatementFilter = ANY_STATEMENT
    types: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Statements of one layer and one side.

    `owners` are positions among the entities asked about, `far` the entities at the other end, null
    where there are literals, `rows` the rows in the table.
    """

    layer: Layer
    owners: Array
    rows: Array
    far: Members | None

    @property
    def table(self) -> StatementTable:
        """The table that the rows are of."""
        statements = self.layer.statements
        return statements.with_literal if self.far is None else statements.between

    def where(self, kept: Array) -> Found:
        """Some of them, by a mask or by places."""
        far = None if self.far is None else self.far[kept]
        return replace(self, owners=self.owners[kept], rows=self.rows[kept], far=far)


@dataclass(frozen=True, slots=True)
class Around:
    """Selects the statements that some entities are an end of."""

    snapshot: Snapshot
    effort: Effort

    def find(self, members: Members, wish: Wish) -> Iterator[Found]:
        """All wanted statements, in parts; one from an entity to itself stands once.

        A member may be -1, which no entity is, and stand several times.
        """
        known = np.flatnonzero(members >= 0)
        for layer in self.snapshot.layers:
            for way, back in self._ways(layer, wish):
                for part in self._along(layer, way, members[known], wish):
                    kept = self._kept(part, members[known], wish, back=back)
                    found = part if kept is None else part.where(kept)
                    yield replace(found, owners=known[found.owners])

    def _ways(self, layer: Layer, wish: Wish) -> Iterator[tuple[Way, bool]]:
        statements = layer.statements
        if wish.direction is not Direction.IN:
            yield statements.out, False
            if wish.types is None:
                yield statements.values, False
        if wish.direction is not Direction.OUT:
            yield statements.into, True

    def _along(self, layer: Layer, way: Way, members: Members, wish: Wish) -> Iterator[Found]:
        wanted = self.snapshot.wanted(wish.relations)
        for places, owners in way.parts(members, wanted):
            self.effort.spend(len(places))
            rows = places if way.row is None else way.row[places]
            yield Found(layer, owners, rows, None if way.end is None else way.end[places])

    def _kept(
        self, found: Found, members: Members, wish: Wish, *, back: bool
    ) -> npt.NDArray[np.bool_] | None:
        alive = found.layer.alive(found.rows, literal=found.far is None)
        tests: list[Mask] = [] if alive is None else [alive]
        tests.extend(passing(self.snapshot, found.table, wish.where, found.rows))
        if found.far is not None:
            if wish.types is not None:
                kinds = self.snapshot.kinds(found.far)
                tests.append(self.snapshot.type_mask(wish.types)[kinds])
            if back and wish.direction is Direction.BOTH:
                tests.append(found.far != members[found.owners])
        return reduce(np.logical_and, tests) if tests else None
