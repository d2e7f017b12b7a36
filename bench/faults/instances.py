"""The processes: two instances on one local Neo4j, killed and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

_PATIENCE = 120.0


@dataclass(slots=True)
class Process:
    """An instance of the service that is always on the same port; its memory in MB over time."""

    name: str
    directory: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    memory: list[tuple[float, int, float]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.directory / f"{self.name}.log"

    def start(self) -> None:
        """Start it; `await_ready` says when it answers."""
        self.port = self.port or _free_port()
        command = [str(Path(sys.executable).with_name("kgservice")), "serve", "--port"]
        environment = {**os.environ, "KG_DATA_DIR": str(self.directory), "KG_LOG_LEVEL": "WARNING"}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, str(self.port)], env=environment, stdout=subprocess.DEVNULL, stderr=log
            )

    def await_ready(self) -> None:
        """Wait until it answers from its index."""
        until = time.monotonic() + _PATIENCE
        while self.readiness() != "ready":
            if time.monotonic() > until:
                raise SystemExit(f"{self.name} is not ready: see {self.name}.log")
            time.sleep(0.2)

    def readiness(self) -> str:
        """What /readyz says of it: ready, degraded, unready; or away."""
        try:
            return str(httpx.get(f"{self.url}/readyz", timeout=5).json()["status"])
        except (httpx.HTTPError, ValueError):
            return "away"

    def kill(self) -> None:
        """End it as a machine that fails does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """End it as an operator does."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(60)

    def weigh(self) -> None:
        """Note the memory that it has of its own."""
        assert self.process is not None
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
            line = next(one for one in lines if one.startswith("RssAnon:"))
            now = time.monotonic()
            self.memory.append((now, self.process.pid, int(line.split()[1]) / 1024))


def kill(pid: int) -> None:
    """End a process at once."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
