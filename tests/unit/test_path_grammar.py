"""Property paths: what is a path, what it means as a set of words, and where a fault is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kgservice.algebra.path import parse_path
from kgservice.algebra.pattern import Alternatives, Hop, Pattern, Repeat, Sequence
from kgservice.errors import BadRequestError, LimitExceededError, UnknownRelationError

#: A step is a relation, and whether it is taken backwards; a word is steps, at most `_LONGEST`.
Word = tuple[tuple[str, bool], ...]
_LONGEST = 5


def itself(name: str) -> frozenset[str]:
    return frozenset({name})


def parsed(text: str) -> Pattern:
    return parse_path(text, itself, max_nesting=12)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("A", Hop(itself("A"))),
        ("^A", Hop(backwards=itself("A"))),
        ("A|B", Hop(frozenset("AB"))),
        ("A|^A", Hop(itself("A"), itself("A"))),
        ("A|A", Hop(itself("A"))),
        ("A/B", Sequence((Hop(itself("A")), Hop(itself("B"))))),
        ("A/(B/C)", Sequence((Hop(itself("A")), Hop(itself("B")), Hop(itself("C"))))),
        ("A?", Repeat(Hop(itself("A")), 0, 1)),
        ("A*", Repeat(Hop(itself("A")), 0, None)),
        ("A+", Repeat(Hop(itself("A")), 1, None)),
        ("A{3}", Repeat(Hop(itself("A")), 3, 3)),
        ("A{ 2 , 3 }", Repeat(Hop(itself("A")), 2, 3)),
        ("A{2,}", Repeat(Hop(itself("A")), 2, None)),
        ("A{,3}", Repeat(Hop(itself("A")), 0, 3)),
        ("A{0}", Repeat(Hop(itself("A")), 0, 0)),
        ("^A*", Repeat(Hop(backwards=itself("A")), 0, None)),
        ("(^A)*", Repeat(Hop(backwards=itself("A")), 0, None)),
        (" ( A\n|\tB ) * ", Repeat(Hop(frozenset("AB")), 0, None)),
        ("A|B/C", Alternatives((Hop(itself("A")), Sequence((Hop(itself("B")), Hop(itself("C"))))))),
        ("_x.y:z-1", Hop(itself("_x.y:z-1"))),
        ("größe", Hop(itself("größe"))),
        ("<cast member>", Hop(itself("cast member"))),
        (r"<a\>b\\c<d>", Hop(itself(r"a>b\c<d"))),
        ("<>", Hop(itself(""))),
        ("<http://example.org/a?b*>+", Repeat(Hop(itself("http://example.org/a?b*")), 1, None)),
    ],
)
def test_paths(text: str, pattern: Pattern) -> None:
    assert parsed(text) == pattern


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("   ", 3),
        ("/A", 0),
        ("A/", 2),
        ("A / ", 4),
        ("A|", 2),
        ("|A", 0),
        ("A B", 2),
        ("(A", 2),
        ("()", 1),
        ("A)", 1),
        ("(A|B", 4),
        ("^", 1),
        ("^^A", 1),
        ("!A", 0),
        ("1A", 0),
        ("A/1", 2),
        ("-A", 0),
        ("<A", 0),
        (r"<A\b>", 0),
        ("A>", 1),
        ("*", 0),
        ("A**", 2),
        ("A+?", 2),
        ("A{2}{3}", 4),
        ("A{}", 1),
        ("A{,}", 1),
        ("A{-1}", 1),
        ("A{3,2}", 1),
        ("A{x}", 1),
        ("A{1", 1),
        ("A{1,2,3}", 1),
        ("A/B/{2}", 4),
        ("A$", 1),
        ("A//B", 2),
        ("größe größe", 6),
        ("😀", 0),
        ("<😀>/", 4),
    ],
)
def test_where_a_fault_is(text: str, position: int) -> None:
    with pytest.raises(BadRequestError) as caught:
        parsed(text)
    assert caught.value.extensions["position"] == position


def test_names_are_bound_to_all_below_them() -> None:
    below = {"USED_FOR": frozenset({"USED_FOR", "USED_FOR_AUD"})}
    pattern = parse_path("^USED_FOR+", lambda name: below[name], max_nesting=1)
    assert pattern == Repeat(Hop(backwards=below["USED_FOR"]), 1, None)


def test_a_name_that_is_not_known() -> None:
    def bind(name: str) -> frozenset[str]:
        raise UnknownRelationError(name, [])

    with pytest.raises(UnknownRelationError, match="'A'"):
        parse_path("A/B", bind, max_nesting=12)


@pytest.mark.parametrize("allowed", [0, 1, 12])
def test_brackets_nest_so_deep(allowed: int) -> None:
    text = "(" * allowed + "A" + ")" * allowed
    assert parse_path(text, itself, max_nesting=allowed) == Hop(itself("A"))
    with pytest.raises(LimitExceededError):
        parse_path(f"({text})", itself, max_nesting=allowed)


def test_ten_thousand_steps_are_no_recursion() -> None:
    pattern = parsed("/".join(["A"] * 10_000))
    assert isinstance(pattern, Sequence)
    assert len(pattern.parts) == 10_000


@given(st.text(alphabet="AB<>\\ ^/|()?*+{},12é\n", max_size=12))
def test_any_text_is_a_path_or_has_its_fault_inside(text: str) -> None:
    with suppress(BadRequestError):
        parsed(text)
        return
    with pytest.raises(BadRequestError) as caught:
        parsed(text)
    assert caught.value.position in range(len(text) + 1)


# ------------------------------------------------------------- what is written is what is meant


@dataclass(frozen=True)
class Written:
    """A path with the words that it stands for, put together side by side."""

    text: str
    words: frozenset[Word]
    is_element: bool = True
    is_marked: bool = False

    @property
    def bracketed(self) -> str:
        return self.text if self.is_element and not self.is_marked else f"({self.text})"


def joined(one: frozenset[Word], other: frozenset[Word]) -> frozenset[Word]:
    return frozenset(a + b for a, b in product(one, other) if len(a) + len(b) <= _LONGEST)


def times(words: frozenset[Word], least: int, most: int) -> frozenset[Word]:
    taken = frozenset[Word]({()})
    found = taken if least == 0 else frozenset[Word]()
    for number in range(1, most + 1):
        taken = joined(taken, words)
        if number >= least:
            found |= taken
    return found


def sequence(parts: list[Written], blank: str) -> Written:
    if len(parts) == 1:
        return parts[0]
    words = frozenset[Word]({()})
    for part in parts:
        words = joined(words, part.words)
    elements = [one.text if one.is_element else f"({one.text})" for one in parts]
    return Written(f"{blank}/{blank}".join(elements), words, is_element=False)


def either(parts: list[Written], blank: str) -> Written:
    words = frozenset(word for part in parts for word in part.words)
    return Written(f"{blank}|{blank}".join(one.text for one in parts), words, is_element=False)


def inverted(one: Written) -> Written:
    words = frozenset(tuple((a, not back) for a, back in reversed(word)) for word in one.words)
    return Written(f"^{one.bracketed}", words, is_marked=True)


def repeated(one: Written, mark: tuple[str, int, int]) -> Written:
    text, least, most = mark
    return Written(one.bracketed + text, times(one.words, least, most), is_marked=True)


_NAMES = {"A": "A", "b.c:d-1": "b.c:d-1", "<x y>": "x y", r"<\>\\>": r">\ "[:2]}
_MARKS = (
    ("?", 0, 1),
    ("*", 0, _LONGEST),
    ("+", 1, _LONGEST),
    ("{2}", 2, 2),
    ("{0}", 0, 0),
    ("{1,3}", 1, 3),
    ("{2,}", 2, _LONGEST),
    ("{,2}", 0, 2),
)
_blanks = st.sampled_from(("", " ", "\n\t "))


def named(name: str) -> Written:
    return Written(name, frozenset({((_NAMES[name], False),)}))


_names = st.sampled_from(sorted(_NAMES)).map(named)
_paths = st.recursive(
    _names,
    lambda inner: st.one_of(
        st.builds(sequence, st.lists(inner, min_size=1, max_size=3), _blanks),
        st.builds(either, st.lists(inner, min_size=1, max_size=3), _blanks),
        st.builds(inverted, inner),
        st.builds(repeated, inner, st.sampled_from(_MARKS)),
    ),
    max_leaves=6,
)


def words(pattern: Pattern) -> frozenset[Word]:
    match pattern:
        case Hop():
            forwards = {((one, False),) for one in pattern.forwards or ()}
            return frozenset(forwards | {((one, True),) for one in pattern.backwards or ()})
        case Sequence(parts):
            found = frozenset[Word]({()})
            for part in parts:
                found = joined(found, words(part))
            return found
        case Alternatives(parts):
            return frozenset(word for part in parts for word in words(part))
        case Repeat(inner, least, most):
            # A word that is repeated may be empty, so even _LONGEST repetitions are enough.
            return times(words(inner), least, _LONGEST if most is None else most)


@given(_paths)
@example(inverted(sequence([inverted(named(r"<\>\\>"))], "")))
@example(repeated(sequence([repeated(named("A"), ("*", 0, _LONGEST))], ""), ("?", 0, 1)))
def test_a_path_means_what_was_written(path: Written) -> None:
    assert words(parsed(path.text)) == path.words
