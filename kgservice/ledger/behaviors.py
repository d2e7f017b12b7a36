"""What follows from the assertions about one behavior.

A behavior counts once, however many records speak of it: its newest live assertion decides what it
is (count, query, products), all live ones together what is asserted of it. From that follow the
behavior's own statements, their roll-ups to its query and products, the categories of its products,
the hierarchy of intents, and the names of everything in it. Rules: contract, semantics.md
(Behavior) and graph.md (Built-in vocabulary).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from graph_schema.entity_types import (
    CATEGORY,
    CO_PURCHASE,
    INTENT_TYPE_OF_TAIL,
    PRODUCT,
    PRODUCT_TYPE,
    QUERY,
    QUERY_PURCHASE,
)
from graph_schema.ids import category_id, intent_id, normalise, product_type_id
from graph_schema.relations import (
    BROADER,
    HAS_CATEGORY,
    HAS_PRODUCT,
    HAS_PRODUCT_TYPE,
    HAS_QUERY,
)
from kgservice.ledger.mined import Described, Register
from kgservice.ledger.records import Behavior, BehaviorProduct, MinedAssertion
from kgservice.ledger.scores import mean
from kgservice.ledger.statements import Parts, between
from kgservice.ledger.tally import Level, Observation

#: Titles longer than this are cut in the label of a behavior.
_TITLE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Standing:
    """A mined assertion that stands, with the data set that makes it."""

    dataset: str
    assertion: MinedAssertion


@dataclass(frozen=True, slots=True)
class Contributions:
    """All that follows from one behavior: observations of statements, and what entities are."""

    observations: dict[Parts, Observation] = field(default_factory=dict)
    described: tuple[Described, ...] = ()


NOTHING = Contributions()


def contributions(standing: Collection[Standing]) -> Contributions:
    """What follows from the live assertions about one behavior, from all data sets together."""
    if not standing:
        return NOTHING
    deciding = max(standing, key=lambda one: (one.assertion.order, one.dataset)).assertion
    behavior = deciding.behavior
    tags = _Tags.of(standing)
    observations: dict[Parts, Observation] = {}
    observations.update(_of_behavior(behavior, tags))
    observations.update(_of_assertions(behavior, standing))
    observations.update(_of_products(behavior, tags))
    observations.update(_of_concepts(standing))
    described = (*_described_by(deciding), *_described_tails(standing))
    return Contributions(observations, described)


def behavior_label(behavior: Behavior) -> str:
    """What an analyst reads on the behavior's node."""
    titles = [
        title if len(title) <= _TITLE_LENGTH else title[: _TITLE_LENGTH - 1].rstrip() + "…"
        for title in (product.title for product in behavior.products)
    ]
    if behavior.query is None:
        return " + ".join(titles)
    return f"{behavior.query.norm} → {titles[0]}"


@dataclass(frozen=True, slots=True)
class _Tags:
    """Who says it, in which department and marketplace."""

    sources: frozenset[str]
    domains: frozenset[str]
    marketplaces: frozenset[str]

    @classmethod
    def of(cls, standing: Iterable[Standing]) -> _Tags:
        """The tags of these assertions together."""
        contents = [(one.dataset, one.assertion.content) for one in standing]
        return cls(
            frozenset(dataset for dataset, _ in contents),
            frozenset(content["domain"] for _, content in contents),
            frozenset(content["marketplace"] for _, content in contents),
        )

    def observation(
        self,
        support: int,
        scores: tuple[int | None, int | None] = (None, None),
        level: Level = Level.ASSERTED,
    ) -> Observation:
        """An observation with these tags."""
        return Observation(
            support, scores[0], scores[1], level, self.sources, self.domains, self.marketplaces
        )


def _of_behavior(behavior: Behavior, tags: _Tags) -> Iterator[tuple[Parts, Observation]]:
    if behavior.query_id is not None:
        yield between(behavior.id, HAS_QUERY, behavior.query_id), tags.observation(behavior.weight)
    for product in behavior.products:
        yield between(behavior.id, HAS_PRODUCT, product.id), tags.observation(behavior.weight)


