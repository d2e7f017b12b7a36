"""`kgservice serve --workers`: processes on one socket, replaced when they die, ended together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from emptying import empty_but_schema

from kgservice.cli.workers import WorkersFailedError, serve_together
from kgservice.errors import ConfigurationError
from kgservice.graph.client import Graph
from kgservice.local.instance import Running

pytestmark = [
    pytest.mark.neo4j,
    # The suite has threads when it forks; what is forked here does next to nothing.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


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
        empty_but_schema(graph, server.address)
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


def test_workers_that_cannot_begin_are_not_begun_again(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def serve(answers: Callable[[], None]) -> None:
        raise ConfigurationError("there is nothing to serve")

    with pytest.raises(WorkersFailedError, match="ended before it served"):
        serve_together(2, serve, pytest.fail)
    assert "kgservice: there is nothing to serve" in capfd.readouterr().err


def test_all_end_with_the_one_that_began_them() -> None:
    def serve(answers: Callable[[], None]) -> None:
        answers()
        signal.pause()

    before = children(os.getpid())
    with pytest.raises(KeyboardInterrupt):
        serve_together(2, serve, lambda: signal.raise_signal(signal.SIGTERM))
    assert children(os.getpid()) == before


def test_one_that_dies_is_replaced() -> None:
    before = children(os.getpid())
    first: set[int] = set()
    then: set[int] = set()

    def serve(answers: Callable[[], None]) -> None:
        answers()
        signal.pause()

    def look_and_end() -> None:
        then.update(children(os.getpid()) - before)
        signal.raise_signal(signal.SIGTERM)

    def ready() -> None:
        first.update(children(os.getpid()) - before)
        os.kill(min(first), signal.SIGKILL)
        threading.Timer(3.0, look_and_end).start()

    with pytest.raises(KeyboardInterrupt):
        serve_together(2, serve, ready)
    assert len(first) == len(then) == 2
    assert first & then == first - {min(first)}
    assert children(os.getpid()) == before
