"""Two batches of a load under way at once: one has the graph's lock, one is made ready behind it.

What a batch reads of its own records, and the assertions that it makes, are nobody's but its data
set's, and a data set is loaded by one program at a time. So that is done while the batch before is
being written, and looked at again under the lock: had any other batch been there in between, all
would be done anew, in order.
"""

from __future__ import annotations

from collections.abc import Collection
from threading import Event
from types import TracebackType

#: So many batches are not begun ahead after another program's batch came between.
_CAUTION = 8


class OvertakenError(Exception):
    """Another program's batch came between what was read and the lock."""


class AbandonedError(Exception):
    """The batch before failed, so this one is not written either."""


class Turn:
    """A batch's place behind the one before it; entered while it is under way.

    `keys` are what its records are about: batches that speak of the same follow one another.
    """

    def __init__(self, before: Turn | None = None):
        self._before = before
        self._written = Event()
        self._ended = Event()
        self._failed = False
        self._number = 0
        self._caution: int = max(before._caution - 1, 0) if before else 0
        self.keys: Collection[str] = ()

    def __enter__(self) -> Turn:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._failed = kind is not None
        self._before = None
        self._ended.set()
        self._written.set()

    @property
    def may_begin_ahead(self) -> bool:
        """Whether what it would read ahead is what it would read in order, as far as one knows."""
        before = self._before
        return not self._caution and (before is None or before._keeps_off(self.keys))

    def await_before(self) -> None:
        """Wait until the batch before is in; raises AbandonedError where it failed."""
        if self._before is not None:
            self._before._ended.wait()
            if self._before._failed:
                raise AbandonedError

    def take(self, number: int, seen: int | None = None) -> None:
        """Have the lock, as the batch of this number; `seen` is how many were in when it began.

        Raises OvertakenError where one of another program has come in since then.
        """
        if seen is not None and self._between(number, seen):
            self._caution = _CAUTION
            raise OvertakenError
        self._number = number

    def leave(self) -> None:
        """Have nothing left to do but the commit, in which Neo4j alone is busy."""
        self._written.set()

    def await_written(self) -> None:
        """Wait until nothing is left but the commit, or it has ended."""
        self._written.wait()

    def _between(self, number: int, seen: int) -> bool:
        """Whether another's batch was there behind `seen`: the one before may have been."""
        own = self._before is not None and self._before._number == seen + 1
        return number != seen + 1 + own

    def _keeps_off(self, keys: Collection[str]) -> bool:
        return self._ended.is_set() or frozenset(self.keys).isdisjoint(keys)
