"""Each thing that the explorer can do, done in a browser on the sample."""

from __future__ import annotations

import json
import math
import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from opening import PATIENCE, Open, opening
from playwright.sync_api import Browser, Locator, Page, expect

expect.set_options(timeout=PATIENCE)


def texts(found: Locator) -> list[str]:
    return [one.strip() for one in found.all_inner_texts()]


def suggestions(where: Page | Locator) -> Locator:
    return where.get_by_role("listbox").locator("[role=option]:visible")


def answers(page: Page) -> list[str]:
    """The answers that are shown, in their order."""
    expect(page.locator(".answers li .answer").first).to_be_visible()
    return texts(page.locator(".answers .answer > .entity"))


# ------------------------------------------------------------------ search


def test_suggestions_forgive_typing_errors_and_say_why(open_page: Open) -> None:
    page = open_page("/")
    field = page.get_by_role("combobox", name="Search for anything")
    field.press_sequentially("tom hnaks")
    first = suggestions(page).first
    expect(first).to_contain_text("American actor")
    expect(first.locator(".why")).to_contain_text("is spelt nearly so")
    expect(first.locator(".why")).to_contain_text("% sure")
    field.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    heading = page.get_by_role("heading", level=1, name="Tom Hanks")
    expect(heading).to_be_visible()
    assert page.url.endswith("#/entity?id=tom-hanks")


def test_a_text_leads_to_all_that_it_may_mean(open_page: Open) -> None:
    page = open_page("/")
    field = page.get_by_role("combobox", name="Search for anything")
    field.fill("titanic")
    field.press("Enter")
    results = page.locator(".results > li")
    expect(results.filter(has_text="film").first).to_contain_text("is named so")
    assert page.url.endswith("#/search?text=titanic")
    page.reload()
    expect(results.first).to_be_visible()


# ------------------------------------------------------------------ entities


def test_an_entity_with_facts_commonsense_and_evidence(open_page: Open) -> None:
    page = open_page("/#/entity?id=P-TENT-4")
    expect(page.get_by_role("heading", level=1)).to_have_text("Four-Person Waterproof Tent")
    expect(page).to_have_title("Four-Person Waterproof Tent · kgservice")
    expect(page.get_by_text("4 person tent, family tent")).to_be_visible()
    commonsense = page.get_by_role("region", name="From here: commonsense")
    best = commonsense.locator(".statement:not(.heads)").first
    expect(best).to_contain_text("camping trips")
    # By hand from sample/story.txt: (212 * .95 + 340 * .93 + ..) / 919 and so on.
    expect(best).to_contain_text("0.93")
    expect(best).to_contain_text("0.96")
    best.get_by_role("button", name="support 919").click()
    behind = page.get_by_role("list", name="Behaviors behind it")
    expect(behind).to_contain_text("family tent → Four-Person Waterproof Tent")
    expect(behind).to_contain_text("support 340")
    facts = page.get_by_role("region", name="From here: facts")
    expect(facts).to_contain_text("sleeps")
    facts.get_by_label("Relation").select_option("SLEEPS")
    expect(facts.locator(".statement")).to_have_count(1)
    into = page.get_by_role("region", name="To here: facts")
    expect(into.locator(".statement").first).to_contain_text("has product")


def test_statements_come_page_by_page(open_page: Open) -> None:
    page = open_page("/#/entity?id=united-states")
    into = page.get_by_role("region", name="To here: facts")
    expect(into.locator(".statement")).to_have_count(20)
    into.get_by_role("button", name="Show more").click()
    expect(into.locator(".statement")).to_have_count(40)
    shown = texts(into.locator(".statement"))
    assert len(set(shown)) == 40


def test_an_id_that_nothing_has(open_page: Open) -> None:
    page = open_page("/#/entity?id=no-such-thing")
    expect(page.get_by_role("heading", name="Nothing has this id")).to_be_visible()


# ------------------------------------------------------------------ picture


