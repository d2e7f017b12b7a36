"""`/guides/`: guides, style and saved queries, as files that need no key.

They hold nothing of the graph, but for the style, which names its types: where keys are asked for
it is that of the built-in vocabulary, unless callers without a key may read it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html import escape

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kgservice.guides.asciidoc import as_asciidoc
from kgservice.guides.reading import Guide, read_guides
from kgservice.guides.saved import as_zip
from kgservice.guides.slides import as_slides
from kgservice.guides.style import as_grass
from kgservice.vocabulary import Vocabulary

#: The types of what is served by the ending of its name.
_KINDS = {
    "html": "text/html",
    "adoc": "text/plain",
    "grass": "text/plain",
    "zip": "application/zip",
}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


class Guides:
    """Answers `/guides/` and what is below it.

    `vocabulary` is asked for the style: which types there are, as far as everybody may know.
    """

    def __init__(self, vocabulary: Callable[[], Awaitable[Vocabulary]]):
        self._vocabulary = vocabulary
        self._guides = read_guides()
        self._zip = as_zip(self._guides)
        self._styled: tuple[Vocabulary, str] | None = None

    def routes(self) -> list[BaseRoute]:
        """The routes of the guides."""
        return [
            Route("/guides", self.below),
            Route("/guides/", self.list),
            Route("/guides/{name}", self.file),
        ]

    async def below(self, _: Request) -> Response:
        """The address with its slash."""
        return RedirectResponse("/guides/")

    async def list(self, request: Request) -> Response:
        """A page that says what there is, and how it is opened."""
        headers = {"Content-Security-Policy": _POLICY}
        return Response(_page(self._guides, _place(request)), 200, headers, "text/html")

    async def file(self, request: Request) -> Response:
        """A guide in one of its forms, the style, or the saved queries."""
        name, _, ending = request.path_params["name"].rpartition(".")
        content = await self._content(name, ending, _place(request))
        if content is None:
            known = ", ".join(f"{one.name}.html, {one.name}.adoc" for one in self._guides)
            said = f"no such guide; there are {known}, style.grass and queries.zip\n"
            return PlainTextResponse(said, 404)
        headers = {"Cache-Control": "no-cache"}
        return Response(content, 200, headers, _KINDS[ending])

    async def _content(self, name: str, ending: str, place: str) -> str | bytes | None:
        match name, ending:
            case "style", "grass":
                return self._style(await self._vocabulary())
            case "queries", "zip":
                return self._zip
        guide = next((one for one in self._guides if one.name == name), None)
        match guide, ending:
            case Guide(), "html":
                return as_slides(guide, place)
            case Guide(), "adoc":
                return as_asciidoc(guide, place)
        return None

    def _style(self, vocabulary: Vocabulary) -> str:
        """The style of a vocabulary, made once for each that there is."""
        if self._styled is None or self._styled[0] is not vocabulary:
            self._styled = vocabulary, as_grass(vocabulary)
        return self._styled[1]


def _place(request: Request) -> str:
    """Where the guides are, as whoever asks knows this service."""
    return f"{request.url.scheme}://{request.url.netloc}/guides"


def _page(guides: tuple[Guide, ...], place: str) -> str:
    shown = "\n".join(
        f"<li><b>{escape(one.title)}</b><br><code>:play {escape(place)}/{one.name}.html</code><br>"
        f"in the new Browser <code>:guide {escape(place)}/{one.name}.adoc</code></li>"
        for one in guides
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Guides</title>'
        '<meta name="viewport" content="width=device-width">'
        "<style>:root{color-scheme:light dark}body{font:16px/1.6 system-ui;max-width:46rem;"
        "margin:2rem auto;padding:0 1rem}li{margin:1rem 0}code{font-size:.95em}</style></head>"
        "<body><main><h1>Guides for Neo4j Browser</h1>"
        "<p>Type one of these lines into the editor of Neo4j Browser (<code>kgservice db open"
        f"</code> for the local one).</p><ul>{shown}</ul>"
        f"<p>Colours and captions: <code>:style {escape(place)}/style.grass</code></p>"
        '<p>All queries to keep: drop <a href="queries.zip">queries.zip</a> on the Browser.</p>'
        "</main></body></html>\n"
    )
