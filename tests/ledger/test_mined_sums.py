"""What behaviors tell of an entity is a sum: order, and what was taken back, leave no trace."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kgservice.ledger.mined import Described, MinedEntity, Register

_TIMES = ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00.5Z", "2024-01-02T00:00:00Z")
_titles = st.builds(
    Register,
    st.just("title"),
    st.sampled_from(("x", "y")),
    st.sampled_from(_TIMES),
    st.sampled_from(("9", "10")),
)
_aliases = st.builds(Register, st.just("alias"), st.sampled_from(("u", "v")))
#: One id may be a product to one behavior and a query or category to another.
_described = st.builds(
    Described,
    st.just("p"),
    st.sampled_from((("Product",), ("Query",), ("Category",))),
    st.sampled_from((None, "p", "q")),
    st.sampled_from(({}, {"norm": "p", "language": "en"}, {"count": 3, "click_rate": 0.5})),
    st.lists(_titles | _aliases, max_size=3, unique_by=lambda one: (one.field, one.value)).map(
        tuple
    ),
)
_several = st.lists(_described, max_size=6)


def told(several: Sequence[Described]) -> MinedEntity:
    entity = MinedEntity("p")
    for one in several:
        entity.add(one)
    return entity


def seen(entity: MinedEntity) -> tuple[Any, ...]:
    names = sorted(entity.values("alias"))
    return entity.uses, entity.types, entity.label, entity.properties, names, entity.newest("title")


@given(_several, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(several: list[Described], random: Random) -> None:
    shuffled = list(several)
    random.shuffle(shuffled)
    assert seen(told(shuffled)) == seen(told(several))


@given(_several, _several)
def test_what_is_taken_was_never_told_or_is_stale(
    kept: list[Described], taken: list[Described]
) -> None:
    """Of a title only the newest giving is kept, so only there a recount can be needed."""
    entity = told([*kept, *taken])
    for one in taken:
        entity.take(one)
    wanted = told(kept)
    assert seen(entity)[:5] == seen(wanted)[:5]
    if not entity.stale:
        assert seen(entity) == seen(wanted)
        assert entity.entries == wanted.entries


def test_a_title_is_the_newest_and_at_a_tie_the_greater() -> None:
    def product(title: str, time: str, version: str) -> Described:
        return Described("p", ("Product",), registers=(Register("title", title, time, version),))

    whole, half = _TIMES[:2]
    assert told([product("z", whole, "9"), product("a", half, "9")]).newest("title") == "a"
    assert told([product("z", whole, "9"), product("a", whole, "10")]).newest("title") == "a"
    assert told([product("z", whole, "9"), product("a", whole, "9")]).newest("title") == "z"


def test_a_taken_title_that_others_gave_before_is_stale() -> None:
    early, late = _TIMES[0], _TIMES[2]
    one = Described("p", ("Product",), registers=(Register("title", "x", early),))
    other = Described("p", ("Product",), registers=(Register("title", "x", late),))
    entity = told([one, other])
    entity.take(one)
    assert not entity.stale
    entity = told([one, other])
    entity.take(other)
    assert entity.stale


def test_the_last_one_leaves_nothing() -> None:
    one = Described("p", ("Product",), "p", {"norm": "p"}, (Register("alias", "x"),))
    entity = told([one])
    entity.take(one)
    assert seen(entity) == (0, (), None, {}, [], None)
    assert not entity.entries


@given(_several, _several)
def test_renewed_by_who_is_left_it_is_as_if_told_anew(
    kept: list[Described], taken: list[Described]
) -> None:
    entity = told([*taken, *kept])
    for one in taken:
        entity.take(one)
    entity.renew(kept)
    assert entity == told(kept)
