"""What a person is told while Neo4j is fetched, started and stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

#: Told how much more is done, in the unit of the step's total.
Advance = Callable[[float], None]
#: Seconds between two lines about a long step where there is no terminal.
_LINE_EVERY = 10.0


class Witness(Protocol):
    """Whoever watches: it is told of single facts, and of steps that take time."""

    def say(self, fact: str) -> None:
        """A fact that a person should know, in one line."""

    def step(self, what: str, total: float | None = None) -> AbstractContextManager[Advance]:
        """A step that takes time, for the length of a block; `total` is None where unknown."""


class Silent:
    """Nobody watches."""

    def say(self, fact: str) -> None:
        """Say nothing."""

    def step(self, what: str, total: float | None = None) -> AbstractContextManager[Advance]:
        """Show nothing."""
        del what, total
        return nullcontext(_ignore)


def _ignore(amount: float) -> None:
    del amount


class Terminal:
    """A person watches: a moving bar on a terminal, else a plain line now and then.

    >>> import sys
    >>> with Terminal(sys.stdout).step("counting", total=3) as advance:
    ...     advance(3)
    counting
    """

    def __init__(self, stream: TextIO):
        self._console = Console(file=stream, highlight=False, soft_wrap=True)

    def say(self, fact: str) -> None:
        """Print a line."""
        self._print(fact)

    def step(self, what: str, total: float | None = None) -> AbstractContextManager[Advance]:
        """Show a bar, or a line at the beginning and one every ten seconds."""
        return self._bar(what, total) if self._console.is_terminal else self._lines(what, total)

    @contextmanager
    def _bar(self, what: str, total: float | None) -> Iterator[Advance]:
        columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=24))
        with Progress(
            *columns,
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
        ) as progress:
            task = progress.add_task(what, total=total)
            yield lambda amount: progress.advance(task, amount)

    @contextmanager
    def _lines(self, what: str, total: float | None) -> Iterator[Advance]:
        self._print(what)
        done, last = 0.0, time.monotonic()

        def advance(amount: float) -> None:
            nonlocal done, last
            done += amount
            if time.monotonic() - last >= _LINE_EVERY:
                last = time.monotonic()
                self._print(f"{what}: {done / total:.0%}" if total else f"{what} ...")

        yield advance

    def _print(self, line: str) -> None:
        # Names of files and products come from outside: none of it is markup.
        self._console.print(line, markup=False)
