"""What is done to the service and when, and what is seen of it meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import click

from bench.faults.instances import Process, kill
from kgservice.local.instance import LocalOptions, status

#: Seconds between two looks at the memory, and those that an instance is away at most.
_WEIGH_EVERY = 5.0
_AWAY = 20.0


@dataclass(slots=True)
class Events:
    """What was done, and what was seen, in seconds from the beginning."""

    began: float = field(default_factory=time.monotonic)
    seen: list[tuple[float, str]] = field(default_factory=list)

    def note(self, what: str) -> None:
        at = time.monotonic() - self.began
        self.seen.append((at, what))
        click.echo(f"{at:7.1f} s  {what}", err=True)


@dataclass(frozen=True, slots=True)
class Plan:
    """Kills Neo4j twice, kills an instance, and ends the other as a roll-out does."""

    options: LocalOptions
    one: Process
    two: Process
    seconds: float
    events: Events
    over: threading.Event = field(default_factory=threading.Event)

    def carry_out(self) -> None:
        """All of it, each at its share of the whole time; memory is looked at in between."""
        planned: list[tuple[float, Callable[[], None]]] = [
            (0.25, self._kill_neo4j),
            (0.45, self._kill_two),
            (0.65, self._kill_neo4j),
            (0.8, self._renew_one),
        ]
        while not self.over.wait(min(_WEIGH_EVERY, self.seconds / 60)):
            self.one.weigh()
            self.two.weigh()
            if planned and time.monotonic() - self.events.began > planned[0][0] * self.seconds:
                planned.pop(0)[1]()

    def _kill_neo4j(self) -> None:
        pid = status(self.options).pid
        assert pid is not None
        kill(pid)
        self.events.note("Neo4j is killed")
        self._await_ready("Neo4j is back, both instances are ready")

    def _kill_two(self) -> None:
        self.two.kill()
        self.events.note("instance two is killed")
        self.over.wait(min(_AWAY, self.seconds / 10))
        self.two.start()
        self._await_ready("instance two is back and ready")

    def _renew_one(self) -> None:
        self.events.note("instance one is told to end")
        self.one.end()
        self.events.note("instance one has ended")
        self.one.start()
        self._await_ready("instance one is back and ready")

    def _await_ready(self, what: str) -> None:
        while {self.one.readiness(), self.two.readiness()} != {"ready"}:
            if self.over.wait(0.2):
                return
        self.events.note(what)
