"""The names of the whole graph: a base layer, and over it the layers of what changed since.

A layer hides in those below it every entity that it holds anew or that it says is gone, so a load
can be resolved as soon as its own small layer is written. NameIndex never changes; an index with
one layer more is a new one that shares the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kgservice.resolution.encoder import Fingerprint
from kgservice.resolution.layer import Layer


@dataclass(frozen=True, slots=True)
class Shown:
    """A layer and which of its entities count: `hidden` holds for those that a later replaces."""

    layer: Layer
    hidden: npt.NDArray[np.bool_]

    def below(self, ids: Iterable[str]) -> Shown:
        """This layer with these entities hidden too."""
        rows = [row for id in ids if (row := self.layer.entities.row(id)) is not None]
        if not rows:
            return self
        hidden = self.hidden.copy()
        hidden[rows] = True
        return Shown(self.layer, hidden)


@dataclass(frozen=True, slots=True)
class NameIndex:
    """An opened index, the base first.

    >>> index = NameIndex.open(Path("names")).with_layer(Path("names-changed"))
    """

    layers: tuple[Shown, ...]

    @classmethod
    def open(cls, base: Path, *changes: Path) -> NameIndex:
        """Map the directories that write_layer wrote; raises IndexDamagedError."""
        index = cls(())
        for directory in (base, *changes):
            index = index.with_layer(directory)
        return index

    def with_layer(self, directory: Path) -> NameIndex:
        """This index with one more layer on top; raises IndexDamagedError."""
        layer = Layer.open(directory)
        gone = [*layer.entities.ids.to_pylist(), *layer.removed] if self.layers else []
        below = tuple(shown.below(gone) for shown in self.layers)
        return NameIndex((*below, Shown(layer, np.zeros(len(layer.entities), np.bool_))))

    @property
    def fingerprint(self) -> Fingerprint | None:
        """Which encoder made the vectors of the base; null where it has none."""
        return self.layers[0].layer.fingerprint

    def find(self, id: str) -> tuple[int, int] | None:
        """In which layer and row an entity stands; null where it is not known or gone."""
        for place, shown in enumerate(self.layers):
            row = shown.layer.entities.row(id)
            if row is not None and not shown.hidden[row]:
                return place, row
        return None
