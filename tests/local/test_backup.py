"""A backup and what it is worth: the data directory is lost, and the graph is there again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
from pathlib import Path

import pytest
from local_programs import Programs, all_gone, kgservice, supervisor_pid, wait_until

from kgservice.errors import ConfigurationError, InUseError, LocalNeo4jError
from kgservice.local import instance, offline
from kgservice.local.instance import LocalOptions, Running, State
from kgservice.local.server_note import Phase, ServerNote


def test_a_graph_that_crashed_is_backed_up_lost_and_restored(
    empty_options: LocalOptions, programs: Programs, tmp_path: Path
) -> None:
    home = empty_options.home
    program, other = (programs(empty_options, f"kgservice {name}") for name in ("serve", "load"))
    answers = [program.answer(), other.answer()]
    assert {answer["started"] for answer in answers} == {True, False}
    [java] = {answer["pid"] for answer in answers}
    other.end()
    program.ask("write everything")
    supervisor = supervisor_pid(home)
    os.kill(supervisor, signal.SIGSTOP)
    os.kill(java, signal.SIGKILL)
    program.kill()
    os.kill(supervisor, signal.SIGKILL)
    wait_until(lambda: all_gone(home))
    assert ServerNote.read(home).phase is not Phase.STOPPED

    backup = tmp_path / "graph.dump"
    written = kgservice("db", "backup", backup, "--json", options=empty_options)
    assert json.loads(written.stdout) == {"path": str(backup), "bytes": backup.stat().st_size}
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"data", "graph.dump"}

    shutil.rmtree(empty_options.data_dir)
    restored = kgservice("db", "restore", backup, "--json", options=empty_options)
    assert json.loads(restored.stdout) == {"nodes": 2, "relationships": 1}, restored.stderr
    assert all_gone(home)

    with pytest.raises(LocalNeo4jError, match="which this would destroy"):
        offline.restore(empty_options, backup)


def test_a_server_that_was_started_to_stay_runs_again_after_a_backup(
    kept: LocalOptions, tmp_path: Path
) -> None:
    before = instance.status(kept)
    written = offline.backup(kept, tmp_path)
    assert written.path.parent == tmp_path
    assert written.path.stat().st_size == written.size
    after = instance.status(kept)
    assert after.state is State.RUNNING
    assert after.pid != before.pid
    assert supervisor_pid(kept.home)
    assert kept.home.pin.exists()


def test_users_are_named_and_nothing_is_taken_from_them(
    server: Running, local_options: LocalOptions, tmp_path: Path
) -> None:
    with pytest.raises(InUseError, match=rf"pytest \(process {os.getpid()}\)"):
        offline.backup(local_options, tmp_path)
    assert instance.status(local_options).pid == server.pid
    assert list(tmp_path.iterdir()) == []


def test_a_backup_overwrites_nothing_and_needs_a_directory_and_a_graph(
    empty_options: LocalOptions, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    there.write_text("precious")
    with pytest.raises(ConfigurationError, match="exists already"):
        offline.backup(empty_options, there)
    with pytest.raises(ConfigurationError, match="no directory"):
        offline.backup(empty_options, tmp_path / "nowhere" / "x")
    with pytest.raises(LocalNeo4jError, match="no graph"):
        offline.backup(empty_options, tmp_path / "x")
    assert there.read_text() == "precious"


def test_a_file_that_is_no_backup_changes_nothing(
    empty_options: LocalOptions, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match="there is no backup"):
        offline.restore(empty_options, tmp_path / "missing")
    nonsense = tmp_path / "nonsense.dump"
    nonsense.write_bytes(b"nonsense" * 100)
    with pytest.raises(LocalNeo4jError, match=r"reading nonsense\.dump failed"):
        offline.restore(empty_options, nonsense)
    assert not empty_options.home.store.exists()
    assert not empty_options.home.record.exists()
    assert all_gone(empty_options.home)
