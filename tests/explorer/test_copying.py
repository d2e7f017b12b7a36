"""What is copied gives, wherever it is put, what the page shows."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import httpx
import pytest
from opening import Open
from playwright.sync_api import Page, expect

from kgservice.graph.client import Address, Graph

#: Which intents of a tent are not those of a tarp.
QUESTION = {
    "scoring": "typicality",
    "set": {
        "rows": [
            {
                "join": join,
                "start": {"by": "entity", "id": id, "label": 'it\'s "quoted"\\'},
                "steps": [
                    {
                        "relations": ["COMMONSENSE"],
                        "direction": "OUT",
                        "min": 1,
                        "max": 1,
                        "types": [],
                    }
                ],
            }
            for join, id in (("and", "P-TENT-4"), ("not", "P-TARP"))
        ]
    },
}


def asked(open_page: Open) -> tuple[Page, list[str]]:
    """The page of the question, and the ids of its answers."""
    page = open_page("/#/ask?" + str(httpx.QueryParams(question=json.dumps(QUESTION))))
    expect(page.locator(".answers .answer").first).to_be_visible()
    links = page.locator(".answers .answer > .entity").all()
    shown = [
        httpx.QueryParams((one.get_attribute("href") or "").partition("?")[2]) for one in links
    ]
    return page, [one["id"] for one in shown]


def copied(page: Page, what: str) -> str:
    page.get_by_role("button", name=what, exact=True).click()
    expect(page.get_by_text(f"{what} copied")).to_be_visible()
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def ids(body: dict[str, dict[str, dict[str, list[dict[str, dict[str, str]]]]]]) -> list[str]:
    return [edge["node"]["id"] for edge in body["data"]["answers"]["edges"]]


def test_as_graphql(open_page: Open, client: httpx.Client) -> None:
    page, shown = asked(open_page)
    text = copied(page, "GraphQL")
    assert ids(client.post("/graphql", json={"query": text}).json()) == shown
    assert len(shown) > 5


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not on this machine")
def test_as_curl(open_page: Open) -> None:
    page, shown = asked(open_page)
    done = subprocess.run(
        ["sh", "-eu", "-c", copied(page, "curl")],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ids(json.loads(done.stdout)) == shown


def test_as_cypher(open_page: Open, address: Address) -> None:
    """Set in Neo4j Browser, `:param a => {..}` is what `WITH {..} AS a` is in one text."""
    page, shown = asked(open_page)
    text = copied(page, "Cypher")
    parameters, cypher = text.split("\n\n", 1)
    found = re.fullmatch(r":param a => (\{.*\})", parameters)
    assert found is not None
    with Graph.connect(address) as graph:
        given = graph.value(f"RETURN {found[1]}")  # type: ignore[arg-type]
        [row] = graph.run(cypher, {"a": given})  # type: ignore[arg-type]
    assert [id for id in shown if id in str(row)] == shown


def test_the_document_of_an_entity_stands_by_itself(open_page: Open, client: httpx.Client) -> None:
    page = open_page("/#/entity?id=leon")
    text = copied(page, "GraphQL")
    assert "$" not in text
    found = client.post("/graphql", json={"query": text}).json()
    assert found["data"]["entities"][0]["label"] == "Léon: The Professional"
