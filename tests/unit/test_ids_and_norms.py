"""Ids that the service makes itself, and the normal form of texts."""

from __future__ import annotations

import base64
import sys
from hashlib import sha256
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph_schema.ids import (
    MAX_ID_BYTES,
    category_id,
    entity_key,
    intent_id,
    literal_key,
    normalise,
    product_type_id,
    query_id,
    relation_mark,
    statement_id,
)

#: Texts that meet: parts that end where others begin, separators, digits before colons.
_PARTS = st.text(alphabet="ab1:\x1f|", max_size=4)


@pytest.mark.parametrize(
    ("text", "norm"),
    [
        ("Rain Coat", "rain coat"),
        ("  rain \t coat\n", "rain coat"),
        ('"rain coat"', "rain coat"),
        ("' \"rain coat\" '", "rain coat"),
        ("“rain coat”", "rain coat"),
        ("„Regenmantel“", "regenmantel"),
        ('"rain" and "coat"', 'rain" and "coat'),  # the outer pair goes, whatever it belonged to
        ('12" screen', '12" screen'),
        ("C++", "c++"),
        ("C#", "c#"),
        ("café", "café"),
        ("cafe\u0301", "café"),
        ("Straße", "strasse"),
        ("\uff26\uff35\uff2c\uff2c\u3000\uff57ide", "full wide"),
        ("ﬁne", "fine"),
        ("\u00a0no\u00a0break\u00a0", "no break"),
        ("", ""),
        ('""', ""),
        ('"', '"'),
    ],
)
def test_norms(text: str, norm: str) -> None:
    assert normalise(text) == norm


@given(st.text())
@example("\u0345\u0399")
@example("ϓ\u0301")
@example("\"'x' \"")
@example("' '")
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_normalising_twice_is_normalising_once_for_every_letter() -> None:
    letters = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    assert [one for one in letters if normalise(normalise(one)) != normalise(one)] == []


@given(st.text(max_size=30))
def test_case_and_blanks_do_not_matter(text: str) -> None:
    assert normalise(f" \t{text}\n") == normalise(text)


def test_ids_of_the_contract() -> None:
    assert query_id("en", "dry feet") == "query:en:dry feet"
    assert intent_id("body_part", "pt-BR", "pele") == "intent:body_part:pt-BR:pele"
    assert category_id("Shoes & Boots") == "category:Shoes & Boots"
    assert product_type_id("BOOT") == "product_type:BOOT"


@given(st.integers(300, 1100), st.sampled_from("aé漢😀"))
def test_a_long_id_is_cut_and_stays_one_of_a_kind(length: int, letter: str) -> None:
    one, other = query_id("en", letter * length + "1"), query_id("en", letter * length + "2")
    assert one != other
    assert len(one.encode()) <= MAX_ID_BYTES
    whole = f"query:en:{letter * length}1"
    if len(whole.encode()) <= MAX_ID_BYTES:
        assert one == whole
    else:
        assert one.startswith("query:en:" + letter)
        assert one[-65] == "#"


@given(st.tuples(_PARTS, _PARTS, _PARTS), st.tuples(_PARTS, _PARTS, _PARTS))
def test_a_statement_id_depends_on_exactly_its_parts(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    ids = [statement_id(head, relation, entity_key(tail)) for head, relation, tail in (one, other)]
    assert (ids[0] == ids[1]) == (one == other)


@given(st.tuples(_PARTS, _PARTS, _PARTS, _PARTS), st.tuples(_PARTS, _PARTS, _PARTS, _PARTS))
def test_a_literal_key_depends_on_exactly_its_parts(
    one: tuple[str, str, str, str], other: tuple[str, str, str, str]
) -> None:
    assert (literal_key(*one) == literal_key(*other)) == (one == other)


def test_an_entity_is_no_literal() -> None:
    texts = ["", "5", "l", "e", "1:x", "l1:x0:0:"]
    literals = {literal_key(text, "xsd:string", None, None) for text in texts}
    assert not literals & {entity_key(text) for text in [*texts, *literals]}


def test_what_a_statement_id_looks_like() -> None:
    id = statement_id("a", "IS_A", entity_key("b"))
    assert id == statement_id("a", "IS_A", entity_key("b"))
    assert id.startswith(relation_mark("IS_A"))
    assert relation_mark("IS_A").startswith("statement:")
    assert len(id) == len("statement:") + 4 + 20


@given(st.tuples(_PARTS, _PARTS, _PARTS))
def test_a_statement_id_ends_in_a_hundred_bits_in_base32(parts: tuple[str, str, str]) -> None:
    subject, relation, object = parts
    joined = "".join(f"{len(part)}:{part}" for part in parts)
    digest = sha256(joined.encode()).digest()
    expected = base64.b32encode(digest)[:20].decode().lower()
    assert statement_id(subject, relation, object).removeprefix(relation_mark(relation)) == expected


def test_many_statements_have_many_ids() -> None:
    names = [str(number) for number in range(40)]
    ids = {statement_id(a, b, entity_key(c)) for a, b, c in product(names, names[:10], names)}
    assert len(ids) == 40 * 10 * 40
