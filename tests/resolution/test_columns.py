"""Columns of texts are folded to what one text at a time is folded to."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kgservice.resolution.columns import acronyms, latin_spellings, normalised
from kgservice.resolution.text import initials, latin, normalise

_texts = st.lists(st.text("ab Z9.-!\n\té東Я\x1f", max_size=12) | st.text(max_size=6), max_size=8)


@settings(max_examples=100, deadline=None)
@given(_texts, st.integers(0, 3))
@example([" a ", "", "!", "a", " ", "b  "], 0)
@example(["...", "x", "", "  "], 1)
def test_normalised(texts: list[str], skipped: int) -> None:
    expected = [normalise(text) for text in texts]
    assert normalised(pa.array(texts, pa.string())).to_pylist() == expected
    part = pa.array(texts, pa.large_string()).slice(skipped)
    assert normalised(part).to_pylist() == expected[skipped:]


@settings(max_examples=50, deadline=None)
@given(_texts)
def test_latin_spellings(texts: list[str]) -> None:
    spelt, places = latin_spellings(pa.array(texts, pa.large_string()))
    found = dict(zip(places.tolist(), spelt.to_pylist(), strict=True))
    assert [found.get(place, "") for place in range(len(texts))] == [latin(one) for one in texts]


_words = st.sampled_from(["of", "the", "a", "star", "wars", "4", "é", "東京", "!"])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(_words, max_size=10).map(" ".join).map(normalise), max_size=8))
def test_acronyms(texts: list[str]) -> None:
    short, places = acronyms(pa.array(texts, pa.large_string()))
    found = sorted(zip(places.tolist(), short.to_pylist(), strict=True))
    expected = [(place, one) for place, text in enumerate(texts) for one in initials(text)]
    assert found == sorted(expected)


@pytest.mark.parametrize(
    ("text", "normal"),
    [("  X-Wing (T-65) ", "x wing t 65"), ("!!! ", "!!!"), ("Padmé", "padme"), ("", "")],
)
def test_a_text_between_others(text: str, normal: str) -> None:
    column = pa.array(["before", text, "behind"])
    assert normalised(column).to_pylist() == ["before", normal, "behind"]
