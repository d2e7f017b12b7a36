"""What an index is: which graph and version it was made of, and which files it consists of."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from kgservice.errors import IndexDamagedError

#: Changes whenever what is in the files changes; an index of another format is built anew.
FORMAT = 2
MANIFEST = "manifest.json"

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Mark:
    """A state of a graph: its database, its data version, and when that version was made.

    Two graphs that count their versions alike, or one before and after a restored backup, differ
    in the time.
    """

    database: str
    version: int
    made_at: str | None


@dataclass(frozen=True, slots=True)
class FileSum:
    """What a file must be: its size in bytes, and the CRC-32 of its content."""

    size: int
    crc: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """The card of an index; it is written last, so a directory without one was never finished.

    `mark` is the state when the reading began: what changed while it went on may stand in the
    tables or not, and is laid over them as what came later is. `bytes` is the size of all files.
    """

    mark: Mark
    entities: int
    statements: int
    literals: int
    built_at: str
    seconds: float
    files: Mapping[str, FileSum] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def bytes(self) -> int:
        """How large the index is."""
        return sum(one.size for one in self.files.values())


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Finish an index: its files reach the disk before the manifest that vouches for them."""
    path = directory / MANIFEST
    with path.open("w", encoding="utf-8") as file:
        json.dump(asdict(manifest), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    _sync(directory)


def read_manifest(directory: Path) -> Manifest:
    """The manifest of an index; raises IndexDamagedError."""
    try:
        read = json.loads((directory / MANIFEST).read_text("utf-8"))
        if read["format"] != FORMAT:
            raise IndexDamagedError(
                f"{directory} is of format {read['format']}, this program reads {FORMAT}: "
                "run `kgservice index build`"
            )
        read["mark"] = Mark(**read["mark"])
        read["files"] = {name: FileSum(**one) for name, one in read["files"].items()}
        return Manifest(**read)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamagedError(
            f"{directory} is no index or was never finished: run `kgservice index build`"
        ) from error


def summed(directory: Path) -> dict[str, FileSum]:
    """The sums of all files below a directory, which are on the disk when this returns."""
    found = {}
    for path in sorted(_files(directory)):
        with path.open("rb") as file:
            os.fsync(file.fileno())
        found[str(path.relative_to(directory))] = _sum(path)
        _sync(path.parent)
    return found


def check(directory: Path, manifest: Manifest) -> None:
    """Raise IndexDamagedError where a file is not what the manifest says; 0.2 s a GB."""
    for name, expected in manifest.files.items():
        try:
            found = _sum(directory / name)
        except OSError as error:
            raise _damaged(directory / name, error.strerror or "unreadable") from error
        if found != expected:
            raise _damaged(directory / name, "its content is not what was written")


def _damaged(path: Path, why: str) -> IndexDamagedError:
    return IndexDamagedError(f"the index is damaged, {path}: {why}. Run `kgservice index build`")


def _sum(path: Path) -> FileSum:
    size = crc = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            crc = zlib.crc32(chunk, crc)
    return FileSum(size, crc)


def _files(directory: Path) -> Iterator[Path]:
    return (path for path in directory.rglob("*") if path.is_file())


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