def _of_assertions(
    behavior: Behavior, standing: Iterable[Standing]
) -> Iterator[tuple[Parts, Observation]]:
    asserting: dict[tuple[str, str], list[Standing]] = {}
    for one in standing:
        key = one.assertion.relation, one.assertion.intent_id
        asserting.setdefault(key, []).append(one)
    for (relation, intent), together in asserting.items():
        tags = _Tags.of(together)
        scores = (
            _mean(one.assertion.plausibility for one in together),
            _mean(one.assertion.typicality for one in together),
        )
        own = between(behavior.id, relation, intent)
        yield own, tags.observation(behavior.weight, scores, Level.BEHAVIOR)
        for head in behavior.heads:
            rolled_up = tags.observation(behavior.weight, scores, Level.ROLLED_UP)
            yield between(head, relation, intent), rolled_up


def _mean(scores: Iterable[int | None]) -> int | None:
    known = [score for score in scores if score is not None]
    return mean(sum(known), len(known))


def _of_products(behavior: Behavior, tags: _Tags) -> Iterator[tuple[Parts, Observation]]:
    once = tags.observation(1)
    for product in behavior.products:
        for category in _categories(product):
            yield between(product.id, HAS_CATEGORY, category_id(category)), once
        if product.product_type:
            kind = product_type_id(product.product_type)
            yield between(product.id, HAS_PRODUCT_TYPE, kind), once
        for above, below in zip(product.browse_path, product.browse_path[1:], strict=False):
            if above != below:
                yield between(category_id(below), BROADER, category_id(above)), once


def _categories(product: BehaviorProduct) -> Iterator[str]:
    if product.category:
        yield product.category
    if product.browse_path and product.browse_path[-1] != product.category:
        yield product.browse_path[-1]


def _of_concepts(standing: Iterable[Standing]) -> Iterator[tuple[Parts, Observation]]:
    stating: dict[Parts, list[Standing]] = {}
    for one in standing:
        above = _concept_id(one.assertion)
        if above is not None:
            stating.setdefault(between(one.assertion.intent_id, BROADER, above), []).append(one)
    for parts, together in stating.items():
        yield parts, _Tags.of(together).observation(1)


def _concept_id(assertion: MinedAssertion) -> str | None:
    """The more general intent; of the tail's own type, since it is the same kind of reason."""
    if assertion.tail.concept is None:
        return None
    concept = intent_id(assertion.tail.type, assertion.language, normalise(assertion.tail.concept))
    return None if concept == assertion.intent_id else concept


def _described_by(deciding: MinedAssertion) -> Iterator[Described]:
    behavior = deciding.behavior
    kind = CO_PURCHASE if behavior.query is None else QUERY_PURCHASE
    yield Described(
        behavior.id,
        (kind,),
        behavior_label(behavior),
        properties={
            "count": behavior.count,
            "purchase_rate": behavior.purchase_rate,
            "click_rate": behavior.click_rate,
            "window_start": behavior.window_start,
            "window_end": behavior.window_end,
        },
    )
    at = (deciding.generated_at, deciding.generator_version or "")
    if behavior.query is not None and behavior.query_id is not None:
        query = behavior.query
        specificity = "" if query.specificity is None else repr(query.specificity)
        yield Described(
            behavior.query_id,
            (QUERY,),
            query.norm,
            properties={"norm": query.norm, "language": behavior.language},
            registers=(
                Register("alias", query.text),
                *((Register("specificity", specificity, *at),) if specificity else ()),
            ),
        )
    for product in behavior.products:
        yield Described(product.id, (PRODUCT,), registers=(Register("title", product.title, *at),))
        for category in {*_categories(product), *product.browse_path}:
            yield Described(category_id(category), (CATEGORY,), category)
        if product.product_type:
            kind_id = product_type_id(product.product_type)
            yield Described(kind_id, (PRODUCT_TYPE,), product.product_type)


def _described_tails(standing: Iterable[Standing]) -> Iterator[Described]:
    for one in standing:
        assertion, tail = one.assertion, one.assertion.tail
        yield _intent(assertion, tail.norm, Register("alias", tail.text))
        if tail.concept is not None:
            concept = normalise(tail.concept)
            yield _intent(assertion, concept, Register("alias", tail.concept))


def _intent(assertion: MinedAssertion, norm: str, name: Register) -> Described:
    tail_type, language = assertion.tail.type, assertion.language
    return Described(
        intent_id(tail_type, language, norm),
        (INTENT_TYPE_OF_TAIL[tail_type],),
        norm,
        properties={"norm": norm, "language": language, "tail_type": tail_type},
        registers=(name,),
    )
