"""A few thousand records that meet often enough: seeded, so every process makes the same ones."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from mining_record import RETRACTION, assertion, changed
from plain_graph import Given

_DAYS = [f"2024-01-{day:02}T00:00:00Z" for day in range(1, 29)]
_REASONS = (("USED_FOR_AUD", "audience"), ("CAPABLE_OF", "function"), ("USED_FOR_EVE", "event"))


def many_records(dataset: str, *, size: int, seed: int) -> list[Given]:
    """Thirds of entity records, triples and assertions, in blocks; some retract, some are late."""
    random = Random(seed)
    entities = [Given("entities", dataset, one) for one in _entities(random, dataset, size // 3)]
    triples = [Given("triples", dataset, one) for one in _triples(random, size // 3)]
    mined = [Given("assertions", dataset, one) for one in _mined(random, dataset, size // 3)]
    return [*entities, *triples, *mined]


def _entities(random: Random, dataset: str, size: int) -> Iterator[dict[str, Any]]:
    for _ in range(size):
        number = random.randrange(300)
        yield {
            "id": random.choice((f"e{number}", f"p{number % 40}")),
            "label": f"{dataset} calls it {number % 7}",
            "aliases": [f"alias {random.randrange(9)}"],
            "types": random.sample(("Film", "Person", "Place"), k=random.randrange(3)),
            "modified": random.choice(_DAYS),
            "deleted": random.random() < 0.1,
        }


def _triples(random: Random, size: int) -> Iterator[dict[str, Any]]:
    for _ in range(size):
        relation = random.choice(
            ("knows", "kind", "named", "BROADER", f"new {random.randrange(4)}")
        )
        record: dict[str, Any] = {
            "head": f"e{random.randrange(300)}",
            "relation": relation,
            "plausibility": random.randrange(11) / 10,
            "retrieved_at": random.choice(_DAYS),
            "deleted": random.random() < 0.15,
        }
        if random.random() < 0.2 or relation == "named":
            yield {**record, "value": str(random.randrange(5)), "value_type": "text"}
        else:
            yield {**record, "tail": f"e{random.randrange(300)}"}


def _mined(random: Random, dataset: str, size: int) -> Iterator[dict[str, Any]]:
    for _ in range(size):
        id = f"{dataset} {random.randrange(size // 2 + 1)}"
        if random.random() < 0.15:
            at = random.choice(_DAYS)
            yield changed(RETRACTION, assertion_id=id, generated_at=at)
            continue
        behavior = random.randrange(120)
        relation, tail_type = random.choice(_REASONS)
        text = f"reason {random.randrange(30)}"
        yield assertion(
            assertion_id=id,
            behavior__behavior_id=f"b{behavior}",
            behavior__query={"text": f"Query {behavior % 25}", "norm": f"query {behavior % 25}"},
            behavior__products__0__product_id=f"p{behavior % 40}",
            behavior__products__0__title=f"title {random.randrange(6)}",
            behavior__stats={"count": random.randrange(1, 9)},
            relation=relation,
            tail={"text": text.title(), "norm": text, "type": tail_type},
            scores={"plausibility": random.randrange(11) / 10, "typicality": None},
            generated_at=random.choice(_DAYS),
        )
