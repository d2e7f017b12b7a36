"""What was recorded, cut into what one person wanted at one time."""

from __future__ import annotations

from kgservice.learning.visits import Outcome, Visit, visits_of


def done(text: str, at: float, entity: str | None = None, **who: str | None) -> Outcome:
    return Outcome(who.get("user", "ann"), who.get("session") or "s", at, text, None, entity)


def cut(*outcomes: Outcome) -> list[tuple[str, tuple[str, ...], str | None]]:
    return [(visit.person, visit.texts, visit.entity) for visit in visits_of(outcomes)]


def test_a_visit_ends_with_the_use_of_an_entity() -> None:
    assert cut(
        done("Tom Hnaks", 0),
        done("tom  hnaks!", 5),
        done("Tom Hanks", 9, "tom-hanks"),
        done("Tom Hanks", 12, "other"),
    ) == [
        ("user ann", ("tom hnaks", "tom hanks"), "tom-hanks"),
        ("user ann", ("tom hanks",), "other"),
    ]


def test_silence_and_another_topic_end_it_without_success() -> None:
    assert cut(
        done("raincoat", 0),
        done("rain coat", 1_801),
        done("folding umbrella", 1_810),
        done("folding umbrella", 1_815, "umbrella"),
    ) == [
        ("user ann", ("raincoat",), None),
        ("user ann", ("rain coat",), None),
        ("user ann", ("folding umbrella",), "umbrella"),
    ]


def test_the_order_of_recording_does_not_matter_and_sessions_stay_apart() -> None:
    outcomes = [
        done("tent", 3, "tent-4", session="b"),
        done("tnet", 2, session="a", user=None),
        done("tent", 4, "tent-2", session="a", user=None),
        done("  ", 5, session="a", user=None),
    ]
    expected = [
        ("session a", ("tnet", "tent"), "tent-2"),
        ("user ann", ("tent",), "tent-4"),
    ]
    assert cut(*outcomes) == cut(*outcomes[::-1]) == expected


def test_what_relates_texts_can_be_told() -> None:
    outcomes = [done("our poet", 0), done("shakespeare", 4, "Q692")]
    assert len(list(visits_of(outcomes))) == 2
    [visit] = visits_of(
        outcomes, related=lambda one, other: (one, other) == ("our poet", "shakespeare")
    )
    assert visit == Visit("user ann", ("our poet", "shakespeare"), "Q692", 4, tuple(outcomes))
