"""The process that owns java: starts it, starts it again when it dies, stops it with its last user.

    python -m kgservice.local.supervisor HOME

It runs in a session of its own, so that Ctrl-C at a terminal does not reach it, and imports little,
which keeps it at 16 MB. It ends java and itself when it can take the users' lock alone and nobody
has asked the server to stay, on SIGTERM, and when its directory is taken away.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from kgservice.errors import LocalNeo4jError
from kgservice.local import java
from kgservice.local.latch import released, take, try_take
from kgservice.local.launch import (
    Launch,
    found_a_port_taken,
    has_started,
    refused_its_cache,
    write_conf,
)
from kgservice.local.options import Home
from kgservice.local.ports import any_ports, free_ports, is_free
from kgservice.local.server_note import Phase, Record, ServerNote

logger = logging.getLogger("kgservice.local.supervisor")

#: Seconds between two looks at whether anyone still uses the server.
_LOOK_EVERY = 0.25
#: Deaths within a minute of a start after which java is left alone.
_DEATHS = 3
_YOUNG = 60.0
#: Seconds of life after which a server is calm enough to train java's cache beside it.
_CALM = 30.0
_LOG_BYTES = 1_000_000


def main(home: Home) -> int:
    """Take the supervisor's lock, leave the caller, and work; 3 if another one has the lock."""
    lock = take(home.supervisor_lock, seconds=2.0)
    if lock is None:
        return 3
    ServerNote(Phase.UP).write(home)
    os.ftruncate(lock, 0)
    # The caller waits for this process only: the child has nobody to be a zombie of. It inherits
    # the lock, which is therefore held from before the caller goes on.
    if os.fork():
        os._exit(0)
    _log_to(home.supervisor_log)
    with released(lock):
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        return Supervisor(home, Launch.read(home)).run()


def _log_to(path: Path) -> None:
    if path.exists() and path.stat().st_size > _LOG_BYTES:
        path.unlink()
    logging.basicConfig(
        filename=path, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )


