"""The jars of a version of Neo4j: named in a lock file, fetched once, checked at each start.

A jar counts only with the size and sha256 of the lock file, so it does not matter where it came
from or what happened to it since. Checking all of them takes 0.1 to 0.2 s for 160 MB.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import queue
import shutil
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from kgservice.errors import DownloadError
from kgservice.local.latch import released, take
from kgservice.local.options import LocalOptions
from kgservice.local.progress import Witness

if TYPE_CHECKING:
    from jgo.maven import MavenContext

#: Downloads at a time: 20 s for all with 32, 37 s with 16, 190 s one after another.
_AT_ONCE = 32
_TRIES = 3
#: Seconds without a byte after which a download is given up and tried again.
_STALLED = 15
#: Seconds to wait for another program that fetches the same jars.
_OTHERS = 1800.0


@dataclass(frozen=True, slots=True)
class Jar:
    """One file that Neo4j needs: `group:artifact:version[:classifier]`, bytes, sha256 in hex."""

    coordinate: str
    size: int
    sha256: str

    def path(self, repository: Path) -> Path:
        """Where the file lies in a repository of Maven's layout."""
        group, artifact, version, *classifier = self.coordinate.split(":")
        name = "-".join([artifact, version, *classifier])
        return repository.joinpath(*group.split("."), artifact, version, f"{name}.jar")

    def is_sound(self, path: Path) -> bool:
        """Whether a file is this jar, byte for byte."""
        try:
            if path.stat().st_size != self.size:
                return False
            with path.open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest() == self.sha256
        except OSError:
            return False


def locked_jars(version: str) -> tuple[Jar, ...]:
    """What the lock file of a version names, in the order of the class path."""
    lock = resources.files("kgservice.local") / "locks" / f"neo4j-{version}.lock"
    lines = (line.split() for line in lock.read_text("utf-8").splitlines() if line[0] != "#")
    return tuple(Jar(coordinate, int(size), sha256) for coordinate, size, sha256 in lines)


def ensure_jars(options: LocalOptions, witness: Witness) -> tuple[Path, ...]:
    """The paths of all jars of a version; those that are not there, or not sound, are fetched.

    No network is touched where all are there. Raises DownloadError.
    """
    jars = locked_jars(options.version)
    repository = options.cache / "jars"
    if missing := _missing(jars, repository):
        try:
            _fetch_alone(options, missing, witness)
        except OSError as error:
            raise DownloadError(_disk_trouble(error, options.cache, missing)) from error
    return tuple(jar.path(repository) for jar in jars)


def missing_jars(options: LocalOptions) -> Sequence[Jar]:
    """Those that are not in the cache, or not sound there; fetches nothing."""
    return _missing(locked_jars(options.version), options.cache / "jars")


def _missing(jars: Sequence[Jar], repository: Path) -> list[Jar]:
    with ThreadPoolExecutor(4) as threads:
        sound = threads.map(lambda jar: jar.is_sound(jar.path(repository)), jars)
        return [jar for jar, is_sound in zip(jars, sound, strict=True) if not is_sound]


def _fetch_alone(options: LocalOptions, missing: Sequence[Jar], witness: Witness) -> None:
    options.cache.mkdir(parents=True, exist_ok=True)
    lock = take(
        options.cache / "fetch.lock",
        seconds=_OTHERS,
        waiting=lambda: witness.say("waiting for another program that fetches Neo4j"),
    )
    if lock is None:
        raise DownloadError(
            f"another program has been fetching Neo4j into {options.cache} for "
            f"{_OTHERS / 60:.0f} minutes: end it and run this again"
        )
    with released(lock):
        # Whoever was first may have fetched them all.
        if missing := _missing(missing, options.cache / "jars"):
            _fetch(options, missing, witness)


def _fetch(options: LocalOptions, missing: Sequence[Jar], witness: Witness) -> None:
    size = sum(jar.size for jar in missing)
    files = "1 file" if len(missing) == 1 else f"{len(missing)} files"
    what = f"fetching Neo4j {options.version} ({files}, {size / 1e6:.0f} MB, once)"
    with (
        _staging(options.cache) as staging,
        witness.step(what, total=size) as advance,
        contextlib.closing(_fetched(options, missing, staging)) as fetched,
    ):
        for jar, trouble in fetched:
            if trouble is not None:
                raise DownloadError(_advice(options, jar, trouble)) from trouble
            advance(jar.size)


