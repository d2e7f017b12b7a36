"""A load that is killed at any moment, again and again, ends in the graph of one that was not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from random import Random
from typing import IO

import pytest
from graph_dump import assert_same_bits, bits
from many_records import many_records
from plain_graph import Given
from prepared_graph import wipe

from kgservice.graph.client import Address, Graph
from kgservice.local.instance import Running

_PROGRAM = Path(__file__).with_name("loading_program.py")
_KILLS = 10
_BAD = '{"id": "statement:no"}\n'


@pytest.mark.slow
@pytest.mark.parametrize("batch_size", [10, 50])
def test_killed_and_started_again(
    graph: Graph, server: Running, tmp_path: Path, batch_size: int
) -> None:
    """Batches of all sizes, so that there are commits to be killed before, in and after."""
    directory = tmp_path / "files"
    records = [*many_records("one", size=120, seed=1), *many_records("other", size=90, seed=2)]
    write_files(directory, records)
    with started(server.address, directory, batch_size) as program:
        program.seconds_to_the_end()  # Neo4j has seen every text once
        wipe(graph)
        whole = program.seconds_to_the_end()
        wanted = bits(graph)
        rejected = quarantine(directory)
        assert len(rejected) == 2

        random = Random(batch_size)
        kills = 0
        while kills < _KILLS:
            wipe(graph)
            # Unchanged batches go quickly, so each try comes further than the one before.
            while kills < _KILLS and program.killed_after(random.uniform(0, whole / 3)):
                kills += 1
            program.seconds_to_the_end()
            assert_same_bits(bits(graph), wanted)
            assert quarantine(directory) == rejected


@pytest.mark.slow
def test_taking_back_is_killed_and_started_again(
    graph: Graph, server: Running, tmp_path: Path
) -> None:
    """A full load of a third of what there is, and the retraction of a data set."""
    all, few = tmp_path / "all", tmp_path / "few"
    records = [many_records(name, size=90, seed=seed) for seed, name in enumerate(("one", "other"))]
    write_files(all, [one for several in records for one in several])
    write_files(few, records[0][::3])
    with (
        started(server.address, all, 50) as loading,
        started(server.address, few, 5, "take") as taking,
    ):
        loading.seconds_to_the_end()
        whole = taking.seconds_to_the_end()
        wanted = bits(graph)
        random = Random(5)
        kills = 0
        while kills < _KILLS:
            wipe(graph)
            loading.seconds_to_the_end()
            while kills < _KILLS and taking.killed_after(random.uniform(0, whole / 2)):
                kills += 1
            taking.seconds_to_the_end()
            assert_same_bits(bits(graph), wanted)


class Program:
    def __init__(self, process: subprocess.Popen[str]):
        assert process.stdin is not None
        assert process.stdout is not None
        self._input: IO[str] = process.stdin
        self._output: IO[str] = process.stdout

    def begin(self) -> int:
        """The id of the process that loads."""
        self._input.write("go\n")
        self._input.flush()
        return int(self._output.readline())

    def ended(self) -> int:
        """The exit code of the process that loaded."""
        return int(self._output.readline())

    def seconds_to_the_end(self) -> float:
        began = time.monotonic()
        self.begin()
        assert self.ended() == 0
        return time.monotonic() - began

    def killed_after(self, seconds: float) -> bool:
        """Whether it was still loading then."""
        loading = self.begin()
        time.sleep(seconds)
        with suppress(ProcessLookupError):
            os.kill(loading, signal.SIGKILL)
        code = self.ended()
        assert code in (0, -signal.SIGKILL)
        return code != 0


@contextmanager
def started(
    address: Address, directory: Path, batch_size: int, mode: str = "load"
) -> Iterator[Program]:
    arguments = [address.uri, address.user, address.password, str(directory), str(batch_size), mode]
    with subprocess.Popen(
        [sys.executable, str(_PROGRAM), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Program(process)
        process.stdin.close()  # type: ignore[union-attr]


def write_files(directory: Path, records: Sequence[Given]) -> None:
    directory.mkdir()
    parts = groupby(records, key=lambda one: (one.dataset, one.format))
    for number, ((dataset, format), together) in enumerate(parts):
        lines = [json.dumps(one.record) + "\n" for one in together]
        if format == "entities":
            lines.insert(len(lines) // 2, _BAD)
        (directory / f"{number} {dataset} {format}.jsonl").write_text("".join(lines))


def quarantine(directory: Path) -> list[str]:
    files = sorted(directory.with_name(f"{directory.name}.quarantine").iterdir())
    return [line for file in files for line in file.read_text().splitlines()]
