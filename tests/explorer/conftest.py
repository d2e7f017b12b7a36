"""The explorer on the sample: its routes by HTTP, its views in a real browser.

The browser is the Chromium of the machine, driven by Playwright; where there is none those tests
are skipped. Whatever a page does, it may not say an error on the console nor ask another host.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from opening import Open, opening
from playwright.sync_api import Browser, sync_playwright
from served_sample import ensure_sample, served

from kgservice.app import Service
from kgservice.graph.client import Address
from kgservice.index.building import Order
from kgservice.index.directory import IndexDirectory
from kgservice.local.instance import Running
from kgservice.resolution.encoder import packaged_encoder

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="module")
def address(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Address:
    """Where the sample is."""
    ensure_sample(server.address, tmp_path_factory.mktemp("quarantine"))
    return server.address


@pytest.fixture(scope="session")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> IndexDirectory:
    """Where the index of the sample is kept from one service to the next."""
    return IndexDirectory.below(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def made(address: Address, indexes: IndexDirectory) -> Service:
    """What a service over the sample is made of."""
    return Service(address, indexes, Order(encoder=packaged_encoder()), query_seconds=30.0)


@pytest.fixture(scope="module")
def service(made: Service) -> Iterator[str]:
    """The address of a service over the sample."""
    with served(made) as url:
        yield url


@pytest.fixture(scope="module")
def client(service: str) -> Iterator[httpx.Client]:
    """A client of the service."""
    with httpx.Client(base_url=service, timeout=30) as client:
        yield client


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
