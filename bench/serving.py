"""`kgservice serve` as a process of its own, and what its workers hold in memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kgservice.graph.client import Address

#: Nothing here is asked as often by one user of a service.
_NO_RATE = "1000000000"


@dataclass(frozen=True, slots=True)
class Serving:
    """A service on a graph that runs already: where its index lies, and who answers."""

    address: Address
    data_dir: Path
    evaluator: str
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Service:
    """One that answers."""

    url: str
    pid: int

    def memory(self) -> list[tuple[int, int]]:
        """Of each worker the bytes of its pages, and its share of those that several map."""
        pids = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [memory_of(pid) for pid in pids or [str(self.pid)]]


@contextmanager
def service(serving: Serving) -> Iterator[Service]:
    """Serve for the length of a block."""
    address = serving.address
    environment = {
        **os.environ,
        "KG_NEO4J_URI": address.uri,
        "KG_NEO4J_USER": address.user,
        "KG_NEO4J_PASSWORD": address.password,
        "KG_DATA_DIR": str(serving.data_dir),
        "KG_EVALUATOR": serving.evaluator,
        "KG_RATE_PER_MINUTE": _NO_RATE,
        "KG_MAX_LAG": "60",
    }
    program = "from kgservice.cli import main; main()"
    arguments = ["serve", "--port", "0", "--workers", str(serving.workers)]
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None, "stdout is a pipe"
        line = process.stdout.readline()
        if not line.startswith("ready: "):
            raise RuntimeError(f"the service did not start: {line}")
        yield Service(line.removeprefix("ready: ").strip().removesuffix("/graphql"), process.pid)
    finally:
        process.terminate()
        process.wait(timeout=60)


def memory_of(pid: str) -> tuple[int, int]:
    """Bytes of the pages of a process, and its share of those that several map."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, size = line.partition(":")
        found[name] = int(size.split()[0]) * 1024
    return found["Rss"], found["Pss"]
