"""An index as it is served: its tables and its names, opened together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kgservice.errors import IndexDamagedError
from kgservice.index.directory import IndexDirectory
from kgservice.index.manifest import Mark
from kgservice.index.naming import NAMES_DIRECTORY
from kgservice.index.snapshot import Snapshot
from kgservice.index.tables import Tables
from kgservice.resolution.encoder import Encoder
from kgservice.resolution.index import NameIndex
from kgservice.resolution.resolver import Resolver

#: Tries to open what another process may be replacing: each replacement takes seconds at least.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Opened:
    """An index of one data version, mapped; safe to share between threads."""

    directory: Path
    mark: Mark
    snapshot: Snapshot
    resolver: Resolver

    @classmethod
    def of(cls, directory: Path, encoder: Encoder | None) -> Opened:
        """Open the index in a directory; raises IndexDamagedError."""
        tables = Tables.open(directory)
        resolver = Resolver(NameIndex.open(directory / NAMES_DIRECTORY), encoder)
        return cls(directory, tables.manifest.mark, Snapshot.of(tables), resolver)


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