def place(page: Page, id: str) -> dict[str, float]:
    """Where an entity is drawn."""
    found: dict[str, float] = page.evaluate(
        """(id) => {
            const frame = document.querySelector(".frame");
            const { left, top } = frame.getBoundingClientRect();
            const { x, y } = frame._cyreg.cy.getElementById(id).renderedPosition();
            return { x: left + x, y: top + y };
        }""",
        id,
    )
    return found


def count(page: Page) -> int:
    """How many entities the picture says that it has."""
    said = page.locator(".picture-page [role=status]").last
    expect(said).to_have_text(re.compile(r"\d+ entities"))
    return int(said.inner_text().split()[0])


def test_a_picture_grows_by_clicking(open_page: Open) -> None:
    page = open_page("/#/entity?id=forrest-gump")
    page.get_by_role("link", name="Draw a picture").click()
    expect(page.locator(".frame canvas").first).to_be_attached()
    expect(page.get_by_label("Picture of")).to_have_attribute("data-drawn", re.compile(r"\d\d"))
    before = count(page)
    where = place(page, "tom-hanks")
    page.mouse.click(where["x"], where["y"])
    expect(page.get_by_role("region", name="Chosen")).to_contain_text("Tom Hanks")
    expect(page.locator(".members li")).not_to_have_count(before)
    grown = count(page)
    assert grown > before
    # The address has it all.
    assert "open=tom-hanks" in page.url
    page.reload()
    expect(page.locator(".members li")).to_have_count(grown)
    # The legend hides a type and brings it back.
    people = page.locator(".legend").get_by_role("button", name="person")
    people.click()
    expect(people).to_have_attribute("aria-pressed", "false")
    assert count(page) < grown
    people.click()
    assert count(page) == grown


#: Opened all at once they bring more than 200 entities into the picture.
HUBS = (
    "tom-hanks", "steven-spielberg", "forrest-gump", "cast-away", "apollo-13", "titanic-film",
    "natalie-portman", "leon", "paris", "united-states", "united-kingdom", "europe", "P-TENT-4",
    "P-LEASH", "P-UMBRELLA-BLACK", "intent:event:en:rain", "intent:event:en:camping trips",
    "intent:audience:en:dog owners", "star-wars-episode-ii", "robert-zemeckis", "london",
)  # fmt: skip


def test_two_hundred_can_be_read(open_page: Open) -> None:
    """Nothing lies on anything else, and the landmarks have names that are large enough."""
    page = open_page("/#/picture?id=leon" + "".join(f"&open={quote(one)}" for one in HUBS))
    expect(page.get_by_label("Picture of")).to_have_attribute("data-drawn", re.compile(r"\d{3}"))
    assert count(page) >= 200
    drawn = page.evaluate("""() => {
        const cy = document.querySelector(".frame")._cyreg.cy;
        const nodes = cy.nodes().map((one) => ({
            ...one.renderedPosition(), r: one.renderedWidth() / 2, degree: one.degree(),
            font: parseFloat(one.style("font-size")) * cy.zoom(),
        }));
        const { width, height } = document.querySelector(".frame").getBoundingClientRect();
        return { nodes, width, height };
    }""")
    nodes = drawn["nodes"]
    for one in nodes:
        assert 0 <= one["x"] <= drawn["width"]
        assert 0 <= one["y"] <= drawn["height"]
    hidden = [
        (one, other)
        for place, one in enumerate(nodes)
        for other in nodes[:place]
        if math.dist((one["x"], one["y"]), (other["x"], other["y"])) < max(one["r"], other["r"])
    ]
    assert len(hidden) <= len(nodes) / 50
    landmarks = sorted(nodes, key=lambda one: -one["degree"])[:15]
    assert all(one["font"] > 8 for one in landmarks)


def test_the_picture_by_keyboard(open_page: Open) -> None:
    page = open_page("/#/picture?id=leon")
    members = page.locator(".members")
    members.get_by_role("button").first.focus()
    page.keyboard.press("Enter")
    expect(members.get_by_role("button", name="Natalie Portman")).to_be_visible()
    chosen = page.get_by_role("region", name="Chosen")
    expect(chosen).to_contain_text("has Natalie Portman in its cast")


# ------------------------------------------------------------------ questions


