"""What every load and retraction changed, in order, out of the change log that stands in the graph.

The log is written within the transactions that change the graph, so it misses nothing and tells of
nothing that was not committed. It is kept for KG_CHANGES_KEPT_DAYS.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from kgservice.errors import BadRequestError, ChangesGoneError
from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import AsyncGraph
from kgservice.graph.cypher import feed
from kgservice.ledger.change_log import unpack

_PLACE = re.compile(r"(?P<version>[0-9]{1,15})(?::(?P<seq>[0-9]{1,15}))?\Z")

#: Seconds for reading one version, of some MB at most.
_SECONDS = 30.0
#: Changes that are handed on together.
_TOGETHER = 500

_STATEMENT = ("subject", "relation", "object", "plausibility", "typicality", "support")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader stands: behind the change `seq` of a data version, null behind all of it.

    >>> Place.read("25"), str(Place.read("26:3"))
    (Place(version=25, seq=None), '26:3')
    """

    version: int
    seq: int | None = None

    @classmethod
    def read(cls, text: str) -> Place:
        """From `VERSION` or `VERSION:SEQ`; raises BadRequestError."""
        match = _PLACE.match(text)
        if match is None:
            raise BadRequestError(
                f"since is a data version, or one with the seq of a change: 25, 26:3; not {text!r}",
                ["since"],
            )
        seq = match["seq"]
        return cls(int(match["version"]), None if seq is None else int(seq))

    def __str__(self) -> str:
        return f"{self.version}" if self.seq is None else f"{self.version}:{self.seq}"

    @property
    def next_version(self) -> int:
        """The version of the change behind it."""
        return self.version + 1 if self.seq is None else self.version


@dataclass(frozen=True, slots=True)
class Feed:
    """Reads the change log from a place on."""

    graph: AsyncGraph

    async def until(self, since: Place) -> int:
        """The data version of now, up to which a reader can follow.

        Raises ChangesGoneError where the log does not reach back so far, or the graph is another.
        """
        version, first = await self.graph.value(feed.READ_EXTENT, {}, _limit())
        oldest = version if first is None else first - 1
        if since.next_version > version + 1:
            raise ChangesGoneError(f"the graph is at data version {version}, not {since}", oldest)
        if since.next_version <= oldest:
            raise ChangesGoneError(f"what changed after {since} is not kept any more", oldest)
        return int(version)

    async def changes(self, since: Place, until: int) -> AsyncIterator[list[dict[str, Any]]]:
        """The changes behind a place up to a version, some at a time, in the order of the log.

        Each has seq (from 1 within its data version), data_version, op, kind, id, and of a
        statement its parts and scores: as they became, or were before it was removed. Raises
        ChangesGoneError where the log was cut meanwhile.
        """
        for version in range(since.next_version, until + 1):
            payload = await self.graph.value(feed.READ_PAYLOAD, {"version": version}, _limit())
            if payload is None:
                raise ChangesGoneError(f"what changed after {since} is not kept any more", version)
            seen = since.seq if version == since.version else None
            changes = _numbered(version, payload, seen or 0)
            while together := list(islice(changes, _TOGETHER)):
                yield together


def _numbered(version: int, payload: bytes, seen: int) -> Iterator[dict[str, Any]]:
    for seq, change in enumerate(unpack(payload), 1):
        if seq > seen:
            parts = {name: change.pop(name, None) for name in _STATEMENT}
            yield {"seq": seq, "data_version": version, **change, **parts}


def _limit() -> TimeLimit:
    return TimeLimit("/changes", _SECONDS)
