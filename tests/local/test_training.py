"""The ahead-of-time cache: made beside a server, harmless where it is broken."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from local_programs import PATIENCE, wait_until

from kgservice.local import instance, java
from kgservice.local.door import prepare
from kgservice.local.instance import LocalOptions
from kgservice.local.jars import ensure_jars
from kgservice.local.launch import Launch, plan_launch
from kgservice.local.progress import Silent


@pytest.fixture
def lonely(local_options: LocalOptions, tmp_path: Path) -> LocalOptions:
    """The user's jars beside a cache without trainings, and the flags that every instance has."""
    ensure_jars(local_options, Silent())
    options = replace(
        local_options, data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", java_flags=()
    )
    options.cache.mkdir(parents=True)
    (options.cache / "jars").symlink_to(local_options.cache / "jars")
    plan_launch(options, ensure_jars(options, Silent())).write(prepare(options))
    return options


def training(options: LocalOptions) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "kgservice.local.training", str(options.home.path)],
        stdin=subprocess.PIPE,
    )


def places(options: LocalOptions) -> list[Path]:
    return list((options.cache / "aot").glob("training-*"))


def test_it_ends_with_the_server_beside_which_it_runs(lonely: LocalOptions) -> None:
    beside = training(lonely)
    wait_until(lambda: any(java.lives(place) for place in places(lonely)))
    [place] = places(lonely)
    beside.communicate(timeout=PATIENCE)
    assert not java.lives(place)
    assert places(lonely) == []


@pytest.mark.slow
def test_a_cache_is_made_and_used(lonely: LocalOptions) -> None:
    cache = Path(Launch.read(lonely.home).aot_cache)
    old, used = (
        cache.with_name(f"neo4j-{lonely.version}-{name}.aot") for name in ("old", "of-others")
    )
    old.parent.mkdir()
    old.touch()
    used.touch()
    last_month = time.time() - 30 * 86_400
    os.utime(old, (last_month, last_month))
    beside = training(lonely)
    assert beside.wait(600) == 0
    beside.communicate()
    assert cache.stat().st_size > 50_000_000
    assert (old.exists(), used.exists()) == (False, True)
    assert places(lonely) == []
    with instance.attach(lonely, purpose="test"):
        said = lonely.home.console.read_text()
    assert "Unable to map shared spaces" not in said


def test_a_broken_cache_does_not_break_a_start(lonely: LocalOptions) -> None:
    cache = Path(Launch.read(lonely.home).aot_cache)
    cache.parent.mkdir()
    cache.write_bytes(b"broken" * 10_000)
    with instance.attach(lonely, purpose="test") as running:
        assert running.started
    # It is gone, so that a new one is made when there is time.
    assert not cache.exists()
