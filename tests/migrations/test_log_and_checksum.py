"""The log of what was done, and the revisions that were edited after they were applied."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.util import CommandError
from migration_project import Project

from kgservice.graph.client import Graph
from migrations.neo4j_dialect.checksum import checksum

WORK = "op.cypher('MERGE (x:Made {id: 1})')"
LOG = "MATCH (x:__SchemaLog) RETURN properties(x) ORDER BY x.seq"

SOURCE = '''\
"""Words."""

async def upgrade(x: int = 1, *more: str) -> None:
    """More words."""
    text = f"a {x!r:>{x}} b {{}}" u"c"
    with open(text) as stream, stream:
        match x:
            case {"a": [1, *_]}: return lambda: (yield)
'''


def entries(graph: Graph) -> list[dict[str, object]]:
    return [row[0] for row in graph.rows(LOG)]


@pytest.fixture
def applied(project: Project) -> Project:
    """0001 stamped and a revision of the test's own applied."""
    project.revision("0002", upgrade=WORK)
    command.stamp(project.config(), "0001")
    command.upgrade(project.config(), "0002")
    return project


def test_what_the_log_says(applied: Project, graph: Graph) -> None:
    command.downgrade(applied.config(), "0001")
    claim, stamp, up, down = entries(graph)
    assert [claim["direction"], claim["beside"]] == ["claim", False]
    assert [stamp["revision"], stamp["direction"], stamp["stamp"]] == ["0001", "up", True]
    assert [up["revision"], up["direction"], up["stamp"]] == ["0002", "up", False]
    assert [down["revision"], down["direction"], down["heads"]] == ["0002", "down", ["0001"]]
    assert up["heads"] == ["0002"]
    assert up["checksum"] == checksum(applied.versions / "0002.py")
    assert up["server_version"] == graph.server().version
    assert isinstance(up["seconds"], float)
    assert "@" in str(up["by"])
    assert up["at"] is not None
    assert [entry["seq"] for entry in entries(graph)] == [1, 2, 3, 4]


def test_comments_and_docstrings_may_change(applied: Project) -> None:
    path = applied.revision("0002", upgrade=WORK, words="Better words")
    path.write_text(path.read_text() + "\n# a comment\n")
    command.upgrade(applied.config(), "head")


@pytest.mark.parametrize("verb", ["upgrade", "downgrade", "stamp", "check"])
def test_an_edited_revision_stops_what_builds_on_it(
    applied: Project, graph: Graph, verb: str
) -> None:
    applied.revision("0002", upgrade=WORK.replace("1", "2"))
    before = entries(graph)
    arguments = () if verb == "check" else ("0001",)
    with pytest.raises(CommandError, match="revision 0002 was edited after it was applied"):
        getattr(command, verb)(applied.config(), *arguments)
    assert entries(graph) == before
    command.current(applied.config())  # looking is always allowed


def test_repair_accepts_the_edit(applied: Project, graph: Graph) -> None:
    path = applied.revision("0002", upgrade=WORK.replace("1", "2"))
    command.upgrade(applied.config(repair=True), "head")
    last = entries(graph)[-1]
    assert [last["direction"], last["revision"]] == ["repair", "0002"]
    assert last["checksum"] == checksum(path)
    command.upgrade(applied.config(), "head")
    assert graph.rows("MATCH (x:Made) RETURN x.id") == [[1]]  # a repair does no work


def test_a_revision_that_is_not_applied_may_change(applied: Project) -> None:
    command.downgrade(applied.config(), "0001")
    applied.revision("0002", upgrade=WORK.replace("1", "2"))
    command.upgrade(applied.config(), "head")


def test_a_graph_that_a_newer_program_migrated(applied: Project) -> None:
    (applied.versions / "0002.py").unlink()
    with pytest.raises(CommandError, match=r"0002.*newer kgservice"):
        command.upgrade(applied.config(), "head")


def test_the_checksum_is_the_same_on_every_python(tmp_path: Path) -> None:
    path = tmp_path / "revision.py"
    path.write_text(SOURCE)
    assert checksum(path) == "50799fbcfe2d070e"
