"""Records as values: written down and read again they are the same, and so is their place."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kgservice.ledger.records import EntityRecord, Triple, canonical_json
from kgservice.literals import literal

_texts = st.text(max_size=6)
_times = st.none() | st.sampled_from(("2024-01-01T00:00:00Z", "2024-01-02T00:00:00.5Z"))
_scores = st.none() | st.integers(0, 10**6)
_triples = st.builds(
    Triple,
    st.just("a"),
    st.just("IS_A"),
    st.none(),
    st.builds(literal, _texts, st.sampled_from(("xsd:string", "xsd:date", "xsd:integer"))),
    _scores,
    _scores,
    st.integers(1, 10**9),
    st.none() | _texts,
    _times,
    st.lists(st.sampled_from(('[{"object":"Q1","relation":"a"}]', "[]")), max_size=2).map(tuple),
    st.booleans(),
)
_records = st.builds(
    EntityRecord,
    st.just("a"),
    st.none() | _texts,
    st.lists(_texts, max_size=3).map(tuple),
    st.none() | _texts,
    st.lists(_texts, max_size=3).map(tuple),
    st.none() | _texts,
    _times,
    st.booleans(),
)


@given(_triples)
def test_triples(triple: Triple) -> None:
    again = Triple.from_written(triple.written)
    assert again == triple
    assert again.order == triple.order


@given(_records)
def test_entity_records(record: EntityRecord) -> None:
    again = EntityRecord.from_canonical("a", record.canonical)
    assert again == record
    assert again.order == record.order


@given(_triples, _triples)
def test_only_equal_triples_are_equally_new(one: Triple, other: Triple) -> None:
    other = replace(other, literal=one.literal)  # only sayings of one statement are compared
    assert (one.order == other.order) == (one == other)
    assert (one.digest == other.digest) == (one == other)


def test_at_a_tie_scores_compare_as_they_are_written() -> None:
    """1.0 is greater than 0.9 and 0.5 greater than 0.09, as in JSON."""
    triples = [
        Triple("a", "IS_A", "b", plausibility=one) for one in (90_000, 500_000, 900_000, 10**6)
    ]
    assert sorted(triples, key=lambda one: one.order) == triples
    assert json.loads(triples[0].canonical)["plausibility"] == 0.09


def test_canonical_json_depends_on_what_is_said() -> None:
    assert canonical_json({"b": None, "a": {"d": 1, "c": "é"}}) == '{"a":{"c":"é","d":1}}'
    assert 0 <= EntityRecord("a").digest < 2**63
