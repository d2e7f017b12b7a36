"""Programs that use a local Neo4j, run as processes of their own, and ways to watch processes."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from kgservice.local import java
from kgservice.local.instance import LocalOptions
from kgservice.local.latch import is_held
from kgservice.local.options import Home

#: Seconds that anything may take on a machine with other work on it.
PATIENCE = 120.0


def wait_until(condition: Callable[[], bool], seconds: float = PATIENCE) -> float:
    """Wait for a condition and say how long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"not after {seconds} seconds"
        time.sleep(0.05)
    return time.monotonic() - began


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and is not yet buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def all_gone(home: Home) -> bool:
    """Whether neither a supervisor nor a java is left."""
    return not is_held(home.supervisor_lock) and not is_held(home.path / "java.lock")


def guards(place: Path) -> list[int]:
    """The guards of a place, by their command lines."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (entry / "cmdline").read_bytes().decode().rstrip("\0").split("\0")
            if words[1:3] == [str(java._GUARD), str(place)]:
                found.append(int(entry.name))
    return found


def guard_of(place: Path) -> int:
    """The one guard of a place, as soon as it can be told from the process that made it."""
    wait_until(lambda: guards(place) != [])
    [found] = guards(place)
    return found


def ignores_termination(pid: int) -> bool:
    """Whether a process has come so far as to ignore SIGTERM."""
    ignored = Path(f"/proc/{pid}/status").read_text().split("SigIgn:")[1].split()[0]
    return bool(int(ignored, 16) >> (signal.SIGTERM - 1) & 1)


def supervisor_pid(home: Home) -> int:
    return int(home.supervisor_lock.read_text())


@dataclass
class UserProgram:
    """A process that attaches, says where the server is, and then does what it is told."""

    process: subprocess.Popen[bytes]

    @classmethod
    def run(cls, options: LocalOptions, purpose: str) -> Self:
        program = Path(__file__).with_name("user_program.py")
        arguments = [options.data_dir, options.cache_dir, options.version, purpose]
        return cls(
            subprocess.Popen(
                [sys.executable, str(program), *map(str, arguments)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        )

    @property
    def pid(self) -> int:
        return self.process.pid

    def ask(self, question: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{question}\n".encode())
        self.process.stdin.flush()
        return self.answer()

    def answer(self) -> dict[str, Any]:
        """The next line that it prints."""
        assert self.process.stdout is not None
        descriptor, line = self.process.stdout.fileno(), b""
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([descriptor], [], [], PATIENCE)
            assert ready, "the program says nothing"
            letter = os.read(descriptor, 1)
            assert letter, f"the program ended with {self.process.wait()}"
            line += letter
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        """Let it leave in peace."""
        self.process.communicate(timeout=PATIENCE)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=PATIENCE)


#: Starts a program with options and a purpose.
Programs = Callable[[LocalOptions, str], UserProgram]


def kgservice(
    *arguments: object, options: LocalOptions | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    return subprocess.run(
        [sys.executable, "-c", "from kgservice.cli import main; main()", *map(str, arguments)],
        env=command_environment(options, **environment),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def command_environment(options: LocalOptions | None, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    if options is not None:
        kept["KG_DATA_DIR"] = str(options.data_dir)
        kept["KG_CACHE_DIR"] = str(options.cache_dir)
        kept["KG_NEO4J_VERSION"] = options.version
        kept["KG_NEO4J_HEAP"] = options.heap
    return kept | more
