"""`kgservice serve --workers`: processes on one socket, replaced when they die, ended together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from emptying import empty

from kgservice.graph.client import Graph
from kgservice.local.instance import Running
from migrations import upgrade

pytestmark = pytest.mark.neo4j


def children(pid: int) -> set[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(one) for one in found}


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < deadline, "it does not come to that"
        time.sleep(0.1)


@pytest.fixture
def environment(server: Running, tmp_path: Path) -> dict[str, str]:
    with Graph.connect(server.address) as graph:
        empty(graph)
    upgrade(server.address)
    return {
        **os.environ,
        "KG_NEO4J_URI": server.address.uri,
        "KG_NEO4J_PASSWORD": server.address.password,
        "KG_DATA_DIR": str(tmp_path),
        "KG_PORT": "0",
    }


@pytest.fixture
def serving(environment: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [Path(sys.executable).with_name("kgservice"), "serve", "--workers", "2"]
    with subprocess.Popen(
        command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.terminate()
        process.wait(60)


def test_they_serve_together_and_end_together(serving: subprocess.Popen[str]) -> None:
    assert serving.stdout is not None
    url = serving.stdout.readline().split()[-1]
    before = children(serving.pid)
    assert len(before) == 2
    killed = min(before)
    os.kill(killed, signal.SIGKILL)
    until(lambda: len(children(serving.pid) - {killed}) == 2)
    with httpx.Client(timeout=30) as client:
        for _ in range(5):
            found = client.post(url, json={"query": "{ stats { entityCount } }"}).json()
            assert found["data"] == {"stats": {"entityCount": 0}}
    workers = children(serving.pid)
    serving.terminate()
    assert serving.wait(60) == 130
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)


FAILING = """
from kgservice.cli.workers import WorkersFailedError, serve_together
from kgservice.errors import ConfigurationError

def serve(answers):
    raise ConfigurationError("there is nothing to serve")

try:
    serve_together(2, serve, lambda: print("ready"))
except WorkersFailedError as error:
    print(error)
"""


def test_workers_that_cannot_begin_are_not_begun_again() -> None:
    found = subprocess.run(
        [sys.executable, "-c", FAILING], capture_output=True, text=True, timeout=60, check=True
    )
    assert found.stdout == "a worker ended before it served: its own message says why\n"
    assert "kgservice: there is nothing to serve" in found.stderr
