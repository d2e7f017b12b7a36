"""Entities as clients see them, each made once: for all requests where the index answers, whose
state never changes, else for the request at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from strawberry.dataloader import DataLoader

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
        if self.context.state.indexed:
            return await self._of_index(ids)
        wanted = list(dict.fromkeys(ids))
        found = await self._gathered().load_many(wanted)
        return {id: one for id, one in zip(wanted, found, strict=True) if one is not None}

    def keep(self, cards: Mapping[str, Entity]) -> None:
        """Have cards at hand that were read with something else: they are not read again."""
        if self.context.state.indexed:
            self._kept(cards)
        else:
            self._gathered().prime_many({id: self.show(card) for id, card in cards.items()})

    async def _of_index(self, ids: Collection[str]) -> dict[str, T]:
        """Its reads never wait, so that there is nothing to gather with others."""
        kept = self.context.state.kept
        found: dict[str, T] = {id: kept[id] for id in ids if id in kept}
        wanted = [id for id in dict.fromkeys(ids) if id not in found]
        return {**found, **self._kept(await self._read(wanted))} if wanted else found

    def _kept(self, cards: Mapping[str, Entity]) -> dict[str, T]:
        kept = self.context.state.kept
        shown = {id: kept[id] if id in kept else self.show(card) for id, card in cards.items()}
        if len(kept) + len(shown) > _KEPT:
            kept.clear()
        kept.update(shown)
        return shown

    def _gathered(self) -> DataLoader[str, T | None]:
        async def load(wanted: list[str]) -> Sequence[T | None]:
            shown = {id: self.show(card) for id, card in (await self._read(wanted)).items()}
            return [shown.get(id) for id in wanted]

        return self.context.batch("entities", load)

    async def _read(self, ids: Collection[str]) -> dict[str, Entity]:
        return await self.context.state.reads.entities(ids, self.context.limit)
