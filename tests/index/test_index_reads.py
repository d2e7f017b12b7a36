"""Cards, statements and counts from the tables, against those that Cypher reads of one graph."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from built_indexes import Both
from comparison import patience
from hypothesis import given, settings
from hypothesis import strategies as st
from random_worlds import DATASETS, DOMAINS, MARKETPLACES
from test_index_answers import SOME

from kgservice.algebra.pattern import StatementFilter
from kgservice.graph.client import AsyncGraph
from kgservice.graph.reads import CommonsenseRequest, CypherReads, StatementsRequest
from kgservice.graph.records import Names
from kgservice.index.reads import TableReads
from kgservice.model import Direction, StatementOrder

pytestmark = pytest.mark.neo4j

#: Between merged entities a text is long, and planning takes a second.
LEAN = settings(SOME, max_examples=10)

FILTERS = st.builds(
    StatementFilter,
    st.sampled_from((None, None, 0.5, 0.7)),
    st.sampled_from((None, None, 0.5)),
    st.sampled_from((None, None, 2)),
    st.none() | st.frozensets(st.sampled_from(DATASETS), max_size=2),
    st.none() | st.frozensets(st.sampled_from(DOMAINS), max_size=2),
    st.none() | st.frozensets(st.sampled_from(MARKETPLACES), max_size=2),
)


@pytest_asyncio.fixture(scope="module")
async def reads(both: Both, reader: AsyncGraph) -> tuple[TableReads, CypherReads]:
    """Both sides of one world."""
    vocabulary = both.opened.snapshot.vocabulary
    cypher = CypherReads(reader, vocabulary, both.cypher.surroundings, Names(vocabulary))
    return TableReads(both.opened.snapshot, cypher), cypher


async def test_cards(both: Both, reads: tuple[TableReads, CypherReads]) -> None:
    ids = [*both.asked.graph.canonical, "nobody"]
    tables, cypher = [await one.entities(ids, patience()) for one in reads]
    assert tables == cypher
    assert set(tables) == set(both.asked.graph.canonical)


@LEAN
@given(st.data())
async def test_pages_of_statements(
    both: Both, reads: tuple[TableReads, CypherReads], data: st.DataObject
) -> None:
    entities = [*both.asked.graph.canonical, "nobody"]
    ids = data.draw(st.lists(st.sampled_from(entities), min_size=1, max_size=5, unique=True))
    relations = sorted(both.opened.snapshot.vocabulary.relations)
    request = StatementsRequest(
        data.draw(st.none() | st.frozensets(st.sampled_from(relations), max_size=3)),
        data.draw(st.sampled_from(Direction)),
        data.draw(FILTERS),
        data.draw(st.none() | st.just(frozenset({"Being", "Animal", "Dog"}))),
        data.draw(st.sampled_from(StatementOrder)),
        data.draw(st.sampled_from((0, 1, 3, 7, 1_000))),
        total=data.draw(st.booleans()),
    )
    tables, cypher = reads
    found = await tables.statements_of(ids, request, patience())
    from_graph = await cypher.statements_of(ids, request, patience())
    assert (found.pages, found.totals) == (from_graph.pages, from_graph.totals)
    # Neo4j reads the end of the statement behind the page too.
    assert found.ends.items() <= from_graph.ends.items()
    for one in found.pages.values():
        if one.has_next and one.items:
            behind = replace(request, after=one.items[-1].place)
            later = await tables.statements_of(ids, behind, patience())
            assert later.pages == (await cypher.statements_of(ids, behind, patience())).pages


async def test_every_statement_by_its_id(both: Both, reads: tuple[TableReads, CypherReads]) -> None:
    request = StatementsRequest(
        None, Direction.OUT, StatementFilter(), None, StatementOrder.RELATION, 1_000
    )
    tables, cypher = reads
    found = await cypher.statements_of(both.asked.graph.entities, request, patience())
    all_ids = [one.statement.id for page in found.pages.values() for one in page.items]
    assert len(all_ids) > 300
    asked = [*all_ids, "statement:nothing", "statement:" + "a" * 24]
    by_id = await tables.statements(asked, patience())
    assert by_id == await cypher.statements(asked, patience())
    assert set(by_id) == set(all_ids)


_RAW = """
MATCH (s:Entity)-[r]->(o) WHERE r.level IS NOT NULL
RETURN collect([r.id, s.id, type(r), o.id, [o.text, o.datatype, o.language, o.unit], r.level])
"""
_SAID = "MATCH (a:Assertion) RETURN collect([a.statement_id, a.id, a.dataset])"


async def test_who_says_what_became_one(
    both: Both, reads: tuple[TableReads, CypherReads], reader: AsyncGraph
) -> None:
    """Expectations are put together here, of relationships and assertions as they stand."""
    canonical, tables = both.asked.graph.canonical, reads[0]
    raw = await reader.value(_RAW, {}, patience())
    same: dict[object, list[list[Any]]] = {}
    for row in raw:
        id, subject, type, object, value, _ = row
        same.setdefault(
            (canonical[subject], type, canonical.get(object), object is None and str(value)), []
        ).append(row)
    asserted: dict[str, set[tuple[str, str]]] = {}
    for statement, id, dataset in await reader.value(_SAID, {}, patience()):
        asserted.setdefault(statement, set()).add((id, dataset))
    members = {min(row[0] for row in several): several for several in same.values()}
    found = await tables.statements(list(members), patience())
    assert set(found) == set(members)
    # What follows of behaviors is said by whoever speaks of them, and by nobody under its own id.
    direct = [
        one
        for one in found.values()
        if one.level == "asserted" and all(row[0] in asserted for row in members[one.id])
    ]
    assert len(direct) > 100
    said = await tables.assertions(direct, 1_000, patience())
    for one in direct:
        expected = {key for part in members[one.id] for key in asserted[part[0]]}
        assert [*sorted((each.id, each.dataset) for each in said[one.id])] == sorted(expected)
    heads: dict[str, set[str]] = {}
    for _, behavior, type, end, _, _ in raw:
        if type in ("HAS_QUERY", "HAS_PRODUCT"):
            heads.setdefault(behavior, set()).add(canonical[end])
    rolled_up = [one for one in found.values() if one.level == "rolled_up"]
    evidence = await tables.evidence(rolled_up, 1_000, None, patience())
    assert rolled_up
    for one in rolled_up:
        behind = {
            id
            for id, subject, type, object, _, level in raw
            if level == "behavior" and one.subject in heads.get(subject, ())
            if type == one.relation and canonical.get(object) == one.object
        }
        assert {each.id for each in evidence[one.id].items} == behind
        assert await tables.count_evidence(one, patience()) == len(behind)
        first = await tables.evidence([one], 1, None, patience())
        assert first[one.id].items == evidence[one.id].items[:1]


@pytest.mark.parametrize("direction", Direction)
async def test_relation_counts(
    both: Both, reads: tuple[TableReads, CypherReads], direction: Direction
) -> None:
    ids = [*both.asked.graph.canonical, "nobody"]
    tables, cypher = [await one.relation_counts(ids, direction, patience()) for one in reads]
    assert tables == cypher


async def test_entities_counted_by_types(both: Both, reads: tuple[TableReads, CypherReads]) -> None:
    vocabulary = both.opened.snapshot.vocabulary
    types = {id: vocabulary.with_subtypes([id]) for id in vocabulary.types}
    tables, cypher = [await one.count_entities(types, patience()) for one in reads]
    assert tables == cypher


@LEAN
@given(st.data())
async def test_commonsense(
    both: Both, reads: tuple[TableReads, CypherReads], data: st.DataObject
) -> None:
    graph = both.asked.graph
    ends = sorted({one.object for one in graph.statements if one.relation.startswith("HAS_")})
    singles = st.sampled_from([*graph.canonical, "nobody"]).map(lambda id: (id, None))
    pairs = st.tuples(st.sampled_from(ends), st.sampled_from([*ends, "nobody"]))
    heads = data.draw(st.lists(singles | pairs, min_size=1, max_size=20))
    relations = sorted(both.opened.snapshot.vocabulary.commonsense_relations)
    request = CommonsenseRequest(
        tuple(heads),
        data.draw(st.just(frozenset(relations)) | st.frozensets(st.sampled_from(relations))),
        data.draw(FILTERS),
        data.draw(st.sampled_from((0, 1, 2, 10))),
    )
    tables, cypher = [await one.commonsense(request, patience()) for one in reads]
    assert tables == cypher
