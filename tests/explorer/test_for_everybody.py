"""By keyboard and screen reader, in light and dark, on a phone: axe-core finds no serious fault."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from opening import Open
from playwright.sync_api import Page, expect

STEP = {"relations": [], "direction": "IN", "min": 1, "max": 1, "types": [], "minTypicality": 0.5}
RAIN = {
    "scoring": "typicality",
    "set": {
        "rows": [
            {
                "join": "and",
                "start": {"by": "name", "text": "rain", "types": ["Intent"]},
                "steps": [STEP],
            },
            {"join": "not", "start": {"by": "name", "text": "dog owners"}, "steps": [STEP]},
        ],
        "types": ["Product"],
        "where": [{"relation": "PRICE", "op": "GE", "value": "1"}],
        "best": {"by": None, "order": "DESC", "first": 5},
    },
}

#: Each view, with what is there once it is whole.
VIEWS = {
    "home": ("/", "What there is"),
    "search": ("/#/search?text=tom+hnaks", "American seismologist"),
    "entity": ("/#/entity?id=P-TENT-4", "camping trips"),
    "picture": ("/#/picture?id=leon&open=leon", "Natalie Portman"),
    "ask": (f"/#/ask?question={quote(json.dumps(RAIN))}", "was taken for"),
    "compare": ("/#/compare?one=P-TENT-4&other=P-TENT-2", "Wanted for both"),
}


def whole(page: Page, text: str) -> None:
    expect(page.get_by_text(text).first).to_be_attached()
    expect(page.locator(".waiting")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_no_serious_fault(view: str, scheme: str, open_page: Open, axe: str) -> None:
    where, text = VIEWS[view]
    page = open_page(where, scheme)
    whole(page, text)
    if view == "entity":
        page.get_by_role("button", name="support").first.click()
        expect(page.get_by_role("list", name="Assertions").or_(page.get_by_text("Rolled up"))
               .first).to_be_visible()  # fmt: skip
    assert faults(page, axe) == []


def faults(page: Page, axe: str) -> list[tuple[str, str]]:
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [
        (one["id"], str(one["nodes"][0]["target"]))
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_graphiql_but_for_what_is_its_own(scheme: str, open_page: Open, axe: str) -> None:
    """Its tabs hold their own close buttons (nested-interactive): that is for GraphiQL to mend."""
    page = open_page("/graphql", scheme)
    expect(page.locator(".graphiql-container")).to_contain_text("camping tent for rain")
    assert {id for id, _ in faults(page, axe)} <= {"nested-interactive"}


@pytest.mark.parametrize("view", VIEWS)
def test_on_a_phone(view: str, open_page: Open) -> None:
    where, text = VIEWS[view]
    page = open_page(where, width=360, height=740)
    whole(page, text)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_keyboard_is_enough(open_page: Open) -> None:
    page = open_page("/")
    whole(page, "What there is")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("combobox", name="Search for anything")).to_be_focused()
    page.keyboard.type("leon")
    expect(page.get_by_role("combobox", name="Search")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox", name="Search")).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    # The heading of the new view has the focus: a screen reader reads it out.
    heading = page.get_by_role("heading", level=1, name="Léon: The Professional")
    expect(heading).to_be_focused()


def test_light_and_dark_can_be_chosen(open_page: Open) -> None:
    page = open_page("/", "light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_label("Colours").select_option("dark")
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    expect(page.get_by_label("Colours")).to_have_value("dark")
    assert page.evaluate(ground) == dark
