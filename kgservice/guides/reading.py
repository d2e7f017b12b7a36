"""The texts of the guides, read as values.

A text is Markdown of a few forms: `# title`, then a `## heading` for each slide, and on it
paragraphs, lists, ```cypher blocks to run, and ```browser blocks with a command of Neo4j Browser,
whose caption stands behind the word. `{guides}` is where the guides are served.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

#: The guides in the order in which they are offered.
NAMES = ("intents", "categories", "suspicious")
#: The slide that every guide begins with.
_FIRST = "first"


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph: the parts of its line as the reader of Markdown found them."""

    parts: Sequence[Token]


@dataclass(frozen=True, slots=True)
class Points:
    """A list of paragraphs."""

    items: Sequence[Prose]


@dataclass(frozen=True, slots=True)
class Query:
    """Cypher to be run by a click."""

    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command of Neo4j Browser, without its colon, and what the click on it is called."""

    text: str
    caption: str


Block = Prose | Points | Query | Command


@dataclass(frozen=True, slots=True)
class Slide:
    """A heading with what stands below it."""

    heading: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide by the name that its address has."""

    name: str
    title: str
    slides: Sequence[Slide]

    @property
    def queries(self) -> Iterator[tuple[str, str]]:
        """Each query with the heading above it."""
        for slide in self.slides:
            for block in slide.blocks:
                if isinstance(block, Query):
                    yield slide.heading, block.text


def read_guides() -> tuple[Guide, ...]:
    """All guides, each with the slide that they begin with.

    >>> [guide.name for guide in read_guides()]
    ['intents', 'categories', 'suspicious']
    """
    [first] = _read(_FIRST).slides
    return tuple(
        Guide(guide.name, guide.title, (first, *guide.slides))
        for guide in (_read(name) for name in NAMES)
    )


def _read(name: str) -> Guide:
    text = (files("kgservice.guides") / "texts" / f"{name}.md").read_text("utf-8")
    tokens = MarkdownIt("commonmark").parse(text)
    title = next(after.content for one, after in pairwise(tokens) if one.tag == "h1")
    starts = [at for at, one in enumerate(tokens) if one.type == "heading_open" and one.tag == "h2"]
    slides = [
        Slide(tokens[start + 1].content, tuple(_blocks(tokens[start + 3 : end])))
        for start, end in pairwise([*starts, len(tokens)])
    ]
    return Guide(name, title, slides)


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    listed: list[Prose] = []
    for token in tokens:
        match token.type:
            case "inline" if token.level > 1:
                listed.append(Prose(token.children or ()))
            case "inline":
                yield Prose(token.children or ())
            case "bullet_list_close":
                yield Points(tuple(listed))
                listed = []
            case "fence":
                yield _fenced(token)


def _fenced(token: Token) -> Query | Command:
    kind, _, caption = token.info.partition(" ")
    if kind == "cypher":
        return Query(token.content.rstrip("\n"))
    return Command(token.content.strip().removeprefix(":"), caption)
