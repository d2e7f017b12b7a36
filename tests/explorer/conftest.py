"""The explorer on the sample: its routes by HTTP, its views in a real browser.

The browser is the Chromium of the machine, driven by Playwright; where there is none those tests
are skipped. Whatever a page does, it may not say an error on the console nor ask another host.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from opening import Open, opening
from playwright.sync_api import Browser, sync_playwright
from sample_fixtures import address, client, indexes, made, service

__all__ = ["address", "client", "indexes", "made", "service"]

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The Chromium of the machine; one for each module, since no other loop can run beside it."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        pytest.skip(f"no browser on this machine: none of {', '.join(PROGRAMS)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, service: str) -> Iterator[Open]:
    """Open an address of the service; what went wrong on its pages fails the test at its end."""
    with opening(browser, service) as open:
        yield open


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, which finds what keeps people out."""
    root = Path(__file__).parents[2]
    return (root / "explorer/node_modules/axe-core/axe.min.js").read_text("utf-8")
