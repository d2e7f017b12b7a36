"""Files as numbered lines, whatever they are compressed with, in bounded memory."""

from __future__ import annotations

import bz2
import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from backports import zstd

from kgservice.errors import LoadError

#: What `-` means on the command line.
STANDARD_INPUT = "-"

_COMPRESSIONS = (".gz", ".zst", ".bz2")

#: Longer lines are rejected: they are a missing line break far more often than a record, and one of
#: them would be held in memory several times.
MAX_LINE_BYTES = 16 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024


class Bytes(Protocol):
    """What all the decompressors have in common."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, at most so many; none at the end."""
        ...


@dataclass(slots=True)
class Meter:
    """How far a source has been read, of how much; `total` is null where nobody can know."""

    done: int = 0
    total: int | None = None

    @property
    def share(self) -> float:
        """From 0 to 1; 0 where the whole is not known."""
        return min(self.done / self.total, 1.0) if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Source:
    """A file to load, or standard input."""

    path: str
    meter: Meter = field(default_factory=Meter, compare=False, repr=False)

    @property
    def name(self) -> str:
        """How it is called in reports and in the quarantine file."""
        return "<stdin>" if self.path == STANDARD_INPUT else self.path

    @property
    def size(self) -> int | None:
        """Bytes on disk, or null where it is not a file."""
        path = Path(self.path)
        return path.stat().st_size if self.path != STANDARD_INPUT and path.is_file() else None

    @property
    def share(self) -> float:
        """How much of it is read, from 0 to 1."""
        return self.meter.share

    @property
    def is_compressed(self) -> bool:
        """Whether its ending is that of a compression."""
        return Path(self.path).suffix.lower() in _COMPRESSIONS

    @property
    def file_type(self) -> str:
        """The ending that tells the type, without a compression's: jsonl, tsv, ..; may be empty."""
        suffixes = [suffix.lower() for suffix in Path(self.path).suffixes]
        if suffixes and suffixes[-1] in _COMPRESSIONS:
            suffixes.pop()
        return suffixes[-1][1:] if suffixes else ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its line feed; `content` is null where it was too long to read."""

    number: int
    content: bytes | None


@contextmanager
def _opened(source: Source) -> Iterator[tuple[Bytes, BinaryIO | None]]:
    """A source's bytes, decompressed, and its file where it is one; raises LoadError."""
    if source.path == STANDARD_INPUT:
        yield sys.stdin.buffer, None
        return
    try:
        raw = Path(source.path).open("rb")  # noqa: SIM115
    except OSError as error:
        raise LoadError(f"cannot read {source.path}: {error.strerror}") from error
    with raw:
        source.meter.total = source.size
        match Path(source.path).suffix.lower():
            case ".gz":
                yield gzip.GzipFile(fileobj=raw), raw
            case ".bz2":
                yield bz2.BZ2File(raw), raw
            case ".zst":
                yield zstd.ZstdFile(raw), raw
            case _:
                yield raw, raw


def whole(source: Source) -> bytes:
    """All that is in a source; raises LoadError where it ends in the middle."""
    return b"".join(_chunks(source))


def lines(source: Source) -> Iterator[Line]:
    """The lines of a source from 1 on; raises LoadError where it ends in the middle."""
    number = 0
    rest = b""
    skipping = False
    for chunk in _chunks(source):
        first, *others = (rest + chunk).split(b"\n")
        for content in (first, *others)[:-1]:
            number += 1
            yield Line(number, None if skipping else content)
            skipping = False
        rest = others[-1] if others else first
        if len(rest) > MAX_LINE_BYTES:
            rest, skipping = b"", True
    if rest or skipping:
        yield Line(number + 1, None if skipping else rest)


def _chunks(source: Source) -> Iterator[bytes]:
    begun = False
    with _opened(source) as (stream, file):
        while True:
            try:
                chunk = stream.read(_CHUNK_BYTES)
            except (OSError, EOFError, zlib.error, zstd.ZstdError) as error:
                raise LoadError(f"{source.name} is damaged or cut off: {error}") from error
            if not chunk:
                return
            if file is None or not file.seekable():
                source.meter.done += len(chunk)
            else:
                source.meter.done = file.tell()
            # A byte order mark is not part of the first field.
            yield chunk if begun else chunk.removeprefix(b"\xef\xbb\xbf")
            begun = True