class Supervisor:
    """One java, kept alive as long as it is wanted."""

    def __init__(self, home: Home, launch: Launch):
        self._home = home
        self._launch = launch
        self._asked_to_stop = False
        self._users_lock: int | None = None
        self._java: java.Java | None = None
        self._training: subprocess.Popen[bytes] | None = None
        self._trained = Path(launch.aot_cache).exists()
        self._wakeup = self._listen()

    def run(self) -> int:
        """Work until the server is not wanted any more, or cannot be kept alive."""
        identity = self._home.supervisor_lock.stat().st_ino
        note = ServerNote(Phase.FAILED, "the supervisor failed: see supervisor.log")
        try:
            note = self._keep_alive(identity)
        except (OSError, LocalNeo4jError) as error:
            logger.exception("supervisor failed")
            note = ServerNote(Phase.FAILED, str(error))
        finally:
            self._end_all()
            if refused_its_cache(self._home):
                Path(self._launch.aot_cache).unlink(missing_ok=True)
            if self._is_home(identity):
                note.write(self._home)
            logger.info("supervisor ends phase=%s reason=%r", note.phase, note.reason)
        return 0 if note.phase is Phase.STOPPED else 1

    def _keep_alive(self, identity: int) -> ServerNote:
        deaths = 0
        while True:
            # Servers that start together would go on choosing the same near ports.
            raced = deaths > 0 and found_a_port_taken(self._home)
            self._java, born = self._start_java(raced), time.monotonic()
            process = self._java.process
            while process.poll() is None:
                self._sleep()
                if not self._is_wanted(identity):
                    return self._stop(process)
                self._java.keep_guarded()
                self._train(time.monotonic() - born)
            self._java.dismiss_guard()
            logger.warning("java died pid=%d code=%d", process.pid, process.returncode)
            if not self._is_wanted(identity):
                return ServerNote(Phase.FAILED, f"java ended by itself, code {process.returncode}")
            deaths = deaths + 1 if time.monotonic() - born < _YOUNG else 1
            if reason := self._hopeless(process.returncode, deaths):
                return ServerNote(Phase.FAILED, reason)

    def _start_java(self, raced: bool) -> java.Java:
        record = Record.read(self._home)
        if record is None:
            raise LocalNeo4jError(f"{self._home.record} is gone")
        ports = any_ports() if raced else free_ports(record.ports)
        if ports != record.ports or record.version != self._launch.version:
            Record(self._launch.version, ports).write(self._home)
        write_conf(self._home.path, self._launch, ports)
        flags = list(self._launch.flags)
        if Path(self._launch.aot_cache).exists():
            os.utime(self._launch.aot_cache)  # in use: a training leaves it
            # A torn or altered cache is noticed by its checksums, in 0.1 s, and not used.
            flags += [f"-XX:AOTCache={self._launch.aot_cache}", "-XX:+VerifySharedSpaces"]
        with self._home.console.open("wb") as console:
            started = java.Java(
                self._home.path,
                self._launch.command(self._home.path, flags),
                environment=self._launch.environment,
                output=console,
            )
        pid = started.process.pid
        logger.info("java starts pid=%d bolt=%d http=%d", pid, ports.bolt, ports.http)
        return started

    def _hopeless(self, code: int, deaths: int) -> str:
        """Why it makes no sense to start java again; empty if it does."""
        if deaths >= _DEATHS:
            return f"java ended {deaths} times within a minute of its start, with code {code}"
        if code < 0 or has_started(self._home) or self._lost_its_ports():
            return ""
        return f"java ended with code {code} before it was ready"

    def _lost_its_ports(self) -> bool:
        # Who took one may be gone again by now: then java alone knows.
        record = Record.read(self._home)
        return record is not None and not (
            is_free(record.ports.bolt)
            and is_free(record.ports.http)
            and not found_a_port_taken(self._home)
        )

    def _stop(self, process: subprocess.Popen[bytes]) -> ServerNote:
        process.terminate()
        try:
            code = process.wait(java.GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        # Neo4j ends with 0 once it has closed its store, and only then.
        if code != 0:
            return ServerNote(Phase.FAILED, f"java did not stop in order, code {code}")
        return ServerNote(Phase.STOPPED)

    def _is_wanted(self, identity: int) -> bool:
        if self._asked_to_stop or not self._is_home(identity):
            return False
        if self._users_lock is None:
            self._users_lock = try_take(self._home.users_lock)
        if self._users_lock is None:
            return True
        if self._home.pin.exists():
            os.close(self._users_lock)
            self._users_lock = None
            return True
        # Nobody uses it. The lock is kept to the end: whoever comes now waits, then starts anew.
        return False

    def _is_home(self, identity: int) -> bool:
        try:
            return self._home.supervisor_lock.stat().st_ino == identity
        except OSError:
            return False

    def _train(self, age: float) -> None:
        if not self._trained and age > _CALM:
            self._trained = True
            self._training = subprocess.Popen(
                [sys.executable, "-P", "-m", "kgservice.local.training", str(self._home.path)],
                stdin=subprocess.PIPE,
            )

    def _end_all(self) -> None:
        if self._training is not None and self._training.stdin is not None:
            self._training.stdin.close()
            self._training.wait()
        # By its process, not by its place: the directory may be gone, or already another one.
        if self._java is not None:
            self._stop(self._java.process)
            self._java.dismiss_guard()

    def _listen(self) -> int:
        """Signals wake the supervisor at once: they are written into a pipe that it looks at."""
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop_soon)
        return reader

    def _stop_soon(self, *_: object) -> None:
        self._asked_to_stop = True

    def _sleep(self) -> None:
        if select.select([self._wakeup], [], [], _LOOK_EVERY)[0]:
            os.read(self._wakeup, 512)


if __name__ == "__main__":
    sys.exit(main(Home(Path(sys.argv[1]))))
