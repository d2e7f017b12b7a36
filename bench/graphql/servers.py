"""The servers, a process each, and the load on them."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

HERE = Path(__file__).parent
_CANNON = HERE / "node_modules" / "autocannon" / "autocannon.js"

#: Seconds that a server may take to answer for the first time.
_PATIENCE = 120.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Load:
    """What a server made of a load: requests a second, milliseconds, and its share of a core."""

    rate: float
    p50: float
    p99: float
    core: float


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers GraphQL at `url`."""

    name: str
    url: str
    pid: int

    def ask(self, document: str, variables: Mapping[str, Any]) -> Any:
        """The `data` of an answer; an error ends the benchmark."""
        body = {"query": document, "variables": dict(variables)}
        answer = httpx.post(self.url, json=body, timeout=_PATIENCE).json()
        if answer.get("errors"):
            raise SystemExit(f"{self.name}: {answer['errors']}")
        return answer["data"]

    def loaded(
        self, document: str, variables: Mapping[str, Any], connections: int, seconds: float
    ) -> Load:
        """What it makes of one request, again and again on so many connections."""
        body = json.dumps({"query": document, "variables": dict(variables)})
        command = [
            "node", str(_CANNON), "--json", "--no-progress", "--connections", str(connections),
            "--duration", f"{seconds:g}", "--method", "POST",
            "--headers", "content-type=application/json", "--body", body, self.url,
        ]  # fmt: skip
        began, worked = time.monotonic(), self._worked()
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        core = (self._worked() - worked) / (time.monotonic() - began)
        found = json.loads(done.stdout)
        if found["errors"] or found["non2xx"] or not found["requests"]["total"]:
            raise SystemExit(f"{self.name}: {found}")
        latency = found["latency"]
        rate = found["requests"]["total"] / found["duration"]
        return Load(rate, latency["p50"], latency["p99"], core)

    def _worked(self) -> float:
        """Seconds of CPU time so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


def install() -> None:
    """Bring what the lock names, unless it is there; raises SystemExit where there is no npm."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise SystemExit("the peers run on Node 20 or newer: install it, or leave this out")
    made, lock = HERE / "node_modules" / ".package-lock.json", HERE / "package-lock.json"
    if not made.exists() or made.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run([npm, "ci"], cwd=HERE, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def python_app(
    name: str, app: str, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """An ASGI application under uvicorn, as it serves best: uvloop, httptools, no access log."""
    port = _free_port()
    command = [
        sys.executable, "-m", "uvicorn", "--factory", app, "--port", str(port),
        "--log-level", "critical", "--no-access-log",
    ]  # fmt: skip
    with _running(name, command, port, environment or {}) as server:
        yield server


@contextmanager
def node_script(
    name: str, script: str, *arguments: str, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A script of this folder, which is told its port first."""
    port = _free_port()
    command = ["node", str(HERE / script), str(port), *arguments]
    with _running(name, command, port, environment or {}) as server:
        yield server


@contextmanager
def kgservice(name: str, directory: Path, **settings: str) -> Iterator[Server]:
    """The service as `kgservice serve` starts it, on the local Neo4j of a directory."""
    port = _free_port()
    command = [str(Path(sys.executable).with_name("kgservice")), "serve", "--port", str(port)]
    environment = {"KG_DATA_DIR": str(directory), "KG_LOG_LEVEL": "ERROR", **settings}
    with _running(name, command, port, environment) as server:
        yield server


@contextmanager
def _running(
    name: str, command: Sequence[str], port: int, environment: Mapping[str, str]
) -> Iterator[Server]:
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}/graphql"
        until = time.monotonic() + _PATIENCE
        while not _answers(url):
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"{name} did not start")
            time.sleep(0.2)
        yield Server(name, url, process.pid)
    finally:
        process.terminate()
        process.wait(60)


def _answers(url: str) -> bool:
    try:
        return httpx.post(url, json={"query": "{ __typename }"}, timeout=10).status_code == 200
    except httpx.HTTPError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