@contextlib.contextmanager
def _staging(cache: Path) -> Iterator[Path]:
    # Under the lock, so whatever lies there was left by a program that was killed.
    staging = cache / "unfinished"
    shutil.rmtree(staging, ignore_errors=True)
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _fetched(
    options: LocalOptions, missing: Sequence[Jar], staging: Path
) -> Generator[tuple[Jar, Exception | None], None, None]:
    """Each jar once it is in its place, or with what went wrong; threads end with the process."""
    from jgo.maven import MavenContext, PythonResolver  # half a second, for the first start only

    context = MavenContext(
        resolver=PythonResolver(),
        repo_cache=staging,
        local_repos=[],
        remote_repos=None if options.mirror is None else {"mirror": options.mirror},
        timeout=_STALLED,
    )
    wanted: queue.SimpleQueue[Jar | None] = queue.SimpleQueue()
    results: queue.SimpleQueue[tuple[Jar, Exception | None]] = queue.SimpleQueue()
    # The largest first, so that no large one is left for the end.
    for jar in sorted(missing, key=lambda jar: -jar.size):
        wanted.put(jar)

    def work() -> None:
        while (jar := wanted.get()) is not None:
            results.put((jar, _trouble_with(jar, context, options.cache / "jars")))

    for _ in range(min(_AT_ONCE, len(missing))):
        # Daemons: Ctrl-C must not wait for downloads.
        threading.Thread(target=work, name="fetch", daemon=True).start()
    try:
        for _ in missing:
            yield results.get()
    finally:
        with contextlib.suppress(queue.Empty):
            while True:
                wanted.get_nowait()
        for _ in range(_AT_ONCE):
            wanted.put(None)


def _trouble_with(jar: Jar, context: MavenContext, repository: Path) -> Exception | None:
    trouble: Exception | None = None
    for _ in range(_TRIES):
        try:
            _fetch_one(jar, context, repository)
        except OSError as error:
            trouble = error
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS):
                break
        except Exception as error:
            # jgo says so where the repository answers, but not with the file. Whatever it is, who
            # waits for this jar must hear of it: a thread that ends without a word never is.
            trouble = error
        else:
            return None
    return trouble


def _fetch_one(jar: Jar, context: MavenContext, repository: Path) -> None:
    group, artifact, version, *classifier = jar.coordinate.split(":")
    component = context.project(group, artifact).at_version(version)
    unfinished = jar.path(context.repo_cache)
    # jgo takes what lies there for the whole file, even the torso of a failed try.
    unfinished.unlink(missing_ok=True)
    component.artifact("".join(classifier)).resolve()
    if not jar.is_sound(unfinished):
        raise RuntimeError("what arrived is not the file that the lock file names")
    target = jar.path(repository)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished.replace(target)


def _advice(options: LocalOptions, jar: Jar, trouble: Exception) -> str:
    if isinstance(trouble, OSError) and trouble.errno is not None:
        return _disk_trouble(trouble, options.cache, [jar])
    # Only that there is one: its address may hold a password.
    proxy = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy")
    through = ", asked through the proxy that HTTPS_PROXY names" if proxy else ""
    return (
        f"could not fetch {jar.coordinate} for Neo4j {options.version}: {_reason(trouble)}"
        f"{through}.\nCheck the network, set HTTPS_PROXY if there is a proxy, and run the command "
        f"again: what has arrived stays. Without a network copy {options.cache} from a machine "
        "that has it."
    )


def _reason(trouble: Exception) -> str:
    if isinstance(trouble, OSError):
        return f"no connection to the Maven repository ({type(trouble).__name__})"
    if "not found" in str(trouble):
        return "the Maven repository does not give it"
    return str(trouble)


def _disk_trouble(error: OSError, cache: Path, missing: Sequence[Jar]) -> str:
    size = sum(jar.size for jar in missing)
    return (
        f"could not keep the files of Neo4j in {cache}: {error.strerror} (bytes needed: {size}): "
        "make room, or set KG_CACHE_DIR to a directory that has it and can be written"
    )
