"""The directory of indexes: one that is current, the one before it, and the one being built.

index/current                  the name of the current one, replaced in one rename
index/25-9f2c41aa/             an index: the data version and a random part
index/building-77e01c52/       one being built; who dies leaves it to the next builder
index/lock                     held by the one builder, let go of by the kernel
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kgservice.errors import IndexBusyError

_CURRENT = "current"
_BUILDING = "building-"


@dataclass(frozen=True, slots=True)
class IndexDirectory:
    """Where the indexes of one graph are kept."""

    path: Path

    @classmethod
    def below(cls, data_dir: Path) -> IndexDirectory:
        """The place in a data directory."""
        return cls(data_dir / "index")

    def current(self) -> Path | None:
        """The index to open; null where none was built. It may be gone when another replaces it."""
        try:
            name = (self.path / _CURRENT).read_text("utf-8").strip()
        except FileNotFoundError:
            return None
        return self.path / name

    @contextmanager
    def building(self) -> Iterator[Path]:
        """An empty directory to build in, for the one builder; gone after the block if not swapped.

        Raises IndexBusyError where another process builds.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _take(descriptor, self.path)
            self._sweep(_BUILDING)
            directory = self.path / f"{_BUILDING}{secrets.token_hex(4)}"
            directory.mkdir()
            try:
                yield directory
            finally:
                shutil.rmtree(directory, ignore_errors=True)
        finally:
            os.close(descriptor)

    def is_building(self) -> bool:
        """Whether a builder is at work."""
        try:
            descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def publish(self, built: Path, version: int) -> Path:
        """Make what was built the current index.

        The one before is kept for readers that have just learnt its name; older ones go.
        """
        target = self.path / f"{version}-{built.name.removeprefix(_BUILDING)}"
        before = self.current()
        built.rename(target)
        fresh = self.path / f"{_CURRENT}.new"
        with fresh.open("w", encoding="utf-8") as file:
            file.write(target.name + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path / _CURRENT)
        kept = {target, before}
        for path in self.path.iterdir():
            if path.is_dir() and path not in kept:
                shutil.rmtree(path, ignore_errors=True)
        return target

    def _sweep(self, prefix: str) -> None:
        for path in self.path.glob(f"{prefix}*"):
            shutil.rmtree(path, ignore_errors=True)


def _take(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise IndexBusyError(
            f"another process builds the index in {path}: wait until it is done"
        ) from error
