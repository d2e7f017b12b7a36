"""A load that is killed at any moment, again and again, ends in the graph of one that was not."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from random import Random

import pytest
from graph_dump import assert_same_bits, bits
from many_records import many_records
from plain_graph import Given
from prepared_graph import wipe

from kgservice.graph.client import Address, Graph
from kgservice.local.instance import Running

_PROGRAM = Path(__file__).with_name("loading_program.py")
_KILLS = 12
#: Small batches, so that there are many commits to be killed before, in and after.
_BATCH = 60
_SECONDS = 120
_BAD = '{"id": "statement:no"}\n'


@pytest.mark.slow
def test_killed_and_started_again(graph: Graph, server: Running, tmp_path: Path) -> None:
    directory = tmp_path / "files"
    records = [
        *many_records("one", size=2400, seed=1),
        *many_records("other", size=1200, seed=2),
    ]
    write_files(directory, records)
    with started(server.address, directory) as process:
        whole = finished(process)
    wanted = bits(graph)
    rejected = quarantine(directory)
    assert len(rejected) == 2

    wipe(graph)
    random = Random(7)
    kills = 0
    deadline = time.monotonic() + _SECONDS
    while True:
        with started(server.address, directory) as process:
            process_began(process)
            # Unchanged batches go quickly, so each run comes further than the one before.
            if kills < _KILLS:
                time.sleep(random.uniform(0, whole / 4))
            if kills < _KILLS and process.poll() is None:
                process.kill()
                kills += 1
                continue
            finished(process)
            assert_same_bits(bits(graph), wanted)
            assert quarantine(directory) == rejected
            if kills >= _KILLS:
                return
        assert time.monotonic() < deadline, f"only {kills} kills in {_SECONDS} s"
        wipe(graph)


@contextmanager
def started(address: Address, directory: Path) -> Iterator[subprocess.Popen[str]]:
    """A program that waits to be told to load."""
    arguments = [address.uri, address.user, address.password, str(directory), str(_BATCH)]
    with subprocess.Popen(
        [sys.executable, str(_PROGRAM), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def process_began(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    assert process.stdout.readline() == "loading\n"


def finished(process: subprocess.Popen[str]) -> float:
    """Seconds until it ended by itself."""
    began = time.monotonic()
    assert process.wait(timeout=_SECONDS) == 0
    return time.monotonic() - began


def write_files(directory: Path, records: Sequence[Given]) -> None:
    directory.mkdir()
    parts = groupby(records, key=lambda one: (one.dataset, one.format))
    for number, ((dataset, format), together) in enumerate(parts):
        lines = [json.dumps(one.record) + "\n" for one in together]
        if format == "entities":
            lines.insert(len(lines) // 2, _BAD)
        (directory / f"{number} {dataset} {format}.jsonl").write_text("".join(lines))


def quarantine(directory: Path) -> list[str]:
    files = sorted(directory.with_name("files.quarantine").iterdir())
    return [line for file in files for line in file.read_text().splitlines()]
