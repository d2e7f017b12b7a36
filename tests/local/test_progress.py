from __future__ import annotations

import io
import os
import select

import pytest

from kgservice.local import progress
from kgservice.local.progress import Terminal


def test_without_a_terminal_there_are_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_LINE_EVERY", 0.0)
    stream = io.StringIO()
    watching = Terminal(stream)
    watching.say("port 7687 is taken [bold]")
    with watching.step("fetching", total=200) as advance:
        advance(50)
        advance(150)
    with watching.step("starting") as advance:
        advance(0)
    assert stream.getvalue().splitlines() == [
        "port 7687 is taken [bold]",
        "fetching",
        "fetching: 25%",
        "fetching: 100%",
        "starting",
        "starting ...",
    ]


def test_on_a_terminal_there_is_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    reader, writer = os.openpty()
    with os.fdopen(writer, "w") as stream:
        with Terminal(stream).step("fetching [x]", 10) as advance:
            advance(5)
        shown = ""
        while "fetching" not in shown or "\x1b[?25h" not in shown:
            # Bounded: the cursor is shown again at the end.
            ready, _, _ = select.select([reader], [], [], 10.0)
            assert ready, shown
            shown += os.read(reader, 65536).decode()
    os.close(reader)
    assert "fetching [x]" in shown
    assert "\x1b[" in shown
