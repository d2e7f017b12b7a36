"""The command: serves the sample and sends the cases, for a table, or random documents."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import httpx

from bench.hostile.cases import cases
from bench.hostile.fuzz import fuzz
from kgservice.settings import read_settings


@click.command()
@click.option("--fuzz", "seconds", type=float, help="Send random documents for so many seconds.")
@click.option("--seed", default=8, show_default=True, help="What they grow from.")
@click.option("--pause", default=0.0, help="Seconds between two of them.")
def main(seconds: float | None, seed: int, pause: float) -> None:
    """Prints what was sent, what came back, how long it took, and what it did to the memory."""
    with tempfile.TemporaryDirectory() as directory, _serving(Path(directory)) as (url, pid):
        if seconds is not None:
            _fuzzed(url, pid, seconds, seed, pause)
            return
        print("| sent | came back | ms | memory, MB |")
        print("|---|---|---|---|")
        for case in cases():
            before = _memory(pid)
            reply = case.send(url)
            grown = max(0.0, _memory(pid) - before)
            as_expected = (reply.status, reply.code) in case.expected
            what = f"{reply.status or 'closed'} {reply.code or ''}".strip()
            mark = "" if as_expected else " (not as expected)"
            print(f"| {case.name} | {what}{mark} | {reply.seconds * 1e3:.0f} | {grown:+.1f} |")
            assert httpx.get(f"{url}/readyz", timeout=30).status_code == 200


def _fuzzed(url: str, pid: int, seconds: float, seed: int, pause: float) -> None:
    before = _memory(pid)
    half = fuzz(url, seconds / 2, seed, pause)
    middle = _memory(pid)
    rest = fuzz(url, seconds / 2, seed + 1, pause)
    replies = half.replies + rest.replies
    sent, slowest = half.sent + rest.sent, max(half.slowest, rest.slowest)
    print(f"{sent:,} requests in {seconds:.0f} s, the slowest {slowest:.2f} s")
    print(f"memory {before:.0f} MB, {middle:.0f} MB half way, {_memory(pid):.0f} MB at the end")
    for reply, count in replies.most_common():
        print(f"{count:9,} {reply}")
    for fault in half.faults + rest.faults:
        print(f"FAULT {fault}")
    if half.faults or rest.faults:
        raise SystemExit(1)


@contextmanager
def _serving(directory: Path) -> Iterator[tuple[str, int]]:
    """A demo in a directory of its own: its address, and its process."""
    command = [str(Path(sys.executable).with_name("kgservice")), "demo", "--port", "0"]
    settings = {
        "KG_DATA_DIR": str(directory / "data"),
        "KG_CACHE_DIR": str(read_settings().cache_dir),
        "KG_NEO4J_HEAP": "512m",
        "PATH": "/usr/bin:/bin",
        "HOME": str(directory),
    }
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            command, env=settings, cwd=directory, stdout=subprocess.PIPE, stderr=log, text=True
        )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if found := re.match(r"ready: (http://\S+)/graphql$", line):
                time.sleep(3)  # the first looks at the graph and the index are over
                yield found[1], process.pid
                return
        raise SystemExit((directory / "log").read_text())
    finally:
        process.terminate()
        process.wait(120)


def _memory(pid: int) -> float:
    """MB that a process has of its own."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"RssAnon:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


if __name__ == "__main__":
    main()
