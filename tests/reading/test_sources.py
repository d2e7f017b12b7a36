"""Files as lines: every compression, every end, and files that end too early."""

from __future__ import annotations

import bz2
import gzip
import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgservice.errors import LoadError
from loaders.reading import sources
from loaders.reading.sources import STANDARD_INPUT, Source, lines, whole

_COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".zst": zstd.compress,
}
_ALL = pytest.mark.parametrize("ending", list(_COMPRESSIONS))
_COMPRESSED = pytest.mark.parametrize("ending", [one for one in _COMPRESSIONS if one])
_TEXT = b"".join(b'{"id": "%d"}\n' % number for number in range(2000))


def contents(path: Path) -> list[bytes | None]:
    found = list(lines(Source(str(path))))
    assert [line.number for line in found] == list(range(1, len(found) + 1))
    return [line.content for line in found]


@_ALL
def test_lines_of_any_compression(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"x.jsonl{ending}"
    file.write_bytes(_COMPRESSIONS[ending](_TEXT))
    assert contents(file) == _TEXT.splitlines()
    assert whole(Source(str(file))) == _TEXT
    assert Source(str(file)).file_type == "jsonl"


@_COMPRESSED
def test_files_put_together(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"x.tsv{ending}"
    file.write_bytes(_COMPRESSIONS[ending](b"a\nb") + _COMPRESSIONS[ending](b"c\n"))
    assert contents(file) == [b"a", b"bc"]


@_COMPRESSED
@pytest.mark.parametrize("kept", [0.999, 0.5, 0.01])
def test_a_file_that_was_cut_off(tmp_path: Path, ending: str, kept: float) -> None:
    whole_file = _COMPRESSIONS[ending](_TEXT)
    file = tmp_path / f"x.tsv{ending}"
    file.write_bytes(whole_file[: max(6, int(len(whole_file) * kept))])
    with pytest.raises(LoadError, match="damaged or cut off"):
        contents(file)
    with pytest.raises(LoadError, match="damaged or cut off"):
        whole(Source(str(file)))


@_COMPRESSED
def test_a_file_that_is_something_else(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"x.tsv{ending}"
    file.write_bytes(_TEXT)
    with pytest.raises(LoadError, match="damaged or cut off"):
        contents(file)


def test_damage_in_the_middle(tmp_path: Path) -> None:
    """What zlib finds is an error of its own kind, and no OSError."""
    file = tmp_path / "x.tsv.gz"
    packed = gzip.compress(_TEXT)
    for place in range(10, len(packed) - 8, 97):
        damaged = bytearray(packed)
        damaged[place] ^= 0xFF
        file.write_bytes(bytes(damaged))
        with pytest.raises(LoadError, match="damaged or cut off"):
            contents(file)


@_ALL
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (b"\xef\xbb\xbfa\nb\n", [b"a", b"b"]),
        (b"a\r\nb\r\n", [b"a\r", b"b\r"]),
        (b"a\nb", [b"a", b"b"]),
        (b"\n\na\n\n", [b"", b"", b"a", b""]),
        (b"\n", [b""]),
        (b"a\x0bb\x0cc\x85d\xe2\x80\xa8e\n", [b"a\x0bb\x0cc\x85d\xe2\x80\xa8e"]),
        (b"a\rb\n", [b"a\rb"]),
        (b"a\0b\n", [b"a\0b"]),
    ],
)
def test_line_ends(tmp_path: Path, ending: str, text: bytes, wanted: list[bytes]) -> None:
    file = tmp_path / f"x.tsv{ending}"
    file.write_bytes(_COMPRESSIONS[ending](text))
    assert contents(file) == wanted


def test_an_empty_file(tmp_path: Path) -> None:
    for ending, compressed in _COMPRESSIONS.items():
        file = tmp_path / f"x.tsv{ending}"
        file.write_bytes(compressed(b""))
        assert contents(file) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    text=st.binary(max_size=40) | st.lists(st.sampled_from((b"\n", b"x" * 9, b"y"))).map(b"".join),
    chunk=st.integers(1, 7),
)
def test_chunks_do_not_show(tmp_path: Path, text: bytes, chunk: int) -> None:
    """A line is null where more than `longest` bytes of it came without an end."""
    longest = 12
    file = tmp_path / "x.tsv"
    file.write_bytes(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "_CHUNK_BYTES", chunk)
        patch.setattr(sources, "MAX_LINE_BYTES", longest)
        found = contents(file)
    # The mark of UTF-8 is at most in the first chunk, which may be too short to hold it.
    assume_bom = text.startswith(b"\xef\xbb\xbf") and chunk >= 3
    wanted = (text[3:] if assume_bom else text).split(b"\n")
    if not wanted[-1]:
        wanted.pop()
    assert len(found) == len(wanted)
    for line, content in zip(found, wanted, strict=True):
        assert line == content or (line is None and len(content) > longest)
        assert line is not None or len(content) > longest
        assert line is None or len(content) <= longest + chunk


def test_after_a_line_that_is_too_long_the_next_ones_are_read(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_bytes(b"a\n" + b"x" * (sources.MAX_LINE_BYTES + 2**21) + b"\nb\n")
    assert contents(file) == [b"a", None, b"b"]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbfa\nb")))
    source = Source(STANDARD_INPUT)
    assert [line.content for line in lines(source)] == [b"a", b"b"]
    assert (source.name, source.file_type) == ("<stdin>", "")


@pytest.mark.parametrize("name", ["missing.tsv", "."])
def test_what_cannot_be_opened(tmp_path: Path, name: str) -> None:
    with pytest.raises(LoadError, match="cannot read"):
        contents(tmp_path / name)


@pytest.mark.parametrize(
    ("path", "type"),
    [
        ("x.tsv", "tsv"),
        ("x.TSV.GZ", "tsv"),
        ("dir.tsv/x", ""),
        ("x.gz", ""),
        ("x.2024.csv.zst", "csv"),
        ("x.jsonl.bz2", "jsonl"),
        (".tsv", ""),
    ],
)
def test_types_of_files(path: str, type: str) -> None:
    assert Source(path).file_type == type
