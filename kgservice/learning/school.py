"""Learning as it is run: outcomes and aliases out of the graph, aliases into it again."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache

from kgservice.graph.client import Graph, Transaction
from kgservice.graph.cypher import learning
from kgservice.graph.learned import alias_id
from kgservice.learning.failures import Failure, failures
from kgservice.learning.publishing import Alias, Evidence, learn
from kgservice.learning.visits import Outcome, Visit, alike, visits_of
from kgservice.model import Mention
from kgservice.resolution.resolver import Resolver
from kgservice.resolution.text import normalise

#: The newest visits whose failures are classed: a mention costs 3 ms.
_CLASSED = 1_000


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learned: aliases now in use, those new and retired since the last time."""

    outcomes: int
    visits: int
    published: Sequence[Alias]
    retired: Sequence[Alias]
    in_use: int
    failures: Counter[Failure] = field(default_factory=Counter)


def study(graph: Graph, resolver: Resolver | None, now: float | None = None) -> Lesson:
    """Learn from all outcomes, and store what was learned; services use it within a second.

    Without a resolver texts are related by their letters alone, and no failure is classed.
    """
    at = time.time() if now is None else now
    outcomes = [Outcome(*row) for row in graph.rows(learning.READ_OUTCOMES)]
    before = [_alias(row) for row in graph.rows(learning.READ_ALIASES)]
    evidence = _evidence(outcomes, before, resolver)
    learned = learn(evidence, at)
    standing = {one.place: one for one in before if not one.taught}
    if learned or standing:
        rows = [{"id": _id(one), **asdict(one)} for one in learned]
        graph.write(_storing(rows), name="learn")
    visits = list(visits_of(outcomes, evidence.related))
    return Lesson(
        outcomes=len(outcomes),
        visits=len(visits),
        published=[one for one in learned if one.place not in standing and not one.retired],
        retired=[one for one in learned if one.retired and not _was_retired(one, standing)],
        in_use=sum(not one.retired for one in learned),
        failures=Counter() if resolver is None else _classed(visits, resolver),
    )


def forget(graph: Graph, user: str) -> tuple[int, int]:
    """Delete all that a user did and taught; returns how many outcomes and aliases went."""

    def work(transaction: Transaction) -> tuple[int, int]:
        outcomes, aliases = transaction.value(learning.FORGET_USER, {"user": user})
        return outcomes, aliases

    return graph.write(work, name="forget")


def _evidence(
    outcomes: Sequence[Outcome], aliases: Sequence[Alias], resolver: Resolver | None
) -> Evidence:
    evidence = Evidence(outcomes, aliases)
    if resolver is None:
        return evidence

    @cache
    def candidates(text: str) -> frozenset[str]:
        [resolution] = resolver.resolve([Mention(text)])
        return frozenset(candidate.id for candidate in resolution.candidates)

    @cache
    def named(text: str, entity: str) -> bool:
        [resolution] = resolver.resolve([Mention(text, limit=100, min_confidence=0.0)])
        found = (dict(one.features) for one in resolution.candidates if one.id == entity)
        return any(features["exact"] == 1.0 for features in found)

    return replace(
        evidence,
        related=lambda one, other: (
            alike(one, other) or not candidates(one).isdisjoint(candidates(other))
        ),
        named=named,
    )


def _classed(visits: Sequence[Visit], resolver: Resolver) -> Counter[Failure]:
    newest = sorted(visits, key=lambda visit: visit.last)[-_CLASSED:]
    return failures(newest, lambda mention: resolver.resolve([mention])[0])


def _storing(rows: list[dict[str, object]]) -> Callable[[Transaction], None]:
    return lambda transaction: transaction.run(learning.STORE_LEARNED, {"rows": rows})


def _was_retired(alias: Alias, before: dict[tuple[str, str, str | None], Alias]) -> bool:
    known = before.get(alias.place)
    return known is not None and known.retired


def _id(alias: Alias) -> str:
    return alias_id(normalise(alias.text), alias.entity, alias.user, taught=False)


def _alias(row: Sequence[object]) -> Alias:
    text, entity, weight, user, taught, *rest = row
    support, persons, wins, losses, first, last, retired = rest
    counts = (support or 0, persons or 0, wins or 0, losses or 0)
    return Alias(text, entity, weight, user, taught, *counts, first, last, retired)  # type: ignore[arg-type]
