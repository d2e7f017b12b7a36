"""A scratch project: the package's env.py, and revisions of a test's own behind the package's.

`Project.alembic` runs the stock executable. Most tests run alembic's commands in process instead,
because starting Python takes longer than what is tested.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from alembic.config import Config

import migrations
from kgservice.graph.client import Address, Graph
from migrations import Request
from migrations.revisions import PLACE

LOGGING = (PLACE.parent / "alembic.ini").read_text().partition("[loggers]")[2]

REVISION = '''\
"""{words}"""

from alembic import op

revision: str = {revision!r}
down_revision: str | tuple[str, ...] | None = {down!r}
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    {upgrade}


def downgrade() -> None:
    {downgrade}
'''


def empty(graph: Graph) -> None:
    graph.run("MATCH (x) DETACH DELETE x")
    for (name,) in graph.rows("SHOW CONSTRAINTS YIELD name"):
        graph.run("DROP CONSTRAINT $name", {"name": name})
    for (name,) in graph.rows("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name"):
        graph.run("DROP INDEX $name", {"name": name})


class Project:
    """Revisions in a directory of their own, which follow those of the package."""

    def __init__(self, place: Path, address: Address):
        self.place = place
        self.address = address
        self.versions = place / "versions"
        self.versions.mkdir()

    def revision(
        self,
        revision: str,
        down: str | tuple[str, ...] | None = None,
        *,
        upgrade: str = "pass",
        downgrade: str = "pass",
        words: str = "words",
    ) -> Path:
        path = self.versions / f"{revision}.py"
        parts = {"upgrade": upgrade, "downgrade": downgrade, "words": words}
        path.write_text(REVISION.format(revision=revision, down=down or migrations.head(), **parts))
        # Python trusts a compiled file of the same second and size.
        os.utime(path, (path.stat().st_mtime + len(list(self.place.iterdir())),) * 2)
        return path

    def config(self, **wishes: Any) -> Config:
        """For alembic's commands in process."""
        config = Config(attributes={"request": Request(self.address, **wishes)})
        for name, value in self._options().items():
            config.set_main_option(name, value)
        return config

    def alembic(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the stock executable."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.place,
            env=self.environment,
            text=True,
            capture_output=True,
            timeout=60,
            check=False,
        )

    def command(self, *arguments: str) -> list[str]:
        ini = self.place / "scratch.ini"
        lines = [f"{name} = {value}" for name, value in self._options().items()]
        ini.write_text("\n".join(["[alembic]", *lines, "", "[loggers]"]) + LOGGING)
        return [str(Path(sys.executable).parent / "alembic"), "-c", str(ini), *arguments]

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name[:3] != "KG_"}
        return {
            **inherited,
            "KG_NEO4J_URI": self.address.uri,
            "KG_NEO4J_USER": self.address.user,
            "KG_NEO4J_PASSWORD": self.address.password,
            "KG_NEO4J_DATABASE": self.address.database,
        }

    def _options(self) -> dict[str, str]:
        ours = str(PLACE / "versions")
        return {
            "script_location": str(PLACE),
            "path_separator": "os",
            "version_locations": os.pathsep.join([str(self.versions), ours]),
        }
