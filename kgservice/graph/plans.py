"""Which text of a question Neo4j is asked, so that nobody waits for a plan.

To plan a text that Neo4j has not seen costs 10 to 35 ms, ten times what most questions take. So a
question is first asked by its general text, in which relations are parameters: one plan serves
all questions of its shape, but every statement of an entity is looked at. From its second time on
the text that names its relations is planned beside the requests; once it is, it is asked.

When a text is run for the eleventh time Neo4j takes it for a hot one, and compiles its expressions
while that question waits (8 to 20 ms; `expression_recompilation_limit`). So a text that is asked is
run as often as that beside the requests, as soon as no other waits for its first plan.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from typing import Any, LiteralString, Protocol

from kgservice.errors import KGError

Text = LiteralString
Parameters = dict[str, Any]

#: Writes a question: `general`, or for its own relations.
Write = Callable[[bool], tuple[Text, Parameters]]

#: Neo4j keeps 1,000 plans by default; general texts and those of cards take their part of them.
_KEPT = 500
#: A question that is asked twice is likely to be asked again.
_TIMES = 2
#: Runs behind the first, after which nothing more is compiled.
_RUNS_UNTIL_HOT = 10


class Asking(Protocol):
    """Asks a text with parameters."""

    async def __call__(self, text: Text, parameters: Parameters) -> Any:
        """What Neo4j answers."""
        ...


class Plans:
    """Remembers which texts have a plan, the last used of them, and has others planned.

    `prepare` asks a text for the sake of its plan.
    """

    def __init__(self, prepare: Asking, kept: int = _KEPT):
        self.prepare = prepare
        self._kept = kept
        self._ready: OrderedDict[Text, None] = OrderedDict()
        self._times: OrderedDict[Text, int] = OrderedDict()
        self._waiting: OrderedDict[Text, Parameters] = OrderedDict()
        self._cold: dict[Text, Parameters] = {}
        self._heating: OrderedDict[Text, Parameters] = OrderedDict()
        self._planning: asyncio.Task[None] | None = None

    async def value(self, write: Write, ask: Asking) -> Any:
        """What Neo4j answers to a question."""
        text, parameters = write(False)
        if text in self._ready:
            self._ready.move_to_end(text)
            return await ask(text, parameters)
        general, general_parameters = write(True)
        answer = await ask(general, general_parameters)
        if general in self._cold:
            self._heat(general, self._cold.pop(general))
        if general != text:
            self._note(text, parameters)
        return answer

    def is_ready(self, text: Text) -> bool:
        """Whether a text is known to have a plan."""
        return text in self._ready

    @property
    def waiting(self) -> int:
        """How many texts are still to be planned, or to be run until they are hot."""
        return len(self._waiting) + len(self._heating) + (self._planning is not None)

    async def planned(self) -> None:
        """Wait until all texts that are to be planned are."""
        while self._planning is not None:
            await asyncio.wait([self._planning])

    def plan(self, text: Text, parameters: Parameters) -> None:
        """Have a text planned beside the requests."""
        # Every anchor is without entities, so that it is the plan alone that takes time.
        self._waiting[text] = _without_lists(parameters)
        while len(self._waiting) > self._kept:
            self._heating.pop(self._waiting.popitem(last=False)[0], None)
        self._start()

    async def close(self) -> None:
        """Plan no more."""
        self._waiting.clear()
        self._heating.clear()
        if self._planning is not None:
            self._planning.cancel()
            await asyncio.wait([self._planning])
            # One that was cancelled before it began has not said so.
            self._planning = None

    def _note(self, text: Text, parameters: Parameters) -> None:
        times = self._times.pop(text, 0) + 1
        if times >= _TIMES:
            self.plan(text, parameters)
            self._heat(text, _without_lists(parameters))
            return
        self._times[text] = times
        while len(self._times) > self._kept:
            self._times.popitem(last=False)

    def _heat(self, text: Text, parameters: Parameters) -> None:
        self._heating[text] = parameters
        self._start()

    def _start(self) -> None:
        if self._planning is None:
            self._planning = asyncio.create_task(self._plan_all())

    async def _plan_all(self) -> None:
        """One after another: planning takes a core, and requests come first."""
        try:
            while self._waiting or self._heating:
                if self._waiting:
                    await self._plan_next()
                else:
                    await self._heat_next()
        finally:
            self._planning = None

    async def _plan_next(self) -> None:
        text, parameters = self._waiting.popitem(last=False)
        try:
            await self.prepare(text, parameters)
        except KGError:
            self._heating.pop(text, None)
            return  # it stays as it is: the general text answers
        self._ready[text] = None
        if text not in self._heating:
            self._cold[text] = parameters
        while len(self._ready) > self._kept:
            self._cold.pop(self._ready.popitem(last=False)[0], None)

    async def _heat_next(self) -> None:
        text, parameters = self._heating.popitem(last=False)
        with suppress(KGError):
            for _ in range(_RUNS_UNTIL_HOT):
                await self.prepare(text, parameters)


def _without_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_lists(one) for name, one in value.items()}
    return [] if isinstance(value, list) else value
