"""Progress of a load on stderr: a moving line where a person watches, else a line now and then.

A person sees the share of the files that is read and when the rest will be; a machine's log has a
line of name=value pairs every ten seconds.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from types import FrameType

from rich.console import Console
from rich.status import Status

from loaders.reading.sources import Source
from loaders.report import Report

#: Seconds between lines where nobody watches.
_LINE_EVERY = 10.0


@contextmanager
def watched(what: str, sources: Sequence[Source]) -> Iterator[Callable[[Report], None]]:
    """Shows how far a load of these sources is, for the length of a block."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _lines(what, sources)
        return
    with console.status(what) as status:
        yield _moving(what, sources, status)


@contextmanager
def stopped_by_a_signal() -> Iterator[Event]:
    """An event that the first Ctrl-C sets; the second ends the program at once."""
    stop = Event()

    def first(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()
        sys.stderr.write("stopping after the batch at hand; Ctrl-C again to stop at once\n")
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, first)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def share_read(sources: Sequence[Source]) -> float | None:
    """How much of all sources is read, 0 to 1 of their bytes; null where one has no known size."""
    sizes = [source.size for source in sources]
    total = sum(size or 0 for size in sizes)
    if None in sizes or not total:
        return None
    done = sum((size or 0) * source.share for size, source in zip(sizes, sources, strict=True))
    return done / total


def told(report: Report, share: float | None) -> str:
    """A line about how far a load is, for a person.

    >>> told(Report(seconds=10.0), 0.25)
    '0 records, 0 a second, 25 % of the files, 30 s to go'
    """
    if report.waiting:
        return "waits until another load of this data set and format has ended"
    parts = [f"{report.read:,} records", f"{_rate(report):,.0f} a second"]
    if share is not None:
        parts.append(f"{share:.0%} of the files".replace("%", " %"))
    if (left := _seconds_left(report, share)) is not None:
        parts.append(f"{_duration(left)} to go")
    if report.rejected:
        parts.append(f"{report.rejected.total():,} rejected")
    return ", ".join(parts)


def _moving(what: str, sources: Sequence[Source], status: Status) -> Callable[[Report], None]:
    return lambda report: status.update(f"{what}: {told(report, share_read(sources))}")


def _lines(what: str, sources: Sequence[Source]) -> Callable[[Report], None]:
    last = time.monotonic()

    def tell(report: Report) -> None:
        nonlocal last
        if report.waiting or time.monotonic() - last >= _LINE_EVERY:
            last = time.monotonic()
            sys.stderr.write(f"{what}: {_logged(report, share_read(sources))}\n")

    return tell


def _logged(report: Report, share: float | None) -> str:
    """A line for a log."""
    left = _seconds_left(report, share)
    pairs = {
        "read": report.read,
        "rejected": report.rejected.total(),
        "per_second": round(_rate(report)),
        "share": None if share is None else round(share, 4),
        "seconds_left": None if left is None else round(left),
        "waiting": report.waiting or None,
    }
    return " ".join(f"{name}={value}" for name, value in pairs.items() if value is not None)


def _rate(report: Report) -> float:
    return report.read / report.seconds if report.seconds else 0.0


def _seconds_left(report: Report, share: float | None) -> float | None:
    if not share or not report.seconds:
        return None
    return report.seconds * (1 - share) / share


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if minutes else f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"
