"""The guides: their queries on the sample, their two forms, what may be read of them by whom."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from served_sample import served

from kgservice.api.access import Door
from kgservice.api.keys import Key, KeyFile, write_keys
from kgservice.app import Service
from kgservice.graph.client import Address, Graph
from kgservice.guides.asciidoc import as_asciidoc
from kgservice.guides.reading import Guide, read_guides
from kgservice.guides.saved import as_zip
from kgservice.guides.slides import as_slides

PLACE = "http://localhost:8000/guides"
GUIDES = read_guides()
QUERIES = [(guide.name, heading, text) for guide in GUIDES for heading, text in guide.queries]
ORIGIN = "http://neo4j.example:7474"


@pytest.fixture(scope="module")
def graph(address: Address) -> Iterator[Graph]:
    with Graph.connect(address) as graph:
        yield graph


# ------------------------------------------------------------------ queries

#: The first row of some, worked out from the story by hand; of all others that there is one.
FIRST: dict[str, list[object]] = {
    "Weighted by how many bought": ["Baby Care", 216, 0.933],
    "Two categories side by side": ["musical films", 0.841493, 0.61, 0.231],
    "Unlike the rest of its category": [
        "Camping & Hiking", "keeping the rain out", "Pop-Up Beach Tent", 0.12, 0.72,
    ],
    "Never scored": ["Waterproof Picnic Blanket", "USED_FOR_EVE", "rain", "rolled_up", 55],
}  # fmt: skip


@pytest.mark.parametrize(("guide", "heading", "text"), QUERIES, ids=[one[1] for one in QUERIES])
def test_queries(graph: Graph, guide: str, heading: str, text: str) -> None:
    # `rows` reads, so a query that writes is refused.
    rows = graph.rows(text)  # type: ignore[arg-type]
    assert rows
    assert rows[0] == FIRST.get(heading, rows[0])


def test_the_beach_tent_is_found_out(graph: Graph) -> None:
    """Of the whole shop one product does not do what its category is for."""
    queries = {heading: text for _, heading, text in QUERIES}
    odd = graph.rows(queries["Unlike the rest of its category"])  # type: ignore[arg-type]
    assert {row[2] for row in odd} == {"Pop-Up Beach Tent"}


# ------------------------------------------------------------------ forms


class _Slides(HTMLParser):
    """Reads a guide as Browser does: headings, texts of `pre`, commands; tags must be balanced."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.queries: list[str] = []
        self.commands: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        if tag == "pre":
            self.queries.append("")
        self.commands += [value for name, value in attrs if name == "data-exec"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "pre":
            self.queries[-1] += data
        if self.open and self.open[-1] == "h3":
            self.headings.append(data)


@pytest.mark.parametrize("guide", GUIDES, ids=[guide.name for guide in GUIDES])
def test_both_forms_say_the_same(guide: Guide) -> None:
    slides = _Slides()
    slides.feed(as_slides(guide, PLACE))
    assert slides.open == []
    assert slides.queries == [text for _, text in guide.queries]
    assert slides.headings == [slide.heading for slide in guide.slides]
    assert slides.commands[0] == f"style {PLACE}/style.grass"
    written = as_asciidoc(guide, PLACE)
    assert [line[3:] for line in written.splitlines() if line.startswith("== ")] == slides.headings
    assert written.split("----\n")[1::2] == [f"{text}\n" for text in slides.queries]
    for form in (as_slides(guide, PLACE), written):
        assert "{guides}" not in form
        assert "%7B" not in form
        assert f"{PLACE}/queries.zip" in form


def test_the_first_slide_says_what_not_to_write_into() -> None:
    for guide in GUIDES:
        first = as_asciidoc(guide, PLACE).split("\n== ")[1]
        for label in (":Entity", ":Literal", ":Assertion", ":Relation", ":EntityType", "__"):
            assert f"`+{label}+`" in first
        assert "kgservice verify --repair" in first


def test_saved_queries() -> None:
    with zipfile.ZipFile(io.BytesIO(as_zip(GUIDES))) as archive:
        kept = [archive.read(name).decode() for name in archive.namelist()]
        assert {name.split("/")[0] for name in archive.namelist()} == {
            f"kgservice {guide.title}" for guide in GUIDES
        }
    assert kept == [f"// {heading}\n{text}\n" for _, heading, text in QUERIES]
    assert as_zip(GUIDES) == as_zip(GUIDES)


# ------------------------------------------------------------------ over HTTP


def test_they_are_served_to_any_browser(client: httpx.Client) -> None:
    listed = client.get("/guides", follow_redirects=True)
    assert listed.headers["content-type"].startswith("text/html")
    for guide in GUIDES:
        for ending, kind in (("html", "text/html"), ("adoc", "text/plain")):
            path = f"/guides/{guide.name}.{ending}"
            assert f"{client.base_url}{path}".replace("//guides", "/guides") in listed.text
            sent = client.get(path, headers={"Origin": ORIGIN})
            assert sent.headers["content-type"].startswith(kind)
            assert sent.headers["access-control-allow-origin"] == ORIGIN
            assert str(client.base_url).rstrip("/") in sent.text
    sent = client.get("/guides/queries.zip")
    assert sent.content == as_zip(GUIDES)
    for unknown in ("intents", "none.html", "queries.html", "style.adoc"):
        assert client.get(f"/guides/{unknown}").status_code == 404
    # Browser looks for leave first, with headers of whatever watches it.
    asked = client.options(
        "/guides/intents.html",
        headers={
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "cache-control,pragma,sentry-trace",
        },
    )
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-headers"] == "*"


def test_the_style_is_of_the_graph(client: httpx.Client) -> None:
    sent = client.get("/guides/style.grass", headers={"Origin": "http://127.0.0.1:7474"})
    assert "node.Film {" in sent.text
    assert sent.headers["access-control-allow-origin"] == "http://127.0.0.1:7474"
    # It names types of the graph, so that a page of anywhere may not read it.
    elsewhere = client.get("/guides/style.grass", headers={"Origin": ORIGIN})
    assert "access-control-allow-origin" not in elsewhere.headers


@pytest.mark.parametrize("open_to_all", [False, True])
def test_with_keys_it_is_of_the_graph_only_for_who_may_know(
    made: Service, tmp_path: Path, open_to_all: bool
) -> None:
    path = tmp_path / "keys.json"
    keys = [Key(id="anonymous", scopes=("read",), routes=("/guides",))] if open_to_all else []
    write_keys(path, keys)
    with served(replace(made, door=Door(KeyFile(path)))) as url:
        assert httpx.get(f"{url}/guides/intents.html").status_code == 200
        style = httpx.get(f"{url}/guides/style.grass").text
    assert "node.Product {" in style
    assert ("node.Film {" in style) is open_to_all
