"""An index as it is served: its tables and names, opened together, with what changed since.

Each step that follows the graph makes a new Opened, which shares all that did not change; requests
that began with the one before go on with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from kgservice.errors import IndexDamagedError
from kgservice.graph.client import Graph
from kgservice.index.delta import Delta, follow
from kgservice.index.directory import IndexDirectory
from kgservice.index.laying import laid_over
from kgservice.index.manifest import Mark
from kgservice.index.naming import NAMES_DIRECTORY, changed_names
from kgservice.index.snapshot import Snapshot
from kgservice.index.tables import Tables
from kgservice.resolution.encoder import Encoder
from kgservice.resolution.index import NameIndex
from kgservice.resolution.layer import write_layer
from kgservice.resolution.resolver import Resolver

#: Tries to open what another process replaces meanwhile; a small index is built in milliseconds.
_TRIES = 50
#: Layers of names over the tables: each is searched for each mention, so they are joined in time.
_MOST_LAYERS = 6


@dataclass(frozen=True, slots=True)
class Opened:
    """An index of one data version, mapped; safe to share between threads.

    `layers` counts those of names that lie over the tables; `unnamed` are entities whose names have
    changed, but which nobody has begun to make findable by them.
    """

    directory: Path
    delta: Delta
    snapshot: Snapshot
    resolver: Resolver
    layers: int = 0
    unnamed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, directory: Path, encoder: Encoder | None) -> Opened:
        """Open the index in a directory; raises IndexDamagedError."""
        tables = Tables.open(directory)
        resolver = Resolver(NameIndex.open(directory / NAMES_DIRECTORY), encoder)
        return cls(directory, Delta.nothing(tables), Snapshot.of(tables), resolver)

    @property
    def mark(self) -> Mark:
        """The state of the graph that it is of."""
        return self.delta.mark

    def followed(self, graph: Graph) -> Opened:
        """This index at the graph's data version of now; raises CannotFollowError."""
        delta, touched = follow(graph, self.snapshot.tables, self.delta)
        snapshot = laid_over(self.snapshot.tables, delta)
        unnamed = self.unnamed | touched.entities
        return replace(self, delta=delta, snapshot=snapshot, unnamed=unnamed)

    def named(self) -> Opened:
        """This index with the names of all its entities; 1 ms for each that has changed."""
        if self.layers < _MOST_LAYERS:
            index, ids, layers = self.resolver.index, self.unnamed, self.layers + 1
        else:
            index = NameIndex.open(self.directory / NAMES_DIRECTORY)
            ids, layers = frozenset(self.delta.entities), 1
        resolver = replace(self.resolver, index=self._with_layer(index, ids))
        return replace(self, resolver=resolver, layers=layers, unnamed=frozenset())

    def being_named(self) -> Opened:
        """This index while another thread makes what `named` gives."""
        return replace(self, unnamed=frozenset())

    def given(self, named: Opened) -> Opened:
        """This index with the names of an earlier step; they mean nothing to another directory."""
        if named.directory != self.directory:
            return self
        return replace(self, resolver=named.resolver, layers=named.layers)

    def _with_layer(self, index: NameIndex, ids: frozenset[str]) -> NameIndex:
        source, removed = changed_names(self.snapshot, ids)
        encoder = None if self.resolver.without_meaning else self.resolver.encoder
        # What is mapped stays readable without a name: it goes with the last that maps it.
        with TemporaryDirectory(prefix="kgservice-names-") as scratch:
            layer = Path(scratch) / NAMES_DIRECTORY
            write_layer(source, layer, encoder=encoder, removed=removed)
            return index.with_layer(layer)


def open_current(indexes: IndexDirectory, encoder: Encoder | None) -> Opened | None:
    """Open the current index; null where none was built. Raises IndexDamagedError."""
    for tried in range(1, _TRIES + 1):
        directory = indexes.current()
        if directory is None:
            return None
        try:
            return Opened.of(directory, encoder)
        except IndexDamagedError:
            if tried == _TRIES or indexes.current() == directory:
                raise
    return None
