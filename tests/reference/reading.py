"""From what data sets say to the graph: semantics.md, The graph; graph.md, Built-in vocabulary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from reference.graph import Graph, Statement
from reference.sayings import BUILT_IN_PARENTS, INTENT_TYPES, Behavior, Fact, Mined, Value, World

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Observation:
    """One reason to believe a statement; scores are exact."""

    support: int
    plausibility: Fraction | None
    typicality: Fraction | None
    sources: frozenset[str]
    domains: frozenset[str] = frozenset()
    marketplaces: frozenset[str] = frozenset()


Observed = tuple[str, str, str, Observation]


def graph_of(world: World) -> Graph:
    """The graph as `answers` has to see it."""
    standing = standing_facts(world.facts)
    observed = [*_asserted(standing), *_mined(world.mined)]
    values = [
        (fact.subject, fact.relation, fact.object)
        for fact in standing
        if isinstance(fact.object, Value)
    ]
    types = _types(world)
    ids = {
        *(end for subject, _, object, _ in observed for end in (subject, object)),
        *(subject for subject, _, _ in values),
        *types,
        *world.merged,
        *world.merged.values(),
    }
    canonical = {id: world.merged.get(id, id) for id in ids}
    return Graph(
        canonical=canonical,
        statements=_statements(observed, canonical),
        types=_types_of_classes(types, canonical),
        values=[(canonical[subject], relation, value) for subject, relation, value in values],
        type_parents=_parents(world),
    )


def standing_facts(facts: Iterable[Fact]) -> list[Fact]:
    """Of what one data set says of one statement only the newest; no time is the oldest."""
    newest: dict[tuple[str, str, str, str | Value], Fact] = {}
    for fact in facts:
        key = (fact.dataset, fact.subject, fact.relation, fact.object)
        before = newest.get(key)
        if before is None or (before.at or "") < (fact.at or ""):
            newest[key] = fact
    return list(newest.values())


def _asserted(facts: Iterable[Fact]) -> Iterator[Observed]:
    for fact in facts:
        if isinstance(fact.object, str):
            observation = Observation(
                fact.support, fact.plausibility, fact.typicality, frozenset({fact.dataset})
            )
            yield fact.subject, fact.relation, fact.object, observation


def _mined(assertions: Iterable[Mined]) -> Iterator[Observed]:
    about: dict[Behavior, list[Mined]] = defaultdict(list)
    for one in assertions:
        about[one.behavior].append(one)
    for behavior, together in about.items():
        yield from _behavior(behavior, together)
        yield from _reasons(behavior, together)
        yield from _concepts(together)


def _behavior(behavior: Behavior, together: list[Mined]) -> Iterator[Observed]:
    """Its query and products, and where those stand in the shop."""
    count = behavior.count or 1
    if behavior.query is not None:
        yield behavior.id, "HAS_QUERY", query_id(behavior.query), _said(together, count)
    once = _said(together, 1)
    for product in behavior.products:
        yield behavior.id, "HAS_PRODUCT", product, _said(together, count)
        for category in {behavior.category, *behavior.browse_path[-1:]}:
            yield product, "HAS_CATEGORY", f"category:{category}", once
        if behavior.product_type:
            yield product, "HAS_PRODUCT_TYPE", f"product_type:{behavior.product_type}", once
    for above, below in pairwise(behavior.browse_path):
        yield f"category:{below}", "BROADER", f"category:{above}", once


def _reasons(behavior: Behavior, together: list[Mined]) -> Iterator[Observed]:
    """Its statements, each once however many assert it, and the same of its query and products."""
    same: dict[tuple[str, str], list[Mined]] = defaultdict(list)
    for one in together:
        same[one.relation, intent_id(one.tail_type, one.tail)].append(one)
    for (relation, intent), asserting in same.items():
        plausibility = _mean([(one.plausibility, 1) for one in asserting])
        typicality = _mean([(one.typicality, 1) for one in asserting])
        observation = _said(asserting, behavior.count or 1, plausibility, typicality)
        yield behavior.id, relation, intent, observation
        if behavior.query is not None:
            yield query_id(behavior.query), relation, intent, observation
        for product in behavior.products:
            yield product, relation, intent, observation


def _concepts(together: list[Mined]) -> Iterator[Observed]:
    same: dict[tuple[str, str], list[Mined]] = defaultdict(list)
    for one in together:
        if one.concept is not None and one.concept != one.tail:
            ends = intent_id(one.tail_type, one.tail), intent_id(one.tail_type, one.concept)
            same[ends].append(one)
    for (intent, above), asserting in same.items():
        yield intent, "BROADER", above, _said(asserting, 1)


def _said(
    together: list[Mined],
    support: int,
    plausibility: Fraction | None = None,
    typicality: Fraction | None = None,
) -> Observation:
    return Observation(
        support,
        plausibility,
        typicality,
        frozenset(one.dataset for one in together),
        frozenset(one.domain for one in together),
        frozenset(one.marketplace for one in together),
    )


def query_id(query: str) -> str:
    return f"query:en:{query}"


def intent_id(tail_type: str, tail: str) -> str:
    return f"intent:{tail_type}:en:{tail}"


def _statements(observed: list[Observed], canonical: dict[str, str]) -> list[Statement]:
    """One for each subject, relation and object, ends read as canonical, observations united."""
    behind: dict[tuple[str, str, str], list[Observation]] = defaultdict(list)
    for subject, relation, object, observation in observed:
        behind[canonical[subject], relation, canonical[object]].append(observation)
    return [
        Statement(
            subject,
            relation,
            object,
            plausibility=_score([(one.plausibility, one.support) for one in said]),
            typicality=_score([(one.typicality, one.support) for one in said]),
            support=sum(one.support for one in said),
            sources=frozenset().union(*[one.sources for one in said]),
            domains=frozenset().union(*[one.domains for one in said]),
            marketplaces=frozenset().union(*[one.marketplaces for one in said]),
        )
        for (subject, relation, object), said in behind.items()
    ]


def _score(weighted: list[tuple[Fraction | None, int]]) -> float | None:
    mean = _mean(weighted)
    return None if mean is None else float(mean)


def _mean(weighted: list[tuple[Fraction | None, int]]) -> Fraction | None:
    """Over those that have the score, rounded half to even at 6 decimals."""
    known = [(score, weight) for score, weight in weighted if score is not None]
    if not known:
        return None
    mean = sum(score * weight for score, weight in known) / sum(weight for _, weight in known)
    return Fraction(round(mean * MILLION), MILLION)  # round() of a Fraction is half to even


def _types(world: World) -> dict[str, set[str]]:
    types: dict[str, set[str]] = defaultdict(set)
    for id, own in world.types.items():
        types[id] |= own
    for one in world.mined:
        behavior = one.behavior
        types[behavior.id].add("CoPurchase" if behavior.query is None else "QueryPurchase")
        if behavior.query is not None:
            types[query_id(behavior.query)].add("Query")
        for product in behavior.products:
            types[product].add("Product")
        for category in {behavior.category, *behavior.browse_path}:
            types[f"category:{category}"].add("Category")
        if behavior.product_type:
            types[f"product_type:{behavior.product_type}"].add("ProductType")
        for tail in {one.tail, one.concept or one.tail}:
            types[intent_id(one.tail_type, tail)].add(INTENT_TYPES[one.tail_type])
    return types


def _types_of_classes(
    types: dict[str, set[str]], canonical: dict[str, str]
) -> dict[str, frozenset[str]]:
    """Direct types: a built-in one that another of the entity's implies is none."""
    united: dict[str, set[str]] = defaultdict(set)
    for id, own in types.items():
        united[canonical[id]] |= own
    return {
        id: frozenset(own - {BUILT_IN_PARENTS[one] for one in own if one in BUILT_IN_PARENTS})
        for id, own in united.items()
    }


def _parents(world: World) -> dict[str, frozenset[str]]:
    built_in = {child: frozenset({parent}) for child, parent in BUILT_IN_PARENTS.items()}
    return {**built_in, **world.type_parents}
