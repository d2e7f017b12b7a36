"""The functions that programs use, from a package without alembic.ini."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from migration_project import Project

import migrations
from kgservice.errors import GraphUnavailableError, MigrationError
from kgservice.graph.client import Address, Graph
from migrations import Request, revisions

PROGRAM = """\
import sys
import migrations
assert "alembic" not in sys.modules and "sqlalchemy" not in sys.modules
from kgservice.graph.client import Address, Graph
address = Address(*sys.argv[1:])
with Graph.connect(address) as graph:
    assert not migrations.is_current(graph)
    print(migrations.__file__, migrations.upgrade(address), migrations.is_current(graph))
"""


def test_from_an_installed_package(graph: Graph, address: Address, tmp_path: Path) -> None:
    place = tmp_path / "site %d packages"
    for package in ("migrations", "graph_schema", "kgservice"):
        shutil.copytree(revisions.PLACE.parent / package, place / package)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, address.uri, address.user, address.password],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(place)},
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{place}/migrations/__init__.py ('0001',) True\n"


def test_the_head_is_alembics() -> None:
    config = Config()
    config.set_main_option("script_location", str(revisions.PLACE).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    assert [migrations.head()] == ScriptDirectory.from_config(config).get_heads()


def test_heads_of_branches_and_merges(project: Project) -> None:
    assert revisions.heads(project.place) == ()
    project.revision("left", "0001")
    project.revision("right", "0001")
    assert revisions.heads.__wrapped__(project.place) == ("left", "right")
    project.revision("both", ("left", "right"))
    assert revisions.heads.__wrapped__(project.place) == ("both",)


def test_several_heads_ask_for_a_merge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revisions, "heads", lambda: ("a", "b"))
    with pytest.raises(MigrationError, match=r"a, b.*alembic merge"):
        migrations.head()


def test_down_and_nowhere(project: Project, graph: Graph, address: Address) -> None:
    assert not migrations.is_current(graph)
    command.stamp(project.config(), "head")
    assert migrations.current(graph) == ("0001",)
    assert migrations.is_current(graph)
    assert migrations.migrate(Request(address)) == ()
    assert migrations.migrate(Request(address), "0001") == ()
    assert migrations.migrate(Request(address), "-1") == (("down", "0001"),)
    assert not migrations.is_current(graph)
    with pytest.raises(MigrationError, match="nonsense"):
        migrations.migrate(Request(address), "nonsense")


def test_programs_that_start_together(graph: Graph, address: Address) -> None:
    applied: list[tuple[str, ...]] = []
    threads = [
        threading.Thread(target=lambda: applied.append(migrations.upgrade(address)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(applied) == [(), (), ("0001",)]


def test_a_server_that_is_away() -> None:
    with pytest.raises(GraphUnavailableError):
        migrations.upgrade(Address("bolt://127.0.0.1:1"))


def test_the_script_needs_no_server() -> None:
    written = io.StringIO()
    migrations.script(written, "0001")
    assert "CREATE CONSTRAINT `entity_id`" in written.getvalue()
