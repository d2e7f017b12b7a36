"""Completion of entities, properties and types, as both versions show it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kgservice.api.context import Context

#: Suggestions of one answer.
_MOST = 10


async def entities(prefix: str, context: Context) -> list[dict[str, Any]]:
    """Entities with a name that begins so, the popular first."""
    found = await context.resolver.suggest(prefix, None, (), _MOST)
    ids = [one.entity for one in found]
    cards = await context.state.reads.entities(ids, context.limit) if ids else {}
    return [
        {
            "id": cards[one.entity].id,
            "name": cards[one.entity].label,
            "description": cards[one.entity].description or "",
            "notable": [type_of(type, context) for type in cards[one.entity].types],
        }
        for one in found
        if one.entity in cards
    ]


def properties(prefix: str, context: Context) -> list[dict[str, Any]]:
    """Relations with an id, label or alias of which a word begins so."""
    return [
        {"id": one.id, "name": one.label, "description": one.description}
        for one in sorted(context.state.vocabulary.relations.values(), key=lambda one: one.id)
        if _begins(prefix, (one.id, one.label, *one.aliases))
    ][:_MOST]


def types(prefix: str, context: Context) -> list[dict[str, Any]]:
    """Entity types with an id or label of which a word begins so."""
    known = context.state.vocabulary.types
    return [
        {
            "id": one.id,
            "name": one.label,
            "description": one.description,
            "broader": [type_of(parent, context) for parent in one.parents],
        }
        for one in sorted(known.values(), key=lambda one: one.id)
        if _begins(prefix, (one.id, one.label))
    ][:_MOST]


def type_of(id: str, context: Context) -> dict[str, str]:
    """A type by id and label."""
    known = context.state.vocabulary.types.get(id)
    return {"id": id, "name": id if known is None else known.label}


def _begins(prefix: str, names: Iterable[str]) -> bool:
    sought = prefix.strip().casefold()
    return any(
        name.casefold().startswith(sought)
        or any(word.startswith(sought) for word in name.casefold().split())
        for name in names
    )
