"""What names look like once folded."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgservice.resolution.text import (
    content_words,
    initials,
    is_stopword,
    latin,
    normalise,
    script,
    trigrams,
)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Padmé  Amidala (Star Wars)", "padme amidala star wars"),
        ("ΌΜΗΡΟΣ", "ομηροσ"),
        ("Straße", "strasse"),
        ("ﬁlm №5", "film no5"),
        ("snake_case-and/dash", "snake case and dash"),
        ("  \t ", ""),
        ("!!!", "!!!"),
        ("★  ★", "★ ★"),
        ("東京", "東京"),
        ("İstanbul", "istanbul"),
    ],
)
def test_normal_form(text: str, normal: str) -> None:
    assert normalise(text) == normal


@settings(deadline=None)
@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@settings(deadline=None)
@given(st.text(max_size=40))
def test_a_latin_spelling_is_normal_too(text: str) -> None:
    spelt = latin(text)
    assert normalise(spelt) == spelt


@pytest.mark.parametrize(
    ("text", "spelt"), [("Токио", "tokio"), ("Tokyo", ""), ("Padmé", ""), ("Αθήνα", "athina")]
)
def test_latin_spelling_of_other_scripts(text: str, spelt: str) -> None:
    assert latin(text) == spelt


@settings(deadline=None)
@given(st.text("abcdefgh ", min_size=1, max_size=80))
def test_trigrams_are_runs_of_the_padded_text(text: str) -> None:
    padded = f" {text} "
    grams = trigrams(text)
    assert len(set(grams)) == len(grams) <= 40
    assert all(len(gram) == 3 and gram in padded for gram in grams)
    if len(padded) <= 42:
        assert set(grams) == {padded[at : at + 3] for at in range(len(padded) - 2)}


def test_trigrams_of_a_long_text_are_spread_over_it() -> None:
    grams = trigrams("abcdefghijklmnopqrstuvwxyz" + "0123456789 .,;:+-*/#%&")
    assert len(grams) == 40
    assert grams[0] == " ab"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("united states of america", ("usoa", "usa")),
        ("tom hanks", ("th",)),
        ("titanic", ()),
        ("the of", ("to",)),
        ("2 fast 2 furious", ()),
        ("a b c d e f g h i", ("bcdfghi",)),
    ],
)
def test_initials(name: str, short: tuple[str, ...]) -> None:
    assert initials(name) == short


def test_words_that_say_something() -> None:
    assert content_words("who starred in the film forrest gump") == {
        "starred",
        "film",
        "forrest",
        "gump",
    }
    assert is_stopword("of")
    assert not is_stopword("film")


@pytest.mark.parametrize(
    ("text", "name"),
    [("Tokyo", "LATIN"), ("東京", "CJK"), ("Москва", "CYRILLIC"), ("42", "OTHER"), ("", "OTHER")],
)
def test_script_of_the_first_letter(text: str, name: str) -> None:
    assert script(text) == name
