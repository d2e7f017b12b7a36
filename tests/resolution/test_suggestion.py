"""Completion against a list that is looked through from end to end."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from name_worlds import Indexed, Named

from kgservice.resolution import prefixes
from kgservice.resolution.index import NameIndex
from kgservice.resolution.suggestion import Suggester
from kgservice.resolution.text import normalise

_FILMS = [
    Named("gump", "Forrest Gump", ["Forest Gump film"], types=["Film"], degree=20),
    Named("hero", "Forrest Gump", types=["FictionalCharacter"], degree=3),
    Named("forest", "Forest", types=["Place"], degree=40),
    Named("fort", "Fort Worth", types=["Place"], degree=5),
    Named("tokyo", "東京", ["Tokyo"], types=["Place"], degree=30),
    Named("usa", "United States of America", types=["Place"], degree=60),
]


@pytest.fixture
def films(indexed: Indexed) -> Suggester:
    return Suggester(indexed(_FILMS))


def texts(suggester: Suggester, prefix: str, **options: object) -> list[str]:
    return [one.text for one in suggester.suggest(prefix, **options)]  # type: ignore[arg-type]


def test_the_popular_first_and_each_entity_once(films: Suggester) -> None:
    found = films.suggest("for")
    assert [one.entity for one in found] == ["forest", "gump", "fort", "hero"]
    assert found[0].score == pytest.approx(math.log(41))
    assert texts(films, "FORREST g") == ["Forrest Gump", "Forrest Gump"]
    assert texts(films, "forrest ", first=1) == ["Forrest Gump"]


def test_a_space_says_that_the_word_is_whole(films: Suggester) -> None:
    assert [one.entity for one in films.suggest("forest ")] == ["forest", "gump"]
    assert [one.entity for one in films.suggest("forr")] == ["gump", "hero"]


def test_initials_other_scripts_and_ids(films: Suggester) -> None:
    assert texts(films, "usoa") == ["United States of America"]
    assert texts(films, "東") == ["東京"]
    assert texts(films, "toky")[0] == "Tokyo"
    assert [(one.text, one.score) for one in films.suggest("gum")] == [
        ("gump", pytest.approx(math.log(21) / 2))
    ]


def test_what_begins_nearly_so_where_nothing_begins_so(films: Suggester) -> None:
    found = films.suggest("forrset")
    assert {one.entity for one in found} >= {"gump", "hero"}
    assert found[0].score < films.suggest("forrest")[0].score
    assert films.suggest("zzzzzz") == []
    assert films.suggest("!") == []


def test_types(films: Suggester) -> None:
    film = frozenset({"Film"})
    assert [one.entity for one in films.suggest("for", types=film)] == ["gump"]
    assert [one.entity for one in films.suggest("forrset", types=film)] == ["gump"]
    assert films.suggest("for", types=frozenset({"Unheard"})) == []
    assert films.suggest("forrset", types=frozenset()) == []
    assert films.suggest("gum", types=frozenset({"Place"})) == []


def test_nothing_typed_gives_the_most_popular(films: Suggester) -> None:
    assert [one.entity for one in films.suggest("", first=2)] == ["usa", "forest"]


def test_what_was_entered_before_raises_what_is_near_it(indexed: Indexed) -> None:
    asked = []

    def near(ids: Sequence[str]) -> Mapping[str, float]:
        asked.append(list(ids))
        return {"hero": 0.5, "nobody": 0.25}

    films = Suggester(indexed(_FILMS), near)
    assert films.suggest("for", session=[])[0].entity == "forest"
    found = films.suggest("for", session=["unheard of", "fort worth", "Forrest  GUMP"])
    assert asked == [["fort", "gump"]]
    assert [one.entity for one in found][:2] == ["hero", "forest"]
    # 0.8 of half of all that is entered (one more than the degree, 164 in all) is added.
    assert found[0].score == pytest.approx(math.log(4 + 0.4 * 164))
    assert films.suggest("her", session=["fort"])[0].entity == "hero"
    assert asked[-1] == ["fort"]


_words = st.text("ab ", min_size=1, max_size=5).map(normalise).filter(bool)


def score(entity: Named, prefix: str) -> float:
    """What an entity is worth as a completion, by its label or its initials; 0 if it is none."""
    words = entity.label.split()
    acronyms = {"".join(word[0] for word in words), "".join(w[0] for w in words if w != "a")}
    popularity = math.log1p(entity.degree)
    if entity.label.startswith(prefix):
        return popularity
    short = any(len(one) > 1 and one.startswith(prefix) for one in acronyms)
    return popularity / 2 if short else 0.0


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    names=st.lists(st.tuples(_words, st.integers(1, 50), st.sampled_from("XY")), max_size=20),
    prefixes_typed=st.lists(st.text("ab", max_size=3), min_size=9, max_size=9),
    types=st.sampled_from([None, frozenset("X"), frozenset("XY")]),
    few=st.sampled_from([0, 20_000]),
)
def test_against_looking_at_every_name(
    indexed: Indexed,
    names: list[tuple[str, int, str]],
    prefixes_typed: list[str],
    types: frozenset[str] | None,
    few: int,
) -> None:
    entities = [
        Named(f"#{at}", name, types=[kind], degree=degree)
        for at, (name, degree, kind) in enumerate(names)
    ]
    index = indexed(entities)
    for prefix in prefixes_typed:
        worth = [
            (-score(one, prefix), one.label, one.id)
            for one in entities
            if score(one, prefix) and (types is None or set(one.types) & types)
        ]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(prefixes, "_FEW", few)
            found = Suggester(index).suggest(prefix, types=types, first=3)
        if worth:
            expected = [(pytest.approx(-score), text, id) for score, text, id in sorted(worth)[:3]]
            assert [(one.score, one.text, one.entity) for one in found] == expected


def test_the_few_of_a_type_among_many(indexed: Indexed) -> None:
    crowd = [Named(f"#{at}", f"a{at}", types=["X"], degree=100 + at) for at in range(300)]
    index = indexed([*crowd, Named("#rare", "a rare one", types=["Y"], degree=1)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prefixes, "_FEW", 0)
        found = Suggester(index).suggest("a", types=frozenset("Y"), first=2)
    assert [one.entity for one in found] == ["#rare"]


def test_a_whole_sample(sample_names: NameIndex) -> None:
    suggester = Suggester(sample_names)
    assert {one.entity for one in suggester.suggest("tom h")} == {
        "tom-hanks",
        "tom-hanks-seismologist",
    }
    assert suggester.suggest("titan")[0].text == "Titanic"
