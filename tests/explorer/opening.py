"""Pages opened in a browser, with an eye on all that they say and ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, ConsoleMessage, Page, Request

#: Opens a page in a window of its own: light or dark, as wide as given.
Open = Callable[..., Page]

#: Milliseconds that a page may take on a machine with other work on it.
PATIENCE = 60_000


@contextmanager
def opening(browser: Browser, service: str, allowed: str = "") -> Iterator[Open]:
    """Ways to open pages of a service; `allowed` is in errors that are meant to be."""
    faults: list[str] = []
    contexts = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not (allowed and allowed in message.text):
            faults.append(message.text)

    def watch(request: Request) -> None:
        if not request.url.startswith((service, "data:", "blob:" + service)):
            faults.append(f"asked {request.url}")

    def open(where: str, scheme: str = "light", width: int = 1280, height: int = 850) -> Page:
        context = browser.new_context(
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", watch)
        page.goto(service + where)
        return page

    yield open
    for context in contexts:
        context.close()
    assert faults == []
