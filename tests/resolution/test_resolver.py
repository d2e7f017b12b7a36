"""What texts of the sample mean: by hand, on its namesakes, and laws that hold for any text."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from name_worlds import Indexed, Named

from kgservice.model import Candidate, Generator, LearnedAlias, Mention, Resolution
from kgservice.resolution.features import NAMES
from kgservice.resolution.learned import LearnedAliases
from kgservice.resolution.resolver import Resolver


def resolved(resolver: Resolver, text: str, **options: object) -> Resolution:
    [resolution] = resolver.resolve([Mention(text, **options)])  # type: ignore[arg-type]
    return resolution


def first(resolver: Resolver, text: str, **options: object) -> Candidate:
    return resolved(resolver, text, **options).candidates[0]


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Steven Spielberg", "steven-spielberg"),
        ("steven SPIELBERG", "steven-spielberg"),
        ("Thomas Jeffrey Hanks", "tom-hanks"),
        ("Steven Speilberg", "steven-spielberg"),
        ("Spielberg Steven", "steven-spielberg"),
        ("S. Spielberg", "steven-spielberg"),
        ("Leo DiCaprio", "leonardo-dicaprio"),
        ("Pontchateau", "pontchateau"),
        ("Koln", "cologne"),
        ("Yda", "yoda"),
    ],
)
def test_one_name_in_many_spellings(resolver: Resolver, text: str, id: str) -> None:
    assert first(resolver, text).id == id


def test_an_alias_that_is_just_the_text_counts_more_than_a_label_within_it(
    indexed: Indexed,
) -> None:
    places = [
        Named("id", "Indonesia", ["Republic of Indonesia"], degree=100),
        Named("kr", "South Korea", ["Republic of Korea"], degree=200),
        Named("isle", "Lombok", ["Isle of Indonesia"], degree=1),
    ]
    resolver = Resolver(indexed(places))
    for text in ("Republic of Indonesia", "republic of indonesa"):
        found = first(resolver, text)
        assert (found.id, found.name) == ("id", "Republic of Indonesia")
    assert first(resolver, "Indonesia").name == "Indonesia"


def test_of_namesakes_the_better_known(indexed: Indexed) -> None:
    people = [Named(f"p{degree}", "Ann Lee", degree=degree) for degree in (3, 40, 9)]
    found = resolved(Resolver(indexed(people)), "Ann Lee", min_confidence=0.0)
    assert [one.id for one in found.candidates] == ["p40", "p9", "p3"]
    for one, degree in zip(found.candidates, (40, 9, 3), strict=True):
        assert dict(one.features)["renown"] == pytest.approx(math.log1p(degree))
    misspelt = first(Resolver(indexed(people)), "Ann Leee")
    assert misspelt.id == "p40"
    assert dict(misspelt.features)["renown"] == 0.0


def test_what_a_candidate_says_of_itself(resolver: Resolver) -> None:
    found = first(resolver, "Thomas Jeffrey Hanks")
    assert found.match
    assert found.name == "Thomas Jeffrey Hanks"
    assert Generator.EXACT in found.found_by
    features = dict(found.features)
    assert tuple(features) == NAMES
    assert features["exact"] == 1.0
    assert features["canonical"] == 0.0
    assert first(resolver, "tom-hanks").found_by[0] is Generator.ID
    assert dict(first(resolver, "Steven Speilberg").features)["exact"] == 0.0
    assert first(resolver, "Steven Speilberg").found_by == (Generator.FUZZY,)


def test_an_id_is_its_entity_even_in_small_letters(resolver: Resolver) -> None:
    for text in ("P-TENT-4", "p-tent-4"):
        found = first(resolver, text)
        assert found.id == "P-TENT-4"
        assert found.match


def test_initials_and_other_scripts(indexed: Indexed) -> None:
    resolver = Resolver(
        indexed(
            [
                Named("usa", "United States of America", degree=50),
                Named("moscow", "Москва", degree=20),
                Named("tokyo", "Tokyo", ["東京"], degree=30),
            ]
        )
    )
    assert first(resolver, "USA").id == "usa"
    assert first(resolver, "Moskva").id == "moscow"
    assert first(resolver, "東京").id == "tokyo"
    assert first(resolver, "Токио").id == "tokyo"


@pytest.mark.parametrize(
    ("text", "context", "id"),
    [
        ("Tom Hanks", "Tom Hanks earthquake moment magnitude paper", "tom-hanks-seismologist"),
        ("Tom Hanks", "Who wrote films starring Tom Hanks?", "tom-hanks"),
        ("Tom Hanks", None, "tom-hanks"),
        ("Titanic", "the passenger ship Titanic that sank in 1912", "titanic-ship"),
        ("Titanic", "the film Titanic with Leonardo DiCaprio", "titanic-film"),
        ("Munich", "the film Munich by Steven Spielberg", "munich-film"),
        ("Munich", "hotels in Munich, Bavaria", "munich"),
    ],
)
@pytest.mark.model
def test_the_context_tells_namesakes_apart(
    meaning: Resolver, text: str, context: str | None, id: str
) -> None:
    assert first(meaning, text, context=context).id == id


def test_without_an_encoder_words_of_the_context_still_count(resolver: Resolver) -> None:
    context = "Tom Hanks earthquake moment magnitude paper"
    assert first(resolver, "Tom Hanks", context=context).id == "tom-hanks-seismologist"


@pytest.mark.model
def test_a_description_finds_what_letters_do_not(meaning: Resolver) -> None:
    found = resolved(meaning, "mutt", min_confidence=0.0)
    by_meaning = [one for one in found.candidates if Generator.EMBEDDING in one.found_by]
    assert by_meaning
    assert all(dict(one.features)["cosine"] > 0 for one in by_meaning)
    kinds = frozenset({"AnimalKind"})
    typed = resolved(meaning, "mutt", types=kinds, min_confidence=0.0)
    assert {one.id for one in typed.candidates} == {"dog", "shark", "dinosaur"}
    assert resolved(meaning, "mutt", types=frozenset({"Unheard"})).candidates == ()


@pytest.mark.parametrize(
    "text", ["Zorblax Quimby", "qqqqq", "\U0001f327" * 50, "", "   ", "!!!", "\x00"]
)
def test_nothing_is_meant(resolver: Resolver, text: str) -> None:
    found = resolved(resolver, text)
    assert found.match is None
    assert found.nil_probability > 0.5


def test_a_well_known_product_is_not_meant_by_what_is_like_nothing(indexed: Indexed) -> None:
    tents = [Named(f"t{at}", f"Four Person Tent {at}", types=["Product"]) for at in range(3)]
    known = Named("known", "Storm-Proof Black Umbrella", types=["Product"], degree=5_000)
    found = resolved(Resolver(indexed([*tents, known])), "Zorblax Quimby", min_confidence=0.0)
    assert found.nil_probability > 0.5


def test_types_keep_out_all_others(resolver: Resolver) -> None:
    film, ship = frozenset({"Film"}), frozenset({"Ship"})
    assert {one.id for one in resolved(resolver, "Titanic", types=film).candidates} >= {
        "titanic-film"
    }
    assert [one.id for one in resolved(resolver, "Titanic", types=ship).candidates] == [
        "titanic-ship"
    ]
    assert resolved(resolver, "Titanic", types=frozenset()).candidates == ()
    assert resolved(resolver, "titanic-film", types=ship).match is None


def test_limit_and_least_confidence(resolver: Resolver) -> None:
    every = resolved(resolver, "Titanic", limit=50, min_confidence=0.0).candidates
    assert len(every) > 2
    assert resolved(resolver, "Titanic", limit=1, min_confidence=0.0).candidates == every[:1]
    least = every[1].confidence
    kept = resolved(resolver, "Titanic", limit=50, min_confidence=least).candidates
    assert kept == tuple(one for one in every if one.confidence >= least)


def test_each_of_a_batch_is_judged_alone(resolver: Resolver) -> None:
    mentions = [
        Mention("Titanic"),
        Mention("Titanic", context="the passenger ship"),
        Mention("Tom Hanks", types=frozenset({"Person"})),
        Mention("nobody at all"),
    ]
    together = resolver.resolve(mentions)
    assert together == [one for mention in mentions for one in resolver.resolve([mention])]
    assert together[::-1] == resolver.resolve(mentions[::-1])


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=25) | st.text("tomhanks ic", max_size=12), limit=st.integers(1, 20))
def test_probabilities_of_any_text(resolver: Resolver, text: str, limit: int) -> None:
    mention = Mention(text, limit=limit, min_confidence=0.0)
    [found] = resolver.resolve([mention])
    confidences = [one.confidence for one in found.candidates]
    assert all(0 <= confidence <= 1 for confidence in confidences)
    assert sorted(confidences, reverse=True) == confidences
    assert sum(confidences) + found.nil_probability <= 1 + 1e-9
    assert len({one.id for one in found.candidates}) == len(found.candidates) <= limit
    assert [found] == resolver.resolve([mention])


def learned(resolver: Resolver, mention: Mention, *aliases: LearnedAlias) -> Resolution:
    [resolution] = resolver.resolve([mention], LearnedAliases.of(aliases))
    return resolution


def test_a_learned_alias_leads_to_its_entity(resolver: Resolver) -> None:
    mention = Mention("the shark film")
    alias = LearnedAlias("The Shark Film", "jaws", weight=0.9)
    found = learned(resolver, mention, alias).candidates[0]
    assert found.id == "jaws"
    assert Generator.LEARNED in found.found_by
    assert found.name == "the shark film"
    before = {one.id: one.confidence for one in resolver.resolve([mention])[0].candidates}
    assert found.confidence > before.get("jaws", 0.0)


def test_what_was_learned_yields_to_an_exact_name(resolver: Resolver) -> None:
    alias = LearnedAlias("Jaws", "finding-nemo", weight=0.99)
    assert learned(resolver, Mention("Jaws"), alias) == resolver.resolve([Mention("Jaws")])[0]


def test_what_was_taught_does_not_yield(resolver: Resolver) -> None:
    alias = LearnedAlias("Jaws", "yoda", weight=1.0, user="ann", taught=True)
    found = learned(resolver, Mention("Jaws", user="ann"), alias)
    assert found.match is not None
    assert found.match.id == "yoda"
    for other in ("bob", None):
        assert learned(resolver, Mention("Jaws", user=other), alias).candidates[0].id == "jaws"


def test_what_a_user_taught_stands_alone(resolver: Resolver) -> None:
    everybody = LearnedAlias("Jaws", "yoda", weight=1.0, taught=True)
    own = LearnedAlias("Jaws", "rome", weight=1.0, user="ann", taught=True)
    assert learned(resolver, Mention("Jaws"), everybody, own).candidates[0].id == "yoda"
    found = learned(resolver, Mention("Jaws", user="ann"), everybody, own)
    assert found.match is not None
    assert found.match.id == "rome"


def test_an_alias_of_what_is_gone_or_of_another_type_leads_nowhere(resolver: Resolver) -> None:
    gone = LearnedAlias("the shark film", "no such entity", weight=0.9)
    mention = Mention("the shark film", types=frozenset({"Person"}))
    assert learned(resolver, mention, gone) == resolver.resolve([mention])[0]
    other = LearnedAlias("the shark film", "jaws", weight=0.9)
    assert learned(resolver, mention, other) == resolver.resolve([mention])[0]


def test_thousands_of_namesakes_take_no_place_from_others(indexed: Indexed) -> None:
    crowd = [Named(f"n{at}", "Springfield", degree=at % 7) for at in range(2_000)]
    resolver = Resolver(indexed([*crowd, Named("other", "Springfeld", degree=3)]))
    found = resolved(resolver, "Springfeld", limit=3)
    assert found.candidates[0].id == "other"
    exact = resolved(resolver, "Springfield", limit=3, min_confidence=0.0)
    assert all(dict(one.features)["exact"] == 1 for one in exact.candidates)
    assert all(dict(one.features)["popularity"] > 1.9 for one in exact.candidates)


def test_why_meaning_does_not_count(resolver: Resolver) -> None:
    assert resolver.without_meaning == "the index was built without an encoder"


def test_what_an_entity_could_be_taken_for(resolver: Resolver) -> None:
    context = "Tom Hanks American actor, known for Forrest Gump"
    found = resolver.resembling("tom-hanks", Mention("Tom Hanks", context))
    ids = [one.id for one in found.candidates]
    assert ids[0] == "tom-hanks-seismologist"
    assert "tom-hanks" not in ids
    assert sum(one.confidence for one in found.candidates) + found.nil_probability <= 1 + 1e-9
    same = resolver.resembling("unheard of", Mention("Tom Hanks", context))
    assert same == resolver.resolve([Mention("Tom Hanks", context)])[0]
