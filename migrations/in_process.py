"""Alembic's commands on the revisions of this package, without a file of settings.

Alembic keeps its state in modules, so one migration runs at a time in a process; others wait.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TextIO

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from kgservice.errors import KGError, MigrationError
from migrations import Request
from migrations.revisions import PLACE

_ONE_AT_A_TIME = threading.Lock()


#: What was done, in order: (`up` or `down`, revision).
Steps = tuple[tuple[str, str], ...]


def upgrade(request: Request, revision: str) -> Steps:
    """`alembic upgrade`; raises KGError."""
    return _run(lambda config: command.upgrade(config, revision), _config(request=request))


def stamp(request: Request) -> Steps:
    """`alembic stamp head`; raises KGError."""
    return _run(lambda config: command.stamp(config, "head"), _config(request=request))


def downgrade(request: Request, revision: str) -> Steps:
    """`alembic downgrade`; raises KGError."""
    return _run(lambda config: command.downgrade(config, revision), _config(request=request))


def write_script(output: TextIO, revision: str) -> None:
    """`alembic upgrade --sql`; raises MigrationError."""
    _run(lambda config: command.upgrade(config, revision, sql=True), _config(output=output))


def is_below(revision: str, heads: tuple[str, ...]) -> bool:
    """Whether the way from the heads to a revision leads down."""
    if revision == "base" or revision.startswith("-"):
        return True
    scripts = ScriptDirectory.from_config(_config())
    try:
        target = {step.revision for step in scripts.get_revisions(revision)}
        applied = {step.revision for step in scripts.iterate_revisions(heads, "base")}
    except CommandError:  # not known: upgrading finds the words for it
        return False
    return target <= applied and not target <= set(heads)


def _run(command_on: Callable[[Config], None], config: Config) -> Steps:
    applied: list[tuple[str, str]] = []
    config.attributes["applied"] = applied
    try:
        with _ONE_AT_A_TIME:
            command_on(config)
    except CommandError as error:
        if isinstance(error.__cause__, KGError):
            raise error.__cause__ from error.__cause__.__cause__
        raise MigrationError(str(error)) from error
    return tuple(applied)


def _config(*, request: Request | None = None, output: TextIO | None = None) -> Config:
    config = Config(output_buffer=output, attributes={"request": request})
    # The percent sign means something to ConfigParser.
    config.set_main_option("script_location", str(PLACE).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config
