"""The explorer on the sample: its routes by HTTP, its views in a real browser.

The browser is the Chromium of the machine, driven by Playwright; where there is none those tests
are skipped. Whatever a page does, it may not say an error on the console nor ask another host.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import browser
from opening import Open, opening
from playwright.sync_api import Browser
from sample_fixtures import address, client, indexes, made, service

__all__ = ["address", "browser", "client", "indexes", "made", "service"]


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
