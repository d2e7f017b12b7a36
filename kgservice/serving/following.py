"""The index kept at the graph: opened, and built where it is missing, damaged or behind.

A thread of its own looks at the graph's data version and works; requests only ever take what is
opened. So nothing of this is on the event loop, and a request never waits for it.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self

from kgservice.errors import (
    ConfigurationError,
    GraphError,
    IndexBusyError,
    IndexFaultError,
    KGError,
)
from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import Address, AsyncGraph, Graph
from kgservice.graph.cypher.indexing import READ_MARK
from kgservice.index.building import Order, build, read_mark
from kgservice.index.delta import CannotFollowError
from kgservice.index.directory import IndexDirectory
from kgservice.index.manifest import Mark
from kgservice.index.opening import Opened, open_current

#: Seconds after which Neo4j, which does not answer a look, is away.
_LOOK_SECONDS = 3.0
#: Seconds between two looks at the graph: a load is to be seen within a second.
_LOOK_EVERY = 0.5
#: Seconds before what failed is tried again.
_TRY_AGAIN = 5.0
#: Seconds before a password that was refused is tried again: Neo4j bars who does so often.
_BARRED_SECONDS = 60.0
#: Seconds between two lines in the log about one build.
_TELL_EVERY = 10.0

_log = logging.getLogger(__name__)


#: Has a Neo4j that is away run again, where that is ours to do; what it is given raises where
#: nobody waits any more.
Revive = Callable[[Callable[[], None]], None]


def waited_for(go_on: Callable[[], None]) -> None:
    """Do nothing for a Neo4j that is away: somebody else has it run again."""
    del go_on


class _Ended(Exception):  # noqa: N818
    """The service ends while an index is built or Neo4j starts."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Which graph is followed, where its indexes lie, how they are built, how Neo4j is revived."""

    address: Address
    indexes: IndexDirectory
    order: Order
    revive: Revive = waited_for


@dataclass(frozen=True, slots=True)
class Sight:
    """What was last seen of the graph: when, and since when the index is behind or Neo4j away."""

    at: datetime
    seen: float
    behind_since: float | None = None
    away_since: datetime | None = None

    @property
    def lag(self) -> float:
        """Seconds that the index may be behind; nobody knows what happened since the last look."""
        if self.behind_since is not None:
            return time.monotonic() - self.behind_since
        return max(0.0, time.monotonic() - self.seen - 2 * _LOOK_EVERY)


@dataclass(frozen=True, slots=True)
class _Naming:
    """An index whose names are being made, and what comes of it."""

    of: Opened
    future: Future[Opened]


