"""What people say and show of names, kept in the graph: for the API, which writes nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import AsyncGraph
from kgservice.graph.cypher import learning
from kgservice.model import LearnedAlias


@dataclass(frozen=True, slots=True)
class Taught:
    """That a text, normalised, means an entity; user: for whom, null for everybody."""

    text: str
    entity: str
    user: str | None

    @property
    def id(self) -> str:
        """The key of its node."""
        return alias_id(self.text, self.entity, self.user, taught=True)


def alias_id(text: str, entity: str, user: str | None, *, taught: bool) -> str:
    """The key of an alias's node: taught and learned ones stand beside one another."""
    return _hashed("taught" if taught else "learned", user, text, entity)


async def alias_version(graph: AsyncGraph, limit: TimeLimit) -> int:
    """A number that changes whenever an alias does."""
    version: int = await graph.value(learning.READ_ALIAS_VERSION, {}, limit)
    return version


async def aliases_in_use(graph: AsyncGraph, limit: TimeLimit) -> tuple[int, Sequence[LearnedAlias]]:
    """The version of the aliases, and all that are used."""
    version, rows = await graph.value(learning.READ_ALIASES_IN_USE, {}, limit)
    return version, [LearnedAlias(*row) for row in rows]


async def record_outcomes(
    graph: AsyncGraph, outcomes: Sequence[dict[str, Any]], limit: TimeLimit
) -> None:
    """Keep outcomes: user, session, at, text, context, entity; one sent again counts once."""
    keys = ("user", "session", "at", "text", "entity")
    rows = [{**one, "id": _hashed(*(one[key] for key in keys))} for one in outcomes]
    await graph.write(learning.RECORD_OUTCOMES, {"rows": rows}, limit)


async def teach(graph: AsyncGraph, taught: Taught, at: float, limit: TimeLimit) -> None:
    """Keep that a text means an entity; what the same user taught of it before goes."""
    row = {
        "id": taught.id,
        "text": taught.text,
        "entity": taught.entity,
        "user": taught.user,
        "at": at,
    }
    await graph.write(learning.TEACH_ALIAS, {"row": row}, limit)


async def unteach(
    graph: AsyncGraph, text: str, user: str | None, entities: Sequence[str], limit: TimeLimit
) -> bool:
    """Take back that a text means one of these entities; false where nobody taught that."""
    parameters = {"text": text, "user": user, "entities": list(entities)}
    gone: int = await graph.write(learning.UNTEACH_ALIAS, parameters, limit)
    return gone > 0


def _hashed(*parts: str | float | None) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
