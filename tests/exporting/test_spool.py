"""The spool: one maker, readers along, and what becomes of both when something fails."""

from __future__ import annotations

import asyncio
import fcntl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from kgservice.errors import ExportBrokenError
from kgservice.exporting.export import Advance
from kgservice.exporting.spool import Spool

NAME = "1-a-b.csv"


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path / "exports", 1_000)
    with spool.running():
        yield spool


class Slow:
    """An export that is written when it is told to, half by half."""

    def __init__(self, *, fails: bool = False):
        self.halves = [threading.Event(), threading.Event()]
        self.begun = 0
        self.fails = fails

    def write(self, file: IO[bytes], advance: Advance) -> None:
        self.begun += 1
        for half in self.halves:
            assert half.wait(30)
            file.write(b"x" * 100)
            file.flush()
            advance(1)
            if self.fails:
                raise OSError("no room")


async def read(spool: Spool, name: str = NAME) -> bytes:
    return b"".join([chunk async for chunk in spool.growing(name)])


async def test_read_along(spool: Spool, tmp_path: Path) -> None:
    slow = Slow()
    spool.begin(NAME, slow.write)
    other = Spool(tmp_path / "exports", 1_000)
    other.begin(NAME, slow.write)
    readers = [asyncio.create_task(read(one)) for one in (spool, other)]
    whole = asyncio.create_task(other.whole(NAME))
    slow.halves[0].set()
    await asyncio.sleep(0.1)
    assert not any(one.done() for one in (*readers, whole))
    assert spool.finished(NAME) is None
    slow.halves[1].set()
    assert await asyncio.gather(*readers) == [b"x" * 200] * 2
    assert (await whole).read_bytes() == b"x" * 200
    assert await read(other) == b"x" * 200
    spool.begin(NAME, slow.write)
    assert slow.begun == 1


async def test_one_that_fails_is_never_taken_for_whole(
    spool: Spool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    slow = Slow(fails=True)
    spool.begin(NAME, slow.write)
    reading = asyncio.create_task(read(spool))
    waiting = asyncio.create_task(spool.whole(NAME))
    await asyncio.sleep(0.05)
    slow.halves[0].set()
    for one in (reading, waiting):
        with pytest.raises(ExportBrokenError):
            await one
    assert "no room" in caplog.text
    assert list((tmp_path / "exports").iterdir()) == []
    with pytest.raises(ExportBrokenError):
        await read(spool)


async def test_what_a_killed_maker_left_is_begun_again(spool: Spool, tmp_path: Path) -> None:
    left = tmp_path / "exports" / f"{NAME}.part"
    left.parent.mkdir()
    left.write_bytes(b"y" * 500)
    slow = Slow()
    for half in slow.halves:
        half.set()
    spool.begin(NAME, slow.write)
    assert (await spool.whole(NAME)).read_bytes() == b"x" * 200
    assert not left.exists()


async def test_the_end_of_the_service_ends_what_is_made(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "exports", 1_000)
    slow = Slow()
    with spool.running():
        spool.begin(NAME, slow.write)
        spool.begin("2-a-b.csv", slow.write)
        threading.Timer(0.1, slow.halves[0].set).start()
    assert spool.finished(NAME) is None
    with (tmp_path / "exports" / "2-a-b.csv.part").open("rb") as left:
        fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)


async def test_what_nobody_asks_for_goes_first(spool: Spool, tmp_path: Path) -> None:
    def write(file: IO[bytes], advance: Advance) -> None:
        del advance
        file.write(b"z" * 400)

    for name in ("1", "2", "1", "3"):
        spool.begin(name, write)
        await spool.whole(name)
        await asyncio.sleep(0.01)
    await asyncio.to_thread(spool.begin, "3", write)
    assert sorted(path.name for path in (tmp_path / "exports").iterdir()) == ["1", "3"]
