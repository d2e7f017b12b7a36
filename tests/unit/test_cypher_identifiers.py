"""Whatever an id is, what becomes of it may stand in a query text."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph_schema.identifiers import Identifier, label_of_type, quoted, relationship_type_of

_SAFE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}\Z", re.ASCII)
_HASHED = re.compile(r"[RT]_[0-9a-f]{10}\Z")

#: Near the edge between plain and hashed, and texts that would be Cypher.
_IDS = (
    st.text(min_size=1, max_size=8)
    | st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,70}", fullmatch=True)
    | st.from_regex(r"[RT]_[0-9a-f]{9,11}", fullmatch=True)
    | st.sampled_from(
        (
            "x`) DETACH DELETE n //",
            "a\u0060b",
            "Entity",
            "SAME_AS",
            "a\n",
            "a\0",
            "K",
            "é",
            "__Change",
        )
    )
)


@given(_IDS)
@example("P161\n")
@example("\u212a")  # the sign for kelvin, whose lower case is a plain k
def test_any_id_becomes_a_safe_identifier(id: str) -> None:
    for identifier in (relationship_type_of(id), label_of_type(id)):
        assert _SAFE.match(identifier)
        assert quoted(identifier) == f"`{identifier}`"


@given(_IDS, _IDS)
def test_two_ids_never_share_a_plain_identifier(one: str, other: str) -> None:
    for make in (relationship_type_of, label_of_type):
        if one != other and make(one) == make(other):
            assert _HASHED.match(make(one))  # 40 bits of sha256 each: not in this lifetime
            pytest.fail(f"{one!r} and {other!r} have one hash")


@given(_IDS)
def test_a_hashed_identifier_is_no_plain_one(id: str) -> None:
    for make, prefix in ((relationship_type_of, "R_"), (label_of_type, "T_")):
        if make(id) != id:
            assert _HASHED.match(make(id))
            assert make(id).startswith(prefix)
        else:
            assert not _HASHED.match(id)


@pytest.mark.parametrize("label", ["Entity", "Literal", "Assertion", "Relation", "EntityType"])
def test_our_own_labels_are_no_types(label: str) -> None:
    assert label_of_type(label).startswith("T_")


@pytest.mark.parametrize("type", ["SAME_AS", "SUB_OF"])
def test_our_own_relationships_are_no_relations(type: str) -> None:
    assert relationship_type_of(type).startswith("R_")


def test_bookkeeping_cannot_be_named() -> None:
    assert label_of_type("__DataVersion").startswith("T_")


def test_63_characters_are_plain_and_64_are_not() -> None:
    assert relationship_type_of("x" * 63) == "x" * 63
    assert relationship_type_of("x" * 64) != "x" * 64


@pytest.mark.parametrize("text", ["", "a`b", "a b", "1a", "a" * 129, "é", "a\n"])
def test_only_identifiers_are_quoted(text: str) -> None:
    with pytest.raises(ValueError, match="not an identifier"):
        quoted(Identifier(text))
