"""Where the service asks for keys, so do its pages: once a tab, and they keep them there alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from opening import Open, opening
from playwright.sync_api import Browser, expect
from served_sample import served

from kgservice.api.access import Door
from kgservice.api.keys import KeyFile
from kgservice.app import Service


@pytest.fixture
def open_page(browser: Browser, made: Service, tmp_path: Path) -> Iterator[Open]:
    """Pages of a service that knows two keys."""
    keys = [
        {"id": name, "sha256": hashlib.sha256(name.encode()).hexdigest(), "scopes": [name]}
        for name in ("read", "admin")
    ]
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": keys}), "utf-8")
    with (
        served(replace(made, door=Door(keys=KeyFile(file)))) as url,
        # Browsers say each 401 on their console.
        opening(browser, url, allowed="401") as open,
    ):
        yield open


def test_a_key_is_asked_for_and_kept_for_the_tab(open_page: Open) -> None:
    page = open_page("/")
    dialog = page.get_by_role("dialog", name="This service asks for a key")
    dialog.get_by_label("API key").fill("not this one")
    dialog.get_by_role("button", name="Use this key").click()
    expect(dialog.get_by_role("alert")).to_have_text("That key is not known here.")
    dialog.get_by_label("API key").fill("read")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What there is")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="What there is")).to_be_visible()
    assert page.evaluate(
        "[sessionStorage.length, Object.values(localStorage).includes('read')]"
    ) == [
        1,
        False,
    ]
    # Another tab does not know it.
    other = open_page("/#/entity?id=leon")
    expect(other.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize(("key", "said"), [("read", "admin"), ("admin", "Cypher copied")])
def test_cypher_is_for_those_who_look_after_the_service(
    key: str, said: str, open_page: Open
) -> None:
    page = open_page("/livez")
    page.evaluate("key => sessionStorage.setItem('kgservice.key', key)", key)
    page.goto(page.url.replace("livez", ""))
    page.get_by_role("link", name="The three earliest films with Tom Hanks").click()
    expect(page.locator(".answers .answer")).to_have_count(3)
    page.get_by_role("button", name="Cypher").click()
    expect(page.get_by_role("group", name="Copy what is asked")).to_contain_text(said)
    page.get_by_role("button", name="curl").click()
    assert "$KG_KEY" in page.evaluate("navigator.clipboard.readText()")


def test_graphiql_asks_for_it_too(open_page: Open) -> None:
    page = open_page("/graphql")
    dialog = page.get_by_role("dialog", name="This service asks for a key")
    dialog.get_by_label("API key").fill("read")
    page.keyboard.press("Enter")
    expect(page.locator(".graphiql-container")).to_contain_text("camping tent for rain")
    page.get_by_role("button", name="Execute").first.click()
    expect(page.get_by_label("Result Window")).to_contain_text("is a waterproof tent")
