"""What people did with names and what they say of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import strawberry
from strawberry import UNSET

from kgservice.api.context import Context
from kgservice.api.questions import at_most, given, short
from kgservice.api.types.entities import entities
from kgservice.api.types.resolutions import Candidate, show_candidate
from kgservice.errors import BadRequestError, UnknownEntityError
from kgservice.graph.learned import Taught
from kgservice.limits import Limits
from kgservice.model import Candidate as Found
from kgservice.model import Generator, Mention
from kgservice.resolution.text import normalise

#: Candidates among which a text that was just taught is looked for.
_LOOKED_AT = 100


@strawberry.input
class OutcomeInput:
    """What became of one resolution."""

    user: strawberry.ID | None = UNSET
    session: strawberry.ID = strawberry.field(description="Groups what one person did in a row.")
    at: str = strawberry.field(description="RFC 3339.")
    text: str
    context: str | None = UNSET
    entity: strawberry.ID | None = strawberry.field(
        default=UNSET,
        description="The entity that was used; null where the user gave up or rejected all.",
    )


@strawberry.type
class RecordOutcomesPayload:
    """How many outcomes were kept."""

    recorded: int


@strawberry.type
class TeachAliasPayload:
    """The entity as the text finds it now."""

    candidate: Candidate


async def record_outcomes(outcomes: Sequence[OutcomeInput], context: Context) -> int:
    """Keep outcomes; raises BadRequestError, LimitExceededError, UnknownEntityError."""
    at_most("outcomes", context.limits.outcomes, len(outcomes))
    for one in outcomes:
        short(context.limits, one.text, given(one.context))
    rows = [_row(one, ("outcomes", number)) for number, one in enumerate(outcomes)]
    used = {row["entity"] for row in rows if row["entity"] is not None}
    canonical = await _canonical(used, context)
    for row in rows:
        row["entity"] = canonical.get(row["entity"])
    await context.resolver.record(rows, context.limit)
    return len(rows)


async def teach_alias(text: str, entity: str, user: str | None, context: Context) -> Candidate:
    """Keep that a text means an entity, and show how it is found now."""
    [canonical] = (await _canonical({entity}, context)).values()
    taught = Taught(_name(text, context.limits), canonical, user)
    await context.resolver.teach(taught, context.limit)
    mention = Mention(text, limit=_LOOKED_AT, min_confidence=0.0, user=user)
    [resolution] = await context.resolver.resolve([mention], context.state)
    found = [one for one in resolution.candidates if one.id == taught.entity]
    # What was loaded a moment ago is not among the names yet; it will be found so.
    candidate = found[0] if found else Found(taught.entity, 1.0, True, text, (Generator.LEARNED,))
    cards = await entities([taught.entity], context)
    return show_candidate(candidate, cards[taught.entity])


async def unteach_alias(text: str, entity: str, user: str | None, context: Context) -> bool:
    """Take back what was taught, of entities that are gone as well; false where it was not."""
    known = await entities([entity], context)
    ids = {entity, *(str(one.id) for one in known.values())}
    return await context.resolver.unteach(
        _name(text, context.limits), user, sorted(ids), context.limit
    )


def _name(text: str, limits: Limits) -> str:
    short(limits, text)
    normal = normalise(text)
    if not normal:
        raise BadRequestError("text holds nothing that could be a name", ("text",))
    return normal


async def _canonical(ids: set[str], context: Context) -> dict[str, str]:
    """The canonical id of each; raises UnknownEntityError with all that no entity has."""
    known = await entities(ids, context) if ids else {}
    if unknown := sorted(ids - known.keys()):
        raise UnknownEntityError(unknown)
    return {id: str(one.id) for id, one in known.items()}


def _row(outcome: OutcomeInput, path: tuple[str | int, ...]) -> dict[str, Any]:
    for name in ("session", "text"):
        if not getattr(outcome, name).strip():
            raise BadRequestError(f"{name} is empty", (*path, name))
    return {
        "user": given(outcome.user),
        "session": outcome.session,
        "at": _moment(outcome.at, (*path, "at")),
        "text": outcome.text,
        "context": given(outcome.context),
        "entity": given(outcome.entity),
    }


def _moment(written: str, path: tuple[str | int, ...]) -> float:
    """A time as POSIX seconds."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadRequestError(
            f"{written!r} is no time as in RFC 3339, such as 2026-11-25T19:00:00Z", path
        )
    return moment.timestamp()