def test_an_intersection_built_by_hand(open_page: Open) -> None:
    page = open_page("/#/ask")
    sent: list[str] = []
    page.on(
        "request",
        lambda one: sent.append(json.loads(one.post_data)["query"]) if one.post_data else None,
    )
    page.get_by_label("Question, row 1: name").fill("Natalie Portman")
    page.get_by_role("button", name="+ step").click()
    page.get_by_label("row 1, step 1: direction").select_option("IN")
    relation(page.get_by_role("group", name="Question, row 1, step 1"), "perform")
    page.get_by_role("button", name="+ and").click()
    page.get_by_label("Question, row 2: name").fill("Star Wars Episode II")
    page.get_by_role("group", name="Question, row 2").get_by_role("button", name="+ step").click()
    relation(page.get_by_role("group", name="Question, row 2, step 1"), "character")
    shown = page.locator(".graphql code").inner_text()
    page.get_by_role("button", name="Ask", exact=True).click()
    assert answers(page) == ["Padmé Amidala"]
    assert sent[-1] == shown
    # Why: a walk for each of the two names, drawn from its beginning to the answer.
    reasons = page.get_by_role("list", name="Reasons").get_by_role("listitem")
    expect(reasons).to_have_count(2)
    expect(reasons.first).to_contain_text("Natalie Portman")
    expect(reasons.first.locator(".arrow")).to_have_class(re.compile("against"))
    expect(reasons.last).to_contain_text("Attack of the Clones")
    # The address is the question.
    page.reload()
    assert answers(page) == ["Padmé Amidala"]
    # All the reasons in one picture.
    page.get_by_role("link", name="Draw the reasons").click()
    expect(page.locator(".members li")).to_have_count(3)
    expect(page.get_by_label("Picture of")).to_have_attribute("data-drawn", "3")


def relation(step: Locator, typed: str) -> None:
    """Choose the first relation that a text suggests."""
    field = step.get_by_role("combobox", name="relation")
    field.press_sequentially(typed)
    suggestions(step).first.click()


def test_or_and_but_not_and_a_group(open_page: Open, client: httpx.Client) -> None:
    def walk(film: str) -> dict[str, Any]:
        step = {"relations": ["CAST_MEMBER"], "direction": "OUT", "min": 1, "max": 1, "types": []}
        return {"start": {"by": "entity", "id": film, "label": film}, "steps": [step]}

    inner = {
        "rows": [
            {"join": "and", **walk("forrest-gump")},
            {"join": "or", **walk("apollo-13")},
        ]
    }
    question = {
        "scoring": "plain",
        "set": {
            "rows": [
                {"join": "and", "start": {"by": "group", "set": inner}, "steps": []},
                {"join": "not", **walk("cast-away")},
            ]
        },
    }
    page = open_page(f"/#/ask?question={quote(json.dumps(question))}")
    asked = """{ entities(ids: ["forrest-gump", "apollo-13", "cast-away"]) {
        statements(relations: ["CAST_MEMBER"], first: 100) { nodes { object { label } } } } }"""
    casts = [
        {one["object"]["label"] for one in film["statements"]["nodes"]}
        for film in client.post("/graphql", json={"query": asked}).json()["data"]["entities"]
    ]
    assert set(answers(page)) == (casts[0] | casts[1]) - casts[2]
    assert "Tom Hanks" not in answers(page)


def test_hops_filters_and_the_first_of_them(open_page: Open) -> None:
    page = open_page("/")
    page.get_by_role("link", name="Cities anywhere in Europe with a million people").click()
    expect(page.get_by_label("row 1, step 1: how often")).to_have_value("5")
    expect(page.locator(".graphql code")).to_contain_text("unbounded: true")
    assert {"London", "Paris"} <= set(answers(page))
    assert "Tokyo" not in answers(page)
    page.get_by_role("button", name="only the first of them").click()
    page.get_by_label("How many").fill("1")
    page.get_by_label("By which value").select_option("POPULATION")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".answers li .answer")).to_have_count(1)
    assert answers(page) == ["London"]


