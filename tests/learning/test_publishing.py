"""Which aliases are drawn from outcomes, how sure they are, and when they go."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from kgservice.learning.publishing import Alias, Evidence, learn
from kgservice.learning.visits import Outcome

DAY = 86_400.0
NOW = 1_000 * DAY


def rephrased(person: str, *texts: str, entity: str | None, at: float = NOW - DAY) -> list[Outcome]:
    """A visit: each text a second after the other, the last with the entity that was used."""
    steps = [
        Outcome(person, f"{person}{at}", at + n, text, None, None) for n, text in enumerate(texts)
    ]
    return [*steps[:-1], replace(steps[-1], entity=entity)]


def bard(*persons: str, entity: str = "Q692", at: float = NOW - DAY) -> list[Outcome]:
    return [
        one
        for person in persons
        for one in rephrased(person, "the bard", "the bard shakespeare", entity=entity, at=at)
    ]


def learned(outcomes: list[Outcome], *aliases: Alias, now: float = NOW) -> dict[tuple, Alias]:
    return {one.place: one for one in learn(Evidence(outcomes, aliases), now)}


def test_three_persons_teach_everybody() -> None:
    found = learned(bard("ann", "bob", "cem"))
    alias = found["the bard", "Q692", None]
    # 3 of 5 lead from one to the other, 3 of 5 end there with the entity.
    assert alias.weight == pytest.approx(9 / 25)
    assert (alias.support, alias.persons, alias.first, alias.retired) == (3, 3, NOW, False)
    assert alias.last == NOW - DAY + 1
    assert found["the bard shakespeare", "Q692", None].weight == pytest.approx(3 / 5)
    assert len(found) == 2


@pytest.mark.parametrize(
    "outcomes",
    [
        bard("ann", "bob"),
        bard("ann", at=NOW - 1) + bard("ann", at=NOW - 2 * DAY) + bard("bob"),
        bard("ann", "bob", "cem") + bard("dan", "eve", "fay", entity="another"),
        bard("ann", "bob", "cem")
        + [one for person in "defghij" for one in rephrased(person, "the bard", entity=None)],
        [],
    ],
    ids=["too few", "two persons", "two entities", "most give up", "nothing"],
)
def test_too_little_teaches_nobody(outcomes: list[Outcome]) -> None:
    assert ("the bard", "Q692", None) not in learned(outcomes)


def test_what_is_named_so_needs_no_alias() -> None:
    evidence = Evidence(
        bard("ann", "bob", "cem"), named=lambda text, entity: text == "the bard shakespeare"
    )
    assert [one.text for one in learn(evidence, NOW)] == ["the bard"]


def test_what_one_user_does_is_theirs_and_fades() -> None:
    own = [Outcome("ann", "s", NOW - n, "mum", None, "ann's mother") for n in range(1, 6)]
    alias = learned(own)["mum", "ann's mother", "ann"]
    assert alias.weight == pytest.approx(5 / 10, rel=1e-4)
    assert alias.persons == 1
    old = [replace(one, at=one.at - 30 * DAY) for one in own]
    faded = 5 / math.e
    assert faded / (faded + 5) < 0.3
    assert ("mum", "ann's mother", "ann") not in learned(old)
    assert not learned(own[:2])


def test_what_everybody_does_counts_for_one_user_too() -> None:
    others = [Outcome(f"u{n}", "s", NOW - 9, "mum", None, "Q1") for n in range(8)]
    own = [Outcome("ann", "s", NOW - n, "mum", None, "Q1") for n in range(1, 4)]
    found = learned(others + own)
    everybody = found["mum", "Q1", None].weight
    assert everybody == pytest.approx(11 / 13)
    assert found["mum", "Q1", "ann"].weight == pytest.approx((3 + 5 * everybody) / 8, rel=1e-4)


def taught(user: str | None, entity: str = "Q692") -> Alias:
    return Alias("the bard", entity, 1.0, user, taught=True)


def test_what_three_users_taught_is_for_everybody() -> None:
    users = [taught(user) for user in ("ann", "bob", "cem")]
    found = learned([], *users, taught("dan", "another"), taught(None, "whoever"))
    assert list(found) == [("the bard", "Q692", None)]
    assert found["the bard", "Q692", None].weight == pytest.approx(4 / 6)
    assert learned([], *users[:2]) == {}
    split = [taught(user, "another") for user in ("dan", "eve", "fay")]
    assert learned([], *users, *split) == {}


def test_an_alias_that_loses_goes_and_does_not_come_back() -> None:
    outcomes = bard("ann", "bob", "cem")
    alias = learned(outcomes)["the bard", "Q692", None]
    later = NOW + DAY
    lost = [Outcome(f"u{n}", "s", later + n, "The Bard!", None, None) for n in range(3)]
    once = learned(outcomes + lost[:1], alias, now=later)["the bard", "Q692", None]
    assert (once.wins, once.losses, once.retired) == (0, 1, False)
    gone = learned(outcomes + lost, alias, now=later)["the bard", "Q692", None]
    assert (gone.wins, gone.losses, gone.retired) == (0, 3, True)
    won = [replace(one, entity="Q692", at=one.at + DAY) for one in lost * 3]
    again = learned(outcomes + lost + won, gone, now=later + 2 * DAY)["the bard", "Q692", None]
    assert again.retired
    assert again.first == NOW


def test_an_alias_stays_while_it_is_used_and_goes_when_it_is_forgotten() -> None:
    alias = Alias("the bard", "Q692", 0.6, support=9, persons=5, first=NOW - 99, last=NOW - 99)
    assert learned([], alias)["the bard", "Q692", None] == alias
    much_later = learned([], alias, now=NOW + 200 * DAY)["the bard", "Q692", None]
    assert much_later.retired


def test_a_personal_alias_is_judged_by_its_user_alone() -> None:
    alias = Alias("mum", "m", 0.5, "ann", first=NOW - DAY, last=NOW - DAY)
    others = [Outcome("bob", "s", NOW - n, "mum", None, "other") for n in range(1, 9)]
    assert not learned(others, alias)["mum", "m", "ann"].retired


def test_simulated_people_teach_no_wrong_alias() -> None:
    """People misspell names, look again, change the topic one time in eight, and give up."""
    rng = random.Random(7)
    names = {f"e{n}": "".join(rng.choices("bcdfghklmnprst aeiou", k=14)).strip() for n in range(60)}
    slips = {id: [name[:at] + name[at + 1 :] for at in (3, 6, 9)] for id, name in names.items()}
    outcomes = []
    for n in range(1_500):
        id = rng.choice(list(names))
        texts = [rng.choice(slips[id])] if rng.random() < 0.6 else []
        if rng.random() < 0.12:
            id = rng.choice(list(names))
        used = id if rng.random() < 0.9 else None
        outcomes += rephrased(f"u{rng.randrange(300)}", *texts, names[id], entity=used, at=NOW - n)
    found = [one for one in learn(Evidence(outcomes), NOW) if one.user is None]
    right = {text: id for id, texts in slips.items() for text in (*texts, names[id])}
    assert [one for one in found if right[one.text] != one.entity] == []
    assert len(found) > 150
