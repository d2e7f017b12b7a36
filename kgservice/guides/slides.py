"""Guides as the HTML that the Browser of the Neo4j server plays: `:play ADDRESS`.

What it makes of the elements and attributes here is what neo4j-browser 5.24 does with them: each
`slide` is one, a click on `pre.runnable` puts its text into the editor, one on `data-exec` runs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from kgservice.guides.reading import Block, Command, Guide, Points, Prose, Query, Slide

_RENDERER = RendererHTML()
_OPTIONS = MarkdownIt("commonmark").options


def as_slides(guide: Guide, place: str) -> str:
    """The HTML of a guide; `place` is where the guides are served."""
    slides = "\n".join(_slide(slide, guide, place) for slide in guide.slides)
    return (
        f'<article class="guide">\n<title>{escape(guide.title)}</title>\n'
        f'<carousel class="deck container-fluid">\n{slides}\n</carousel>\n</article>\n'
    )


def _slide(slide: Slide, guide: Guide, place: str) -> str:
    blocks = "\n".join(_block(block, place) for block in slide.blocks)
    return (
        '<slide class="row-fluid">\n'
        f'<div class="col-sm-3"><h3>{escape(slide.heading)}</h3>'
        f'<p class="lead">{escape(guide.title)}</p></div>\n'
        f'<div class="col-sm-9">\n{blocks}\n</div>\n</slide>'
    )


def _block(block: Block, place: str) -> str:
    match block:
        case Prose(parts):
            return f"<p>{_line(parts, place)}</p>"
        case Points(items):
            points = "".join(f"<li>{_line(one.parts, place)}</li>" for one in items)
            return f"<ul>{points}</ul>"
        case Query(text):
            shown = escape(text, quote=False)
            return f'<pre class="pre-scrollable code runnable">{shown}</pre>'
        case Command(text, caption):
            command = escape(text.replace("{guides}", place))
            return f'<p><a data-exec="{command}">{escape(caption)}</a></p>'


def _line(parts: Sequence[Token], place: str) -> str:
    html = _RENDERER.renderInline(parts, _OPTIONS, {})
    # Braces in an address are escaped by the reader of Markdown.
    return html.replace("%7Bguides%7D", escape(place)).replace("{guides}", escape(place))
