from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from local_programs import Programs, UserProgram, all_gone, wait_until

from kgservice.errors import KGError
from kgservice.local import instance
from kgservice.local.instance import LocalOptions


@pytest.fixture(scope="module")
def own(
    local_options: LocalOptions, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalOptions]:
    """A local Neo4j of this module, to be killed."""
    options = replace(local_options, data_dir=tmp_path_factory.mktemp("own"))
    yield options
    with contextlib.suppress(KGError):
        instance.stop(options, force=True)
    wait_until(lambda: all_gone(options.home))


@pytest.fixture
def kept(own: LocalOptions) -> LocalOptions:
    """The same, started as by `db start`, whatever the test before did to it."""
    instance.start(own)
    return own


@pytest.fixture
def empty_options(local_options: LocalOptions, tmp_path: Path) -> LocalOptions:
    """A data directory that does not exist yet, with the user's jars."""
    return replace(local_options, data_dir=tmp_path / "data")


@pytest.fixture
def programs() -> Iterator[Programs]:
    """Starts programs that use a server; they end with the test."""
    running: list[UserProgram] = []

    def run(options: LocalOptions, purpose: str) -> UserProgram:
        running.append(UserProgram.run(options, purpose))
        return running[-1]

    yield run
    for program in running:
        program.kill()


@pytest.fixture
def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
