"""Progress of long work on stderr: a moving line for a person, else a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status

from loaders.report import Report

#: Seconds between lines where nobody watches.
_LINE_EVERY = 10.0


@contextmanager
def watched(what: str) -> Iterator[Callable[[Report], None]]:
    """Shows how far a load is, for the length of a block."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _lines(what)
        return
    with console.status(what) as status:
        yield _moving(what, status)


def _moving(what: str, status: Status) -> Callable[[Report], None]:
    return lambda report: status.update(f"{what}: {_told(report)}")


def _lines(what: str) -> Callable[[Report], None]:
    last = time.monotonic()

    def tell(report: Report) -> None:
        nonlocal last
        if report.waiting or time.monotonic() - last >= _LINE_EVERY:
            last = time.monotonic()
            sys.stderr.write(f"{what}: {_told(report)}\n")

    return tell


def _told(report: Report) -> str:
    if report.waiting:
        return "waits until another load of this data set and format has ended"
    rate = report.read / report.seconds if report.seconds else 0
    rejected = report.rejected.total()
    told = f"{report.read:,} records, {rate:,.0f} a second"
    return f"{told}, {rejected:,} rejected" if rejected else told
