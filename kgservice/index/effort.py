"""How much work a question may cost before it has to make room for others, or to end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from kgservice.graph.asked import TimeLimit

T = TypeVar("T")

#: Rows that a question may read on the thread that all requests share: 1 M take 10 ms. A larger
#: one is begun again on a thread of its own.
_AT_ONCE = 1_000_000
#: Rows between two looks at the clock: 1 ms.
_ROWS_A_LOOK = 100_000


class TooMuchAtOnceError(Exception):
    """A question is too large to be answered while others wait."""


@dataclass(slots=True)
class Effort:
    """Counts the rows that a question reads.

    Beyond `most` rows TooMuchAtOnceError is raised; beyond the time limit QueryTimeoutError.
    """

    limit: TimeLimit
    most: int | None = None
    rows: int = 0
    looked: int = 0

    def spend(self, rows: int) -> None:
        """Note that so many rows were read."""
        self.rows += rows
        if self.most is not None and self.rows > self.most:
            raise TooMuchAtOnceError
        if self.rows - self.looked > _ROWS_A_LOOK:
            self.looked = self.rows
            _ = self.limit.remaining


async def at_once_or_aside(work: Callable[[Effort], T], limit: TimeLimit) -> T:
    """Do it here, or where it turns out large on another thread: the arrays free the lock."""
    try:
        return work(Effort(limit, _AT_ONCE))
    except TooMuchAtOnceError:
        return await asyncio.to_thread(work, Effort(limit))
