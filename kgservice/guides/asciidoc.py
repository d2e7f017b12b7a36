"""Guides as the AsciiDoc that the new Neo4j Browser shows: `:guide ADDRESS`."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token

from kgservice.guides.reading import Block, Command, Guide, Points, Prose, Query, Slide

#: The marks around what Markdown opens and closes.
_MARKS = {"strong_open": "*", "strong_close": "*", "em_open": "_", "em_close": "_"}
_NO_STYLE = (
    "Styles are for the Browser of the Neo4j server: in this one a click on a type above a result "
    "chooses its colour and caption (`label`)."
)


def as_asciidoc(guide: Guide, place: str) -> str:
    """The AsciiDoc of a guide; `place` is where the guides are served."""
    slides = "\n".join(_slide(slide, place) for slide in guide.slides)
    return f"= {guide.title}\n\n{slides}"


def _slide(slide: Slide, place: str) -> str:
    blocks = "\n\n".join(_block(block, place) for block in slide.blocks)
    return f"== {slide.heading}\n\n{blocks}\n"


def _block(block: Block, place: str) -> str:
    match block:
        case Prose(parts):
            return _line(parts, place)
        case Points(items):
            return "\n".join(f"* {_line(one.parts, place)}" for one in items)
        case Query(text):
            return f"[source,cypher]\n----\n{text}\n----"
        case Command(text, caption):
            return _command(text, caption, place)


def _command(text: str, caption: str, place: str) -> str:
    if text.startswith("style "):
        return _NO_STYLE
    there = text.replace("play {guides}/", "guide {guides}/").replace(".html", ".adoc")
    return f"{caption}: `:{there.replace('{guides}', place)}`"


def _line(parts: Sequence[Token], place: str) -> str:
    written, address = [], ""
    for part in parts:
        match part.type:
            case "text":
                written.append(part.content)
            case "softbreak":
                written.append(" ")
            case "code_inline":
                # Between plus signs nothing else means anything.
                written.append(f"`+{part.content}+`")
            case "link_open":
                address = str(part.attrs["href"])
                written.append(f"link:{address}[")
            case "link_close":
                written.append("]")
            case kind:
                written.append(_MARKS[kind])
    return "".join(written).replace("%7Bguides%7D", place).replace("{guides}", place)