class Follower:
    """Keeps an opened index; `opened` is null until there is one.

    >>> with Follower(followed).running() as follower:  # doctest: +SKIP
    ...     follower.wait(10)
    ...     follower.opened.mark.version
    25
    """

    def __init__(self, followed: Followed):
        self._followed = replace(followed, order=replace(followed.order, progress=self._progress))
        self._opened: Opened | None = None
        self._sight = Sight(datetime.now(UTC), float("-inf"), float("-inf"))
        self._doing = "not opened yet"
        self._without_meaning: str | None = None
        self._told = 0.0
        self._end = threading.Event()
        self._settled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="index", daemon=True)
        self._names = ThreadPoolExecutor(1, "names")
        self._naming: _Naming | None = None

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Follow for the length of a block."""
        self._thread.start()
        try:
            yield self
        finally:
            self._end.set()
            self._thread.join()
            self._names.shutdown(cancel_futures=True)

    @property
    def opened(self) -> Opened | None:
        """The newest index that there is."""
        return self._opened

    @property
    def sight(self) -> Sight:
        """What was last seen of the graph."""
        return self._sight

    @property
    def doing(self) -> str:
        """What becomes of the index, for people: "ok", or what keeps it from being current."""
        return self._doing

    def wait(self, seconds: float | None) -> bool:
        """Wait until the index is the graph's, or is known to come later; false: not in time."""
        return self._settled.wait(seconds)

    # ------------------------------------------------------------------ the thread

    def _run(self) -> None:
        while not self._end.is_set():
            try:
                self._open()
                asyncio.run(self._watch())
            except _Ended:
                return
            except GraphError as error:
                self._lost()
                self._failed(error, _LOOK_EVERY)
                self._revive()
            except ConfigurationError as error:
                self._failed(error, _BARRED_SECONDS)
            except KGError as error:
                self._failed(error, _TRY_AGAIN)
            except Exception:
                _log.exception("the index is not followed; the next try is in %.0f s", _TRY_AGAIN)
                self._end.wait(_TRY_AGAIN)

    async def _watch(self) -> None:
        """Look at the graph again and again; a loop of its own, in which work may block."""
        async with AsyncGraph.connect(self._followed.address) as graph:
            while not self._end.is_set():
                limit = TimeLimit("index", _LOOK_SECONDS)
                self._see(Mark(*await graph.value(READ_MARK, {}, limit)))
                self._name()
                if self._naming is None and self._doing == "ok":
                    self._settled.set()
                self._end.wait(_LOOK_EVERY)

    def _failed(self, error: KGError, seconds: float) -> None:
        if self._doing != str(error):
            _log.warning("index: %s", error)
            self._doing = str(error)
        # What could not be done does not keep the service from answering out of Neo4j.
        self._settled.set()
        self._end.wait(seconds)

    def _revive(self) -> None:
        try:
            self._followed.revive(self._go_on)
        except _Ended:
            self._end.set()
        except KGError as error:
            self._failed(error, _TRY_AGAIN)

    def _go_on(self) -> None:
        if self._end.is_set():
            raise _Ended

    def _lost(self) -> None:
        if self._sight.away_since is None:
            self._sight = replace(self._sight, away_since=self._sight.at)

    def _see(self, mark: Mark) -> None:
        """Note what was seen, and work where the index is not of it."""
        behind = None if self._is_at(mark) else self._sight.behind_since or time.monotonic()
        self._sight = Sight(datetime.now(UTC), time.monotonic(), behind)
        if behind is not None or not self._is_newest:
            with Graph.connect(self._followed.address) as graph:
                self._work(graph)
                if not self._is_at(read_mark(graph)):
                    return
            self._sight = Sight(datetime.now(UTC), time.monotonic())
        self._doing = "ok"

    def _work(self, graph: Graph) -> None:
        if not self._is_newest:
            self._open(graph)
        if not self._follow(graph):
            self._build(graph)
            self._follow(graph)

    def _name(self) -> None:
        """Have what changed its names found by them too, beside the following: each takes 1 ms."""
        if self._naming is not None and self._naming.future.done():
            self._take_names(self._naming)
        opened = self._opened
        if self._naming is None and opened is not None and opened.unnamed:
            self._naming = _Naming(opened, self._names.submit(opened.named))
            self._opened = opened.being_named()

    def _take_names(self, naming: _Naming) -> None:
        self._naming, opened = None, self._opened
        if opened is None:
            return
        try:
            self._opened = opened.given(naming.future.result())
        except Exception:
            self._opened = replace(opened, unnamed=opened.unnamed | naming.of.unnamed)
            raise

    def _follow(self, graph: Graph) -> bool:
        """Take over what changed since; false where the index must be built anew."""
        opened = self._opened
        if opened is None or not self._is_of_encoder(opened):
            return False
        try:
            self._opened = opened.followed(graph)
        except CannotFollowError as why:
            _log.info("index: %s; it is built anew", why)
            return False
        return True

    @property
    def _is_newest(self) -> bool:
        """Whether no other process has built an index since."""
        opened, current = self._opened, self._followed.indexes.current()
        return opened is not None and current in (None, opened.directory)

    def _open(self, graph: Graph | None = None) -> None:
        """Take over what another process, or an earlier life of this one, has built."""
        known = self._opened
        if self._is_newest:
            return
        try:
            opened = open_current(self._followed.indexes, self._followed.order.encoder)
            if opened is None:
                return
            if known is not None and graph is not None and opened.mark != known.mark:
                opened = opened.followed(graph)
        except (IndexFaultError, CannotFollowError) as error:
            _log.warning("index: %s", error)
            return
        self._opened = opened
        self._tell_of_names(opened)

    def _tell_of_names(self, opened: Opened) -> None:
        why = opened.resolver.without_meaning
        if why is not None and why != self._without_meaning:
            _log.warning("names are found by their letters alone: %s", why)
        self._without_meaning = why

    def _is_at(self, mark: Mark) -> bool:
        """Whether the index is of this state, and of the encoder that there is."""
        opened = self._opened
        return opened is not None and opened.mark == mark and self._is_of_encoder(opened)

    def _is_of_encoder(self, opened: Opened) -> bool:
        return self._followed.order.encoder is None or opened.resolver.without_meaning is None

    def _build(self, graph: Graph) -> None:
        self._doing = "being built"
        try:
            manifest = build(graph, self._followed.indexes, self._followed.order)
        except IndexBusyError:
            self._doing = "being built by another process"
            return
        _log.info(
            "index built: data version %d, %d entities, %d statements, %.1f s",
            manifest.mark.version,
            manifest.entities,
            manifest.statements + manifest.literals,
            manifest.seconds,
        )
        self._open()

    def _progress(self, stage: str, done: int, of: int) -> None:
        self._go_on()
        self._doing = f"being built: {stage}, {done:,} of {of:,}"
        if time.monotonic() - self._told >= _TELL_EVERY:
            self._told = time.monotonic()
            _log.info("index %s", self._doing)