def test_a_walk_by_a_property_path(open_page: Open) -> None:
    page = open_page("/#/ask")
    page.get_by_label("Question, row 1: name").fill("Forrest Gump")
    page.get_by_role("button", name="+ path").click()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_disabled()
    field = page.get_by_role("textbox", name="path")
    field.fill(" DIRECTOR/^DIRECTOR ")
    expect(page.locator(".graphql code")).to_contain_text('path: "DIRECTOR/^DIRECTOR"')
    page.get_by_role("button", name="Ask", exact=True).click()
    assert set(answers(page)) == {"Forrest Gump", "Cast Away"}
    page.reload()
    expect(field).to_have_value(" DIRECTOR/^DIRECTOR ")
    field.fill("DIRECTOR/")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("path")
    page.get_by_role("button", name="Remove Question, row 1, path").click()
    expect(page.get_by_role("button", name="+ step")).to_be_visible()


def test_a_question_that_is_refused_is_said_so(open_page: Open) -> None:
    question = {
        "scoring": "plain",
        "set": {
            "rows": [
                {
                    "join": "and",
                    "start": {"by": "entity", "id": "nothing", "label": "nothing"},
                    "steps": [],
                }
            ]
        },
    }
    page = open_page(f"/#/ask?question={quote(json.dumps(question))}")
    expect(page.get_by_role("alert")).to_contain_text("nothing")


def test_a_service_that_is_away_is_said_so(browser: Browser, service: str) -> None:
    with opening(browser, service, allowed="ERR_INTERNET_DISCONNECTED") as open_page:
        page = open_page("/")
        field = page.get_by_role("combobox", name="Search for anything")
        expect(field).to_be_visible()
        page.context.set_offline(True)
        field.press_sequentially("tent")
        expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
        page.context.set_offline(False)
        field.press_sequentially(" 4")
        expect(suggestions(page).first).to_be_visible()
        expect(page.get_by_role("alert")).to_have_count(0)


# ------------------------------------------------------------------ comparison


def test_what_two_products_have_in_common(open_page: Open) -> None:
    page = open_page("/#/entity?id=P-TENT-4")
    page.get_by_role("link", name="Compare with another product").click()
    other = page.get_by_role("combobox", name="Another product")
    other.press_sequentially("trekking tent")
    suggestions(page).filter(has_text="Two-Person Trekking Tent").first.click()
    both = page.get_by_role("table", name="Wanted for both")
    expect(both.locator("tbody tr")).to_have_count(4)
    # By hand from sample/story.txt.
    assert sorted(re.sub(r".*\n?\)?\s", "", one) for one in texts(both.locator("tbody th a"))) == [
        "dog",
        "out",
        "rain",
        "trips",
    ]
    alone = page.get_by_role("table", name="Only Two-Person Trekking Tent")
    expect(alone).to_contain_text("hikers")
    assert page.url.endswith("#/compare?one=P-TENT-4&other=P-TENT-2")


# ------------------------------------------------------------------ GraphiQL


def test_graphiql_answers_the_first_of_its_examples(open_page: Open) -> None:
    page = open_page("/graphql")
    tabs = page.locator(".graphiql-tab")
    expect(tabs).to_have_count(6)
    expect(page.locator(".graphiql-container")).to_contain_text("camping tent for rain")
    page.get_by_role("button", name=re.compile("Execute")).click()
    expect(page.get_by_label("Result Window")).to_contain_text("is a waterproof tent")


def test_a_question_goes_over_to_graphiql(open_page: Open) -> None:
    page = open_page("/#/entity?id=leon")
    page.get_by_role("link", name="Open in GraphiQL").click()
    expect(page.locator(".graphiql-query-editor, .graphiql-editor").first).to_contain_text("leon")
    page.get_by_role("button", name=re.compile("Execute")).click()
    expect(page.get_by_label("Result Window")).to_contain_text("Léon")


@pytest.mark.parametrize("path", ["/#/nowhere", "/#/ask?question=%7B%22broken"])
def test_an_address_that_means_nothing(path: str, open_page: Open) -> None:
    page = open_page(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
