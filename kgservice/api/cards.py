"""Entities as clients see them, each made once: for all requests where the index answers, whose
state never changes, else for the request at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from kgservice.api.context import Context
from kgservice.model import Entity

T = TypeVar("T")

#: Entities that are kept of a state of the index, at 1 kB each: the popular are asked for all the
#: time.
_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Cards(Generic[T]):
    """Reads entities by id, and shows them; merged ones are their canonical entities."""

    context: Context
    show: Callable[[Entity], T]

    async def of(self, ids: Collection[str]) -> dict[str, T]:
        """Those of these that there are."""
        kept = self._kept
        found: dict[str, T] = {id: kept[id] for id in ids if id in kept}
        wanted = [id for id in dict.fromkeys(ids) if id not in found]
        return {**found, **await self._wanted(wanted)} if wanted else found

    def keep(self, cards: Mapping[str, Entity]) -> dict[str, T]:
        """Have cards at hand that were read with something else: they are not read again."""
        kept = self._kept
        shown = {id: kept[id] if id in kept else self.show(card) for id, card in cards.items()}
        if len(kept) + len(shown) > _KEPT:
            kept.clear()
        kept.update(shown)
        return shown

    @property
    def _kept(self) -> dict[str, Any]:
        state = self.context.state
        return state.kept if state.indexed else self.context.kept

    async def _wanted(self, ids: Sequence[str]) -> dict[str, T]:
        if self.context.state.indexed:
            # Its reads never wait, so that there is nothing to gather with others.
            return self.keep(await self._read(ids))
        found = await self.context.batch("entities", self._load).load_many(ids)
        return {id: one for id, one in zip(ids, found, strict=True) if one is not None}

    async def _load(self, ids: list[str]) -> Sequence[T | None]:
        shown = self.keep(await self._read(ids))
        return [shown.get(id) for id in ids]

    async def _read(self, ids: Collection[str]) -> dict[str, Entity]:
        return await self.context.state.reads.entities(ids, self.context.limit)
