"""The append-only log of what was done to the schema, and the edits that it brings to light.

An entry is written after the work of a revision, so a revision that failed half way has none. An
edited revision is one whose file has another checksum than its latest entry. Nothing is ever
changed in the log: a repair is an entry too.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kgservice.errors import MigrationError
from kgservice.graph.client import Graph
from migrations.neo4j_dialect.checksum import checksum
from migrations.neo4j_dialect.cypher_shell import script as cypher_shell_script
from migrations.neo4j_dialect.lock import whoami

if TYPE_CHECKING:  # alembic is slow to import, and most of this is used without it
    from alembic.runtime.migration import MigrationContext, MigrationInfo
    from alembic.script import ScriptDirectory

# Entries are numbered under the lock; clocks may run backwards, numbers do not.
_APPEND = """\
OPTIONAL MATCH (before:__SchemaLog)
WITH coalesce(max(before.seq), 0) + 1 AS seq
CREATE (x:__SchemaLog {seq: seq, at: datetime()})
SET x += $entry"""

_CHECKSUMS = """\
MATCH (x:__SchemaLog) WHERE x.direction IN ['up', 'repair'] AND x.checksum IS NOT NULL
WITH x ORDER BY x.seq
RETURN x.revision, collect(x.checksum)[-1]"""


@dataclass(slots=True)
class Recorder:
    """Alembic's callback for each revision that was applied: it appends to the log.

    `applied` is what this run did, in order, as (direction, revision).
    """

    graph: Graph | None
    server_version: str = ""
    applied: list[tuple[str, str]] = field(default_factory=list)
    _since: float = field(default_factory=time.monotonic)

    def __call__(
        self,
        ctx: MigrationContext,
        step: MigrationInfo,
        heads: Collection[str],
        run_args: Mapping[str, object],
    ) -> None:
        """Append an entry for one step of a run."""
        now = time.monotonic()
        entry = {
            **_step(ctx, step),
            "heads": sorted(heads),
            "by": whoami(),
            "seconds": round(now - self._since, 3),
            "server_version": self.server_version,
        }
        self._since = now
        self.applied.append((str(entry["direction"]), str(entry["revision"])))
        if self.graph is None:
            ctx.impl.static_output(cypher_shell_script(_APPEND, {"entry": entry}))
            return
        append(self.graph, entry)


def append(graph: Graph, entry: Mapping[str, object]) -> None:
    """Append an entry; call it while the lock is held."""
    graph.run(_APPEND, {"entry": entry})


def verify(graph: Graph, script: ScriptDirectory, heads: Iterable[str]) -> None:
    """Raise MigrationError where an applied revision was edited since, or is not known here."""
    unknown = set(heads) - {revision.revision for revision in script.walk_revisions()}
    if unknown:
        raise MigrationError(
            f"the graph is at revision {', '.join(sorted(unknown))}, which this program does not"
            " have: it was migrated by a newer kgservice. Upgrade this program"
        )
    edited = [revision for revision, _ in _edited(graph, script, heads)]
    if edited:
        raise MigrationError(
            f"revision {', '.join(edited)} was edited after it was applied here: what the graph has"
            " may not be what the file says. Undo the edit and write a new revision; or, where the"
            " graph is right as it is, accept the file with `kgservice migrate --repair`"
            " (alembic: `-x repair`)"
        )


def repair(graph: Graph, script: ScriptDirectory, heads: Iterable[str]) -> tuple[str, ...]:
    """Accept edited revisions as they are now, and name them."""
    edited = tuple(_edited(graph, script, heads))
    for revision, now in edited:
        entry = {"direction": "repair", "revision": revision, "checksum": now, "by": whoami()}
        append(graph, entry)
    return tuple(revision for revision, _ in edited)


def _step(ctx: MigrationContext, step: MigrationInfo) -> dict[str, object]:
    revision = step.up_revision_id
    assert revision is not None
    assert ctx.script is not None
    return {
        "revision": revision,
        "direction": "up" if step.is_upgrade else "down",
        "stamp": step.is_stamp,
        "checksum": checksum(ctx.script.get_revision(revision).path),
    }


def _edited(
    graph: Graph, script: ScriptDirectory, heads: Iterable[str]
) -> Iterator[tuple[str, str]]:
    recorded = dict(graph.rows(_CHECKSUMS))
    for revision in script.iterate_revisions(tuple(heads), "base"):
        then = recorded.get(revision.revision)
        now = checksum(revision.path)
        if then is not None and then != now:
            yield revision.revision, now
