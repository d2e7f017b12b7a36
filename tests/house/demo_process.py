"""`kgservice demo` as a process of its own: started, asked, ended by Ctrl-C, and what it leaves."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

#: Seconds that anything may take on a machine with other work on it.
PATIENCE = 600.0


class Demo:
    """The demo of an installed package, in an empty directory."""

    def __init__(self, program: Path, directory: Path, cache: Path, **settings: str):
        directory.mkdir(parents=True, exist_ok=True)
        self.data = directory / "data"
        self._log = directory / "stderr.log"
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("KG_", "VIRTUAL_ENV", "PYTHON", "COVERAGE"))
        }
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(program), "demo", "--port", "0"],
                cwd=directory,
                env=environment
                | {"KG_DATA_DIR": str(self.data), "KG_CACHE_DIR": str(cache)}
                | settings,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self.printed: list[str] = []
        self.url = self._await_ready()

    @property
    def said(self) -> str:
        """What it wrote to stderr."""
        return self._log.read_text("utf-8")

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        body = {"query": document, "variables": variables}
        response = httpx.post(f"{self.url}/graphql", json=body, timeout=120)
        found: dict[str, Any] = response.json()
        return found

    def data_of(self, document: str) -> dict[str, Any]:
        found = self.ask(document)
        assert "errors" not in found, found["errors"]
        shown: dict[str, Any] = found["data"]
        return shown

    def greeting(self) -> str:
        """What it prints below the line that says where it is."""
        assert self.process.stdout is not None
        while self.printed.count("END") < 2:
            self.printed.append(self.process.stdout.readline().rstrip("\n"))
        lines = self.printed
        start = next(n for n, line in enumerate(lines) if line.startswith("ready: "))
        return "\n".join(lines[start + 1 :]) + "\n"

    def interrupt(self) -> int:
        """Ctrl-C, and its exit code."""
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=PATIENCE)
        self.printed += rest.splitlines()
        return self.process.returncode

    def processes(self) -> Sequence[str]:
        """Command lines of processes that have to do with its data directory."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (OSError, UnicodeDecodeError):
                continue
            if str(self.data) in line:
                found.append(line)
        return found

    def _await_ready(self) -> str:
        assert self.process.stdout is not None
        # Not select(), which knows no descriptor above 1,023: other tests have many files open.
        printing = select.poll()
        printing.register(self.process.stdout, select.POLLIN)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            line = self.process.stdout.readline() if printing.poll(1_000) else ""
            if line:
                self.printed.append(line.rstrip("\n"))
            found = re.match(r"ready: (http://127\.0\.0\.1:\d+)/graphql$", line)
            if found:
                return found[1]
            assert self.process.poll() is None, self.said
        self.process.kill()
        raise AssertionError(f"never ready: {self.said}")
