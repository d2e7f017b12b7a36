"""How much work a question may cost before it has to make room for others, or to end."""

from __future__ import annotations

from dataclasses import dataclass

from kgservice.graph.client import TimeLimit

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
