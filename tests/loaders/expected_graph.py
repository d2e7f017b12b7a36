"""The graph that follows from a list of records, worked out a second time, as plainly as it goes.

Written from the contract (records.md, graph.md, semantics.md) and not from the ledger: the newest
record of each key is found by sorting, everything else is summed up anew from those that stand, and
scores are fractions. Order, batches and what was there before do not occur in it. Only the ids of
relations and types that are built in are the project's own.

Where the contract leaves a choice, the one taken here:

- A retraction without a version is newer than every version of its time.
- Within a data set an entity's own record names it before statements do; of those the preferred
  language comes first, then none, then the others by code.
- Names that did not become the label are aliases. `datasets` are those with a record of the
  entity, or with a statement that names it.
- Assertions of one statement of a behavior are one observation: the mean of their scores.
- A behavior is one observation of each category, product type and broader concept that it names.
- A statement with a behavior's observation is of level `behavior`, else with a rolled-up one of
  level `rolled_up`, else `asserted`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from expected_entities import Sayings, facts, intent_id, query_id
from plain_graph import Given, Key, PlainGraph, Record, Score, Statement, Vocabulary
from record_age import (
    age,
    decimal,
    in_utc,
    is_retraction,
    newest,
    relation_of,
    score,
    six_decimals,
    statement_key,
)

#: A statement whose relation means one of these fills its subject and is no relationship.
FILLING = ("label", "alias", "description")


@dataclass(frozen=True)
class Seen:
    """One observation of a statement."""

    support: int
    plausibility: Score
    typicality: Score
    level: str
    sources: frozenset[str]
    domains: frozenset[str] = frozenset()
    marketplaces: frozenset[str] = frozenset()


def expected(given: Iterable[Given], vocabulary: Vocabulary) -> PlainGraph:
    """The graph after all of these records."""
    standing = [one for one in newest(given) if not is_retraction(one)]
    triples = [one for one in standing if one.format == "triples"]
    records = [one for one in standing if one.format == "entities"]
    behaviors = by_behavior(one for one in standing if one.format == "assertions")
    seen: dict[Key, list[Seen]] = defaultdict(list)
    for key, observation in observed_outright(triples, vocabulary):
        seen[key].append(observation)
    for together in behaviors.values():
        for key, observation in observed_in_behavior(together).items():
            seen[key].append(observation)
    graph = PlainGraph(statements={key: summed_up(all_seen) for key, all_seen in seen.items()})
    said = Sayings(vocabulary, records, facts(triples, vocabulary), behaviors.values())
    for id in said.ids() | set(ends(graph.statements)):
        graph.entities[id] = said.entity(id)
    graph.assertions = sorted(
        [triple_assertion(one, vocabulary) for one in triples]
        + [mined_assertion(one) for all_of in behaviors.values() for one in all_of],
        key=repr,
    )
    for _, relation, _ in graph.statements:
        graph.relation_counts[relation] = graph.relation_counts.get(relation, 0) + 1
    for entity in graph.entities.values():
        for type in entity.types:
            graph.type_counts[type] = graph.type_counts.get(type, 0) + 1
    return graph


def observed_outright(
    triples: Iterable[Given], vocabulary: Vocabulary
) -> Iterator[tuple[Key, Seen]]:
    for one in triples:
        key = statement_key(one.record)
        if vocabulary.means.get(key[1]) not in FILLING:
            yield (
                key,
                Seen(
                    int(one.record.get("support") or 1),
                    score(one.record.get("plausibility")),
                    score(one.record.get("typicality")),
                    "asserted",
                    frozenset({one.dataset}),
                ),
            )


def by_behavior(assertions: Iterable[Given]) -> dict[str, list[Given]]:
    """The assertions about each behavior, the one that decides about it last."""
    found: dict[str, list[Given]] = defaultdict(list)
    for one in sorted(assertions, key=lambda one: (age(one), one.dataset)):
        found[one.record["behavior"]["behavior_id"]].append(one)
    return found


def observed_in_behavior(together: Sequence[Given]) -> dict[Key, Seen]:
    """What one behavior and the assertions about it say, each statement once."""
    deciding = together[-1].record
    behavior = deciding["behavior"]
    count = (behavior.get("stats") or {}).get("count") or 1
    heads = [product["product_id"] for product in behavior["products"]]
    seen = {(behavior["behavior_id"], "HAS_PRODUCT", id): observed(together, count) for id in heads}
    if behavior.get("query"):
        query = query_id(deciding)
        seen[behavior["behavior_id"], "HAS_QUERY", query] = observed(together, count)
        heads.append(query)
    for product in behavior["products"]:
        seen |= {key: observed(together, 1) for key in of_product(product)}
    for (relation, intent), asserting in grouped(together, reason).items():
        own = behavior["behavior_id"], relation, intent
        seen[own] = observed(asserting, count, "behavior")
        for head in heads:
            seen[head, relation, intent] = observed(asserting, count, "rolled_up")
    for (below, above), asserting in grouped(together, concept).items():
        if below != above:
            seen[below, "BROADER", above] = observed(asserting, 1)
    return seen


def grouped(
    together: Iterable[Given], key: Callable[[Record], tuple[str, str] | None]
) -> dict[tuple[str, str], list[Given]]:
    found: dict[tuple[str, str], list[Given]] = defaultdict(list)
    for one in together:
        if (named := key(one.record)) is not None:
            found[named].append(one)
    return found


def reason(record: Record) -> tuple[str, str]:
    return relation_of(record), intent_id(record, record["tail"]["norm"])


def concept(record: Record) -> tuple[str, str] | None:
    tail = record["tail"]
    if not tail.get("concept"):
        return None
    return intent_id(record, tail["norm"]), intent_id(record, tail["concept"])


def of_product(product: Record) -> Iterator[Key]:
    id, path = product["product_id"], product.get("browse_path") or []
    for category in {product["category"], *path[-1:]}:
        yield id, "HAS_CATEGORY", f"category:{category}"
    if product.get("product_type"):
        yield id, "HAS_PRODUCT_TYPE", f"product_type:{product['product_type']}"
    for above, below in pairwise(path):
        if above != below:
            yield f"category:{below}", "BROADER", f"category:{above}"


def observed(asserting: Sequence[Given], support: int, level: str = "asserted") -> Seen:
    """One observation by these assertions together; only what they state themselves has scores."""
    plausible = [score(one.record["scores"].get("plausibility")) for one in asserting]
    typical = [score(one.record["scores"].get("typicality")) for one in asserting]
    scored = level != "asserted"
    return Seen(
        support,
        mean([(one, 1) for one in plausible]) if scored else None,
        mean([(one, 1) for one in typical]) if scored else None,
        level,
        frozenset(one.dataset for one in asserting),
        frozenset(one.record["domain"] for one in asserting),
        frozenset(one.record["marketplace"] for one in asserting),
    )


def summed_up(all_seen: Sequence[Seen]) -> Statement:
    levels = {seen.level for seen in all_seen}
    return Statement(
        decimal(mean([(seen.plausibility, seen.support) for seen in all_seen])),
        decimal(mean([(seen.typicality, seen.support) for seen in all_seen])),
        sum(seen.support for seen in all_seen),
        united(seen.sources for seen in all_seen),
        next(level for level in ("behavior", "rolled_up", "asserted") if level in levels),
        united(seen.domains for seen in all_seen),
        united(seen.marketplaces for seen in all_seen),
    )


def mean(weighted: Iterable[tuple[Score, int]]) -> Score:
    known = [(value, weight) for value, weight in weighted if value is not None]
    if not known:
        return None
    total = sum((value * weight for value, weight in known), Fraction())
    return six_decimals(total / sum(weight for _, weight in known))


def united(several: Iterable[frozenset[str]]) -> tuple[str, ...]:
    return tuple(sorted(frozenset[str]().union(*several)))


def ends(statements: Iterable[Key]) -> Iterator[str]:
    for subject, _, object in statements:
        yield subject
        if isinstance(object, str):
            yield object


def triple_assertion(one: Given, vocabulary: Vocabulary) -> tuple[Any, ...]:
    key, record = statement_key(one.record), one.record
    said: tuple[Any, ...] = key
    if vocabulary.means.get(key[1]) in FILLING:
        subject, relation, object = key
        said = (
            (subject, relation, object, None)
            if isinstance(object, str)
            else (subject, relation, object.text, object.language)
        )
    return (
        one.dataset,
        said,
        decimal(score(record.get("plausibility"))),
        decimal(score(record.get("typicality"))),
        int(record.get("support") or 1),
        in_utc(record.get("retrieved_at")),
        record.get("source") or None,
    )


def mined_assertion(one: Given) -> tuple[Any, ...]:
    record = one.record
    tail = intent_id(record, record["tail"]["norm"])
    return (
        one.dataset,
        (record["behavior"]["behavior_id"], relation_of(record), tail),
        decimal(score(record["scores"].get("plausibility"))),
        decimal(score(record["scores"].get("typicality"))),
        record["support"]["n_generations"],
        in_utc(record["generated_at"]),
        record["assertion_id"],
        record["generator"]["model"],
        record["marketplace"],
        record["domain"],
        record["lang"],
        record.get("raw_text"),
        tuple(sorted((record.get("annotation") or {}).items())),
        tuple(sorted((each["name"], each["value"]) for each in record.get("filters") or ())),
    )
