"""Questions of the pages: each gives the answer that stands below it.

That the answers are right is tested by hand-written expectations in tests/api and tests/sample;
here the pages are held to what the service says.
"""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from pages import ROOT, Block, answered, blocks

NAMES = ("questions", "tour", "for-recommenders")
PAGES = [ROOT / "README.md", *(ROOT / "docs" / f"{name}.md" for name in NAMES)]
EXAMPLES = [example for page in PAGES for example in answered(page, "graphql", "json")]

#: Confidences move a little with every fitting of the weights.
_NEAR = 0.1


def test_every_question_has_its_answer() -> None:
    asked = [block for page in PAGES for block in blocks(page) if block.language == "graphql"]
    assert len(EXAMPLES) == len(asked) == 16


@pytest.mark.parametrize(("query", "answer"), EXAMPLES, ids=[query.place for query, _ in EXAMPLES])
def test_questions(query: Block, answer: Block, client: httpx.Client) -> None:
    found = client.post("/graphql", json={"query": query.text}).json()
    assert "errors" not in found
    _assert_alike(found["data"], json.loads(answer.text))


def _assert_alike(found: Any, shown: Any) -> None:
    if isinstance(shown, float):
        assert found == pytest.approx(shown, rel=_NEAR, abs=0.01)
    elif isinstance(shown, dict):
        assert found.keys() == shown.keys()
        for name, value in shown.items():
            _assert_alike(found[name], value)
    elif isinstance(shown, list):
        assert len(found) == len(shown)
        for one, other in zip(found, shown, strict=True):
            _assert_alike(one, other)
    else:
        assert found == shown
