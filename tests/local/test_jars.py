"""Fetching the jars: by the real jgo, over HTTP, from a mirror in this process."""

from __future__ import annotations

import gc
import os
import resource
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from local_programs import kgservice

from kgservice.errors import DownloadError
from kgservice.local.instance import LocalOptions
from kgservice.local.jars import Jar, ensure_jars, locked_jars
from kgservice.local.options import RELEASES
from kgservice.local.progress import Silent

# jgo does not close the answers that it does not like.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class Mirror(ThreadingHTTPServer):
    """Serves a repository, counts what is asked for, and can be told to answer wrongly."""

    daemon_threads = True

    def __init__(self, repository: Path):
        super().__init__(("127.0.0.1", 0), _Answer)
        self.repository = repository
        self.asked: Counter[str] = Counter()
        self.wrong: dict[str, int | bytes] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answer(SimpleHTTPRequestHandler):
    server: Mirror

    def __init__(self, *arguments: Any):
        super().__init__(*arguments, directory=str(arguments[2].repository))

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[1]
        self.server.asked[name] += 1
        match self.server.wrong.get(name):
            case int(status):
                self.send_error(status)
            case bytes(content):
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            case None:
                super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def repository(local_options: LocalOptions) -> Path:
    """All the jars, as the user has them."""
    ensure_jars(local_options, Silent())
    return local_options.cache / "jars"


@pytest.fixture
def mirror(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Mirror(repository) as serving:
        thread = threading.Thread(target=serving.serve_forever, daemon=True)
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()
    gc.collect()


@pytest.fixture
def options(local_options: LocalOptions, mirror: Mirror, tmp_path: Path) -> LocalOptions:
    """A cache that lacks five jars, and a mirror that has them."""
    options = replace(local_options, cache_dir=tmp_path / "cache", mirror=mirror.address)
    for jar in locked_jars(options.version)[5:]:
        target = jar.path(options.cache / "jars")
        target.parent.mkdir(parents=True, exist_ok=True)
        link(jar.path(mirror.repository), target)
    return options


def link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        target.symlink_to(source)


def file_name(jar: Jar) -> str:
    return jar.path(Path()).name


@pytest.mark.parametrize("version", RELEASES)
def test_each_version_has_a_lock_file_of_exact_jars(version: str) -> None:
    jars = locked_jars(version)
    coordinates = [jar.coordinate for jar in jars]
    assert coordinates == sorted(set(coordinates))
    assert f"org.neo4j:neo4j:{version}" in coordinates
    assert f"org.neo4j.app:neo4j-server:{version}" in coordinates
    assert f"org.neo4j:neo4j-import-tool:{version}" in coordinates
    assert "org.neo4j.client:neo4j-browser:5.24.0" in coordinates
    assert all(len(jar.sha256) == 64 and jar.size > 0 for jar in jars)


def test_what_is_missing_is_fetched_once_and_then_no_network_is_needed(
    options: LocalOptions, mirror: Mirror
) -> None:
    missing = locked_jars(options.version)[:5]
    paths = ensure_jars(options, Silent())
    assert len(paths) == len(locked_jars(options.version))
    assert all(
        jar.is_sound(path) for jar, path in zip(locked_jars(options.version), paths, strict=True)
    )
    assert {name for name in mirror.asked if name.endswith(".jar")} == set(map(file_name, missing))
    assert not (options.cache / "unfinished").exists()
    mirror.asked.clear()
    assert ensure_jars(options, Silent()) == paths
    assert not mirror.asked


def test_torn_and_altered_jars_are_fetched_anew(options: LocalOptions, mirror: Mirror) -> None:
    ensure_jars(options, Silent())
    mirror.asked.clear()
    torn, altered = (jar.path(options.cache / "jars") for jar in locked_jars(options.version)[:2])
    torn.write_bytes(torn.read_bytes()[:1000])
    content = bytearray(altered.read_bytes())
    content[len(content) // 2] ^= 1
    altered.write_bytes(content)
    ensure_jars(options, Silent())
    assert {name for name in mirror.asked if name.endswith(".jar")} == {torn.name, altered.name}
    assert locked_jars(options.version)[0].is_sound(torn)
    assert locked_jars(options.version)[1].is_sound(altered)


def test_two_programs_fetch_each_jar_once(options: LocalOptions, mirror: Mirror) -> None:
    programs = [threading.Thread(target=ensure_jars, args=(options, Silent())) for _ in range(2)]
    for program in programs:
        program.start()
    for program in programs:
        program.join(60)
    jars = {name: times for name, times in mirror.asked.items() if name.endswith(".jar")}
    assert jars == dict.fromkeys(map(file_name, locked_jars(options.version)[:5]), 1)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (404, "the Maven repository does not give it"),
        (b"<html>log in to this network</html>", "not the file that the lock file names"),
    ],
)
def test_a_wrong_answer_is_told_with_the_file_and_what_to_do(
    options: LocalOptions, mirror: Mirror, answer: int | bytes, reason: str
) -> None:
    jar = locked_jars(options.version)[2]
    mirror.wrong[file_name(jar)] = answer
    with pytest.raises(DownloadError) as caught:
        ensure_jars(options, Silent())
    assert jar.coordinate in str(caught.value)
    assert reason in str(caught.value)
    assert "run the command again" in str(caught.value)
    assert not jar.path(options.cache / "jars").exists()
    mirror.wrong.clear()
    ensure_jars(options, Silent())


def test_what_nobody_thought_of_is_told_and_not_waited_for(
    options: LocalOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(*_: object) -> None:
        raise SyntaxError("no element found")  # as of a torn file of XML

    monkeypatch.setattr("kgservice.local.jars._fetch_one", torn)
    with pytest.raises(DownloadError, match="no element found"):
        ensure_jars(options, Silent())


def test_a_full_disk_is_told_and_the_next_try_goes_on(options: LocalOptions) -> None:
    with files_no_larger_than(2_000), pytest.raises(DownloadError, match="make room"):
        ensure_jars(options, Silent())
    ensure_jars(options, Silent())


def test_a_cache_that_cannot_be_written_is_told(options: LocalOptions, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DownloadError, match=r"Not a directory.*KG_CACHE_DIR"):
        ensure_jars(replace(options, cache_dir=tmp_path / "file"), Silent())


def test_a_first_start_without_network_says_what_to_do(empty_options: LocalOptions) -> None:
    options = replace(empty_options, cache_dir=empty_options.data_dir / "no-cache")
    # Nothing listens on port 9 of any machine that runs tests.
    started = kgservice("db", "start", options=options, HTTPS_PROXY="http://127.0.0.1:9")
    assert started.returncode == 1
    assert "could not fetch" in started.stderr
    assert "no connection to the Maven repository" in started.stderr
    assert "HTTPS_PROXY" in started.stderr
    assert "Traceback" not in started.stderr


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Writing more fails, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
