"""docs/graph.md and docs/browser.md: each query gives what stands below it."""

from __future__ import annotations

import pytest
from pages import ROOT, Block, answered, blocks

from kgservice.graph.client import Graph

PAGES = [ROOT / "docs" / "graph.md", ROOT / "docs" / "browser.md"]
EXAMPLES = [example for page in PAGES for example in answered(page, "cypher", "text")]


def test_every_query_has_its_answer() -> None:
    asked = [block for page in PAGES for block in blocks(page) if block.language == "cypher"]
    assert len(EXAMPLES) == len(asked) >= 9


@pytest.mark.parametrize(("query", "answer"), EXAMPLES, ids=[query.place for query, _ in EXAMPLES])
def test_queries(query: Block, answer: Block, sample_graph: Graph) -> None:
    rows = sample_graph.rows(query.text)  # type: ignore[arg-type]
    assert "\n".join("\t".join(map(_shown, row)) for row in rows) + "\n" == answer.text


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
