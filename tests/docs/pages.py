"""The pages of the documentation, read as Markdown: their fenced blocks, links and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        *ROOT.glob("docs/*.md"),
        ROOT / "sample" / "README.md",
    ]
)


class Block(NamedTuple):
    """A fenced block: its language, its text, and where it stands."""

    language: str
    text: str
    place: str


def blocks(page: Path) -> list[Block]:
    found = []
    for token in _tokens(page):
        if token.type == "fence":
            line = (token.map or [0])[0] + 1
            found.append(Block(token.info, token.content, f"{page.relative_to(ROOT)}:{line}"))
    return found


def answered(page: Path, asked: str, answer: str) -> list[tuple[Block, Block]]:
    """Each block of one language with the block of the other that follows it."""
    return [
        (first, second)
        for first, second in pairwise(blocks(page))
        if (first.language, second.language) == (asked, answer)
    ]


def links(page: Path) -> Iterator[str]:
    for token in _tokens(page):
        for child in token.children or ():
            for name in ("href", "src"):
                if name in child.attrs:
                    yield str(child.attrs[name])


def anchors(page: Path) -> set[str]:
    """What can be linked to on a page, as a reader of Markdown makes it of the headings."""
    tokens = _tokens(page)
    headings = [
        after.content for before, after in pairwise(tokens) if before.type == "heading_open"
    ]
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def _tokens(page: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(page.read_text("utf-8"))
