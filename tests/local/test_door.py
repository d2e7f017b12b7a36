"""Who is turned away, and what they are told; no server is started here."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from local_programs import all_gone

from kgservice.errors import ConfigurationError, InUseError, KGError
from kgservice.local import instance
from kgservice.local.door import door, prepare
from kgservice.local.instance import LocalOptions, State
from kgservice.local.latch import is_held, released, try_take
from kgservice.local.notes import read_note, write_note
from kgservice.local.ports import Ports, free_ports, is_free
from kgservice.local.progress import Silent
from kgservice.local.server_note import Phase, Record, ServerNote


def refused(options: LocalOptions) -> str:
    with pytest.raises(KGError) as caught, instance.attach(options, purpose="test"):
        pass
    assert all_gone(options.home)
    return str(caught.value)


def test_an_older_neo4j_is_kept_from_newer_data(empty_options: LocalOptions) -> None:
    Record("2999.01.0", Ports()).write(prepare(empty_options))
    assert "set KG_NEO4J_VERSION=2999.01.0, or another KG_DATA_DIR" in refused(empty_options)


def test_an_older_program_is_kept_from_a_newer_directory(empty_options: LocalOptions) -> None:
    Record("5.26.30", Ports(), layout=99).write(prepare(empty_options))
    assert "was made by a newer kgservice" in refused(empty_options)


def test_a_server_is_not_upgraded_under_its_users(empty_options: LocalOptions) -> None:
    home = prepare(empty_options)
    Record("5.25.0", Ports()).write(home)
    home.pin.touch()
    lock = try_take(home.supervisor_lock)
    assert lock is not None
    with (
        released(lock),
        pytest.raises(InUseError, match=r"Neo4j 5\.25\.0 runs .* `kgservice db stop` first"),
        instance.attach(empty_options, purpose="test"),
    ):
        pass


def test_a_version_that_we_cannot_run_is_named_with_those_that_we_can(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"'4\.4\.0'.*2026\.09\.0 or 5\.26\.30"):
        LocalOptions(tmp_path, tmp_path, version="4.4.0")


@pytest.mark.parametrize("size", ["", "1", "g", "1gb", "-1g", "1 g", "0g", "1g -version"])
def test_a_size_that_java_does_not_know_is_refused(tmp_path: Path, size: str) -> None:
    with pytest.raises(ConfigurationError, match="KG_NEO4J_HEAP"):
        LocalOptions(tmp_path, tmp_path, heap=size)
    with pytest.raises(ConfigurationError, match="KG_NEO4J_PAGE_CACHE"):
        LocalOptions(tmp_path, tmp_path, page_cache=size)


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    options = LocalOptions(tmp_path / "file" / "data", tmp_path)
    with (
        pytest.raises(ConfigurationError, match=r"KG_DATA_DIR is .*Not a directory"),
        instance.attach(options, purpose="test"),
    ):
        pass
    assert instance.status(options).state is State.STOPPED
    assert not instance.stop(options)


def test_a_lost_password_is_asked_for(empty_options: LocalOptions) -> None:
    home = prepare(empty_options)
    Record(empty_options.version, Ports()).write(home)
    (home.store / "databases" / "system").mkdir(parents=True)
    assert f"{home.password} cannot be read" in refused(empty_options)


def test_a_start_in_progress_is_named_to_whoever_waits_too_long(
    empty_options: LocalOptions,
) -> None:
    home = prepare(empty_options)
    with (
        door(home, "kgservice load", Silent()),
        pytest.raises(InUseError, match=rf"kgservice load \(process {os.getpid()}\)"),
        door(home, "kgservice db stop", Silent(), seconds=0.1),
    ):
        pass


def test_locks_say_who_lives(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not is_held(path)
    assert not is_held(path / "below-a-file")
    lock = try_take(path)
    assert lock is not None
    with released(lock):
        assert is_held(path)
        assert try_take(path) is None
        assert try_take(path, shared=True) is None
    assert not is_held(path)
    first, second = try_take(path, shared=True), try_take(path, shared=True)
    assert first is not None
    assert second is not None
    os.close(first)
    assert try_take(path) is None
    os.close(second)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"phase": "odd"}', '{"version": 3}'])
def test_damaged_notes_are_as_good_as_none(empty_options: LocalOptions, content: str) -> None:
    home = prepare(empty_options)
    home.server.write_text(content)
    home.record.write_text(content)
    assert ServerNote.read(home) == ServerNote(Phase.STOPPED)
    assert Record.read(home) is None
    assert instance.status(replace(empty_options)).state is State.STOPPED


def test_notes_are_for_their_owner_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "note.json"
    write_note(path, {"a": 1})
    write_note(path, {"b": "é"})
    assert read_note(path) == {"b": "é"}
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["note.json"]


def test_ports_are_the_wanted_ones_or_near_or_any(free_port: int) -> None:
    assert is_free(free_port)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", free_port))
        other.listen()
        assert not is_free(free_port)
        chosen = free_ports(Ports(bolt=free_port, http=free_port))
        assert chosen.bolt != free_port
        assert chosen.http not in (free_port, chosen.bolt)


def test_a_port_that_is_bound_is_not_free_and_the_last_one_has_no_neighbour() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 65535))
        assert not is_free(65535)
        assert free_ports(Ports(bolt=65535, http=65535)).bolt < 65535
