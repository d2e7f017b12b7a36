"""Files as numbered lines, whatever they are compressed with, in bounded memory."""

from __future__ import annotations

import bz2
import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

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


@dataclass(frozen=True, slots=True)
class Source:
    """A file to load, or standard input."""

    path: str

    @property
    def name(self) -> str:
        """How it is called in reports and in the quarantine file."""
        return "<stdin>" if self.path == STANDARD_INPUT else self.path

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
def opened(source: Source) -> Iterator[Bytes]:
    """The bytes of a source, decompressed; raises LoadError where it cannot be opened."""
    if source.path == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    try:
        raw = Path(source.path).open("rb")  # noqa: SIM115
    except OSError as error:
        raise LoadError(f"cannot read {source.path}: {error.strerror}") from error
    with raw:
        match Path(source.path).suffix.lower():
            case ".gz":
                yield gzip.GzipFile(fileobj=raw)
            case ".bz2":
                yield bz2.BZ2File(raw)
            case ".zst":
                yield zstd.ZstdFile(raw)
            case _:
                yield raw


def whole(source: Source) -> bytes:
    """All that is in a source; raises LoadError where it ends in the middle."""
    with opened(source) as stream:
        return b"".join(_chunks(source, stream))


def lines(source: Source) -> Iterator[Line]:
    """The lines of a source from 1 on; raises LoadError where it ends in the middle."""
    number = 0
    rest = b""
    skipping = False
    with opened(source) as stream:
        for chunk in _chunks(source, stream):
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


def _chunks(source: Source, stream: Bytes) -> Iterator[bytes]:
    begun = False
    while True:
        try:
            chunk = stream.read(_CHUNK_BYTES)
        except (OSError, EOFError, zlib.error, zstd.ZstdError) as error:
            raise LoadError(f"{source.name} is damaged or cut off: {error}") from error
        if not chunk:
            return
        # A byte order mark is not part of the first field.
        yield chunk if begun else chunk.removeprefix(b"\xef\xbb\xbf")
        begun = True
