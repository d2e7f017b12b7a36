"""What a name of a relation or type means."""

from __future__ import annotations

import pytest

from graph_schema.entity_types import BUILT_IN_TYPES, EntityType, direct, with_built_in_parents
from graph_schema.relations import BUILT_IN_RELATIONS, COMMONSENSE_RELATIONS, Relation
from kgservice.errors import UnknownRelationError, UnknownTypeError
from kgservice.vocabulary import Vocabulary, built_in_vocabulary

_BUILT_IN = built_in_vocabulary()


def test_ids_come_before_aliases() -> None:
    vocabulary = _BUILT_IN.with_relations([Relation("capableOf", "their own")])
    assert vocabulary.relation("capableOf").label == "their own"
    assert _BUILT_IN.relation("capableOf").id == "CAPABLE_OF"
    assert _BUILT_IN.relation("xIntersted_in").id == "xInterested_in"


@pytest.mark.parametrize("order", [("B", "A"), ("A", "B")])
def test_an_alias_of_two_is_the_firsts(order: tuple[str, str]) -> None:
    known = Vocabulary({id: Relation(id, id, aliases=("x",)) for id in order})
    assert known.relation("x").id == "A"


def test_relations_below() -> None:
    assert _BUILT_IN.with_subrelations(["used_to"]) == {"USED_TO"}
    everything = {relation.id for relation in COMMONSENSE_RELATIONS}
    assert _BUILT_IN.with_subrelations(["COMMONSENSE"]) == everything | {"COMMONSENSE", "USED_FOR"}
    assert _BUILT_IN.with_subrelations([]) == frozenset()


def test_types_on_a_cycle_are_below_each_other() -> None:
    types = {"A": ("B",), "B": ("C",), "C": ("A",), "D": ("C",), "E": ()}
    known = Vocabulary(types={id: EntityType(id, id, "", above) for id, above in types.items()})
    assert known.with_subtypes(["A"]) == known.with_subtypes(["B"]) == {"A", "B", "C", "D"}
    assert known.with_subtypes(["D", "E"]) == {"D", "E"}


def test_a_parent_that_is_not_known_is_none() -> None:
    known = Vocabulary(types={"A": EntityType("A", "a", "", ("Gone",))})
    assert known.with_subtypes(["A"]) == {"A"}
    with pytest.raises(UnknownTypeError):
        known.with_subtypes(["Gone"])


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("USED_FOR_AUDIENCE", "USED_FOR_AUD"),
        ("capable of", "CAPABLE_OF"),
        ("has_product", "HAS_PRODUCT"),
    ],
)
def test_unknown_relations_and_what_they_may_have_been(name: str, nearest: str) -> None:
    with pytest.raises(UnknownRelationError, match="did you mean") as caught:
        _BUILT_IN.relation(name)
    assert nearest in caught.value.nearest
    assert caught.value.name == name
    assert len(caught.value.nearest) <= 3


@pytest.mark.parametrize("name", ["", "\0", "q" * 2000, "???", "漢字"])
def test_names_that_resemble_nothing(name: str) -> None:
    with pytest.raises(UnknownRelationError):
        _BUILT_IN.relation(name)
    with pytest.raises(UnknownTypeError):
        _BUILT_IN.type(name)


def test_commonsense_relations() -> None:
    own = Relation("NEEDS", "needs", commonsense=True)
    assert _BUILT_IN.commonsense_relations == {one.id for one in COMMONSENSE_RELATIONS}
    assert "NEEDS" in _BUILT_IN.with_relations([own]).commonsense_relations


def test_built_in_parents_are_known() -> None:
    relations = {one.id for one in BUILT_IN_RELATIONS}
    types = {one.id for one in BUILT_IN_TYPES}
    assert {above for one in BUILT_IN_RELATIONS for above in one.parents} <= relations
    assert {above for one in BUILT_IN_TYPES for above in one.parents} <= types
    ends = {end for one in BUILT_IN_RELATIONS for end in (*one.subject_types, *one.object_types)}
    assert ends <= types
    assert len(COMMONSENSE_RELATIONS) == 15


def test_types_that_a_node_carries() -> None:
    assert with_built_in_parents("CoPurchase") == ("CoPurchase", "Behavior")
    assert with_built_in_parents("Q5") == ("Q5",)
    assert direct(["CoPurchase", "Behavior", "Q5"]) == ("CoPurchase", "Q5")
    assert direct(["Behavior"]) == ("Behavior",)
