"""What an entity is, from everything that is said of it: one rule a test."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kgservice.ledger.entities import EntityState, Fact, Sayings, derive
from kgservice.ledger.mined import Described, MinedEntity, Register
from kgservice.ledger.records import EntityRecord

_LATE = "2024-01-02T00:00:00Z"


def state(
    records: dict[str, EntityRecord] | None = None,
    facts: Sequence[Fact] = (),
    mined: MinedEntity | None = None,
    priority: Sequence[str] = (),
) -> EntityState:
    return derive(Sayings("id", records or {}, facts, mined), priority)


def query(*names: str) -> MinedEntity:
    mined = MinedEntity("id")
    registers = tuple(Register("alias", name) for name in names)
    mined.add(Described("id", ("Query",), "wet", {"norm": "wet", "language": "en"}, registers))
    return mined


def test_of_nothing_its_id_is_left() -> None:
    assert state() == EntityState("id", "id")


@pytest.mark.parametrize(
    ("priority", "label"), [((), "A"), (("b",), "B"), (("c", "b", "a"), "B"), (("a", "b"), "A")]
)
def test_the_first_data_set_gives_the_label(priority: Sequence[str], label: str) -> None:
    records = {
        "b": EntityRecord("id", label="B", aliases=("x",), description="of b"),
        "a": EntityRecord("id", label="A", aliases=("x", "y")),
        "c": EntityRecord("id"),
    }
    found = state(records, priority=priority)
    assert found.label == label
    assert {found.label, *found.aliases} == {"A", "B", "x", "y"}
    assert found.description == "of b"
    assert found.datasets == ("a", "b", "c")


def test_a_record_names_before_statements_and_those_before_behaviors() -> None:
    record = {"z": EntityRecord("id", label="own")}
    fact = [Fact("a", "label", "stated")]
    assert state(record, mined=query()).label == "own"
    assert state({"a": EntityRecord("id", label="own")}, fact, query()).label == "own"
    assert state(record, fact, query()).label == "stated"  # a comes before z
    assert state(mined=query()).label == "wet"


@pytest.mark.parametrize(
    ("languages", "label"),
    [
        (("de", "en"), "en"),
        (("de", "EN-gb"), "EN-gb"),
        (("de", None), "None"),
        (("fr", "de"), "de"),
        (("end", None), "None"),
    ],
)
def test_the_preferred_language_comes_first(languages: Sequence[str | None], label: str) -> None:
    facts = [Fact("a", "label", str(one), one) for one in languages]
    found = state(facts=facts)
    assert found.label == label
    assert {found.label, *found.aliases} == {str(one) for one in languages}


def test_types_are_united_with_those_above_them() -> None:
    records = {
        "a": EntityRecord("id", types=("Film",)),
        "b": EntityRecord("id", types=("CoPurchase",)),
    }
    found = state(records, [Fact("c", "type", "Q5"), Fact("c", "subtype", "no")], query())
    assert found.types == ("Behavior", "CoPurchase", "Film", "Q5", "Query")


def test_empty_texts_say_nothing() -> None:
    facts = [Fact("a", "label", ""), Fact("a", "alias", ""), Fact("a", "description", "")]
    assert state(facts=facts) == EntityState("id", "id", datasets=("a",))


def test_the_newest_time_is_that_of_the_entity() -> None:
    records = {
        "a": EntityRecord("id", modified="2024-01-02T00:00:00.5Z"),
        "b": EntityRecord("id", modified=_LATE),
        "c": EntityRecord("id"),
    }
    assert state(records).modified == "2024-01-02T00:00:00.5Z"


def test_a_record_tells_the_language_before_behaviors() -> None:
    assert state(mined=query()).language == "en"
    found = state({"a": EntityRecord("id", language="de")}, mined=query())
    assert found.language == "de"
    assert found.properties == {"norm": "wet"}


def test_a_name_is_no_alias_of_itself() -> None:
    assert state(mined=query("wet", "WET")).aliases == ("WET",)


def test_a_long_label_is_whole_among_the_aliases() -> None:
    text = "é" * 3000
    found = state({"a": EntityRecord("id", label=text)})
    assert found.label == "é" * 1024
    assert found.aliases == (text,)
