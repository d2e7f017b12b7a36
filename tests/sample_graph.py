"""The sample's graph in plain Python: an independent reading of the files, for expectations.

It follows the contract alone and shares no code with the loaders or the evaluators; only the
built-in vocabulary is the project's own.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from importlib.resources import files
from itertools import pairwise
from typing import Any, NamedTuple

from graph_schema.entity_types import BUILT_IN_TYPES, INTENT_TYPE_OF_TAIL
from graph_schema.relations import BUILT_IN_RELATIONS

_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:\^\^xsd:(\w+)|@([a-z-]+))?')
_MILLION = 1_000_000


class Literal(NamedTuple):
    text: str
    datatype: str | None = None
    language: str | None = None
    unit: str | None = None


class Scores(NamedTuple):
    plausibility: float | None = None
    typicality: float | None = None
    support: int = 1


def lines(name: str) -> list[str]:
    return (files("sample") / name).read_text("utf-8").splitlines()


def records(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(name)]


def triples() -> Iterator[tuple[str, str, str | Literal]]:
    """Each row of triples.tsv, its object an entity id or a literal."""
    header, *rows = [line.split("\t") for line in lines("triples.tsv")]
    assert header == ["head", "relation", "tail", "value", "unit"]
    for head, relation, tail, value, unit in rows:
        assert bool(tail) != bool(value), (head, relation)
        if value:
            yield head, relation, Literal(value, unit=unit)
        elif tail.startswith('"'):
            match = _LITERAL.fullmatch(tail)
            assert match, tail
            yield head, relation, Literal(*match.groups())
        else:
            yield head, relation, tail


def live_assertions() -> list[dict[str, Any]]:
    """The newest record of each assertion; nothing where that is a retraction."""
    newest: dict[str, dict[str, Any]] = {}
    for record in sorted(records("assertions.jsonl"), key=_age):
        newest[record["assertion_id"]] = record
    return [record for record in newest.values() if record["record_type"] == "assertion"]


def _age(record: dict[str, Any]) -> tuple[str, bool]:
    return record["generated_at"], record["record_type"] == "retraction"


def above(id: str, parents: dict[str, set[str]]) -> set[str]:
    """An id and everything above it."""
    return {id}.union(*[above(parent, parents) for parent in parents.get(id, ())])


class SampleGraph:
    """Everything after roll-up.

    `statements` by subject, relation and object; `literals` by subject and relation; `names` in
    lower case and direct `types` by entity; `inferred` holds the keys of rolled-up statements.
    """

    def __init__(self) -> None:
        self.statements: dict[tuple[str, str, str], Scores] = {}
        self.literals: dict[tuple[str, str], list[Literal]] = defaultdict(list)
        self.names: dict[str, set[str]] = defaultdict(set)
        self.types: dict[str, set[str]] = defaultdict(set)
        self.type_parents = {kind.id: set(kind.parents) for kind in BUILT_IN_TYPES}
        self.relation_parents = {kind.id: set(kind.parents) for kind in BUILT_IN_RELATIONS}
        for kind in records("types.jsonl"):
            self.type_parents[kind["id"]] = set(kind.get("parents", ()))
        for kind in records("relations.jsonl"):
            self.relation_parents[kind["id"]] = set(kind.get("parents", ()))
        self._add_facts()
        self._add_assertions()

    def _add_facts(self) -> None:
        for entity in records("entities.jsonl"):
            self.types[entity["id"]].update(entity["types"])
            self._name(entity["id"], entity["label"], *entity.get("aliases", ()))
        for head, relation, tail in triples():
            if isinstance(tail, Literal):
                self.literals[head, relation].append(tail)
            else:
                self.statements[head, relation, tail] = Scores()

    def _add_assertions(self) -> None:
        rolled_up: dict[tuple[str, str, str], list[Scores]] = defaultdict(list)
        for record in live_assertions():
            behavior = record["behavior"]
            count = behavior.get("stats", {}).get("count", 1)
            scores = record["scores"]
            said = Scores(scores["plausibility"], scores["typicality"], count)
            intent = self._add_intent(record)
            self.statements[behavior["behavior_id"], record["relation"], intent] = said
            for part in self._add_behavior(record, count):
                rolled_up[part, record["relation"], intent].append(said)
        self.statements |= {key: _mean(all_said) for key, all_said in rolled_up.items()}

    def _add_intent(self, record: dict[str, Any]) -> str:
        tail, language = record["tail"], record["lang"]
        intent = f"intent:{tail['type']}:{language}:{tail['norm']}"
        self.types[intent].add(INTENT_TYPE_OF_TAIL[tail["type"]])
        self._name(intent, tail["norm"], tail["text"])
        if "concept" in tail:
            broader = f"intent:{tail['type']}:{language}:{tail['concept']}"
            self.types[broader].add(INTENT_TYPE_OF_TAIL[tail["type"]])
            self._name(broader, tail["concept"])
            self.statements[intent, "BROADER", broader] = Scores()
        return intent

    def _add_behavior(self, record: dict[str, Any], count: int) -> list[str]:
        """The query and the products of a behavior."""
        behavior = record["behavior"]
        id, kind = behavior["behavior_id"], behavior["type"]
        self.types[id].add({"query_purchase": "QueryPurchase", "co_purchase": "CoPurchase"}[kind])
        parts = []
        if "query" in behavior:
            query = f"query:{record['lang']}:{behavior['query']['norm']}"
            self.types[query].add("Query")
            self._name(query, behavior["query"]["norm"])
            self.statements[id, "HAS_QUERY", query] = Scores(support=count)
            parts.append(query)
        for product in behavior["products"]:
            self._add_product(product)
            self.statements[id, "HAS_PRODUCT", product["product_id"]] = Scores(support=count)
            parts.append(product["product_id"])
        return parts

    def _add_product(self, product: dict[str, Any]) -> None:
        category, kind = (
            f"category:{product['category']}",
            f"product_type:{product['product_type']}",
        )
        path = [f"category:{name}" for name in product["browse_path"]]
        self.types[category].add("Category")
        self.types[kind].add("ProductType")
        self.statements[product["product_id"], "HAS_CATEGORY", category] = Scores()
        self.statements[product["product_id"], "HAS_PRODUCT_TYPE", kind] = Scores()
        for upper, lower in pairwise(path):
            self.types[upper].add("Category")
            self.statements[lower, "BROADER", upper] = Scores()

    def _name(self, id: str, *names: str) -> None:
        self.names[id].update([name.casefold() for name in names])

    def is_a(self, id: str, type: str) -> bool:
        """Whether an entity has the type or one below it."""
        return any(type in above(direct, self.type_parents) for direct in self.types[id])

    def named(self, name: str, type: str = "") -> set[str]:
        """The entities with exactly this name, in any case."""
        found = [id for id, names in self.names.items() if name.casefold() in names]
        return {id for id in found if not type or self.is_a(id, type)}

    def keep(self, ids: Iterable[str], type: str) -> set[str]:
        """Those of a type."""
        return {id for id in ids if self.is_a(id, type)}

    def walk(self, ids: Iterable[str], path: str) -> Counter[str]:
        """How many walks along a path such as `^DIRECTOR/CAST_MEMBER` lead where.

        `*` stands for any relation.
        """
        reached = Counter(ids)
        for step in path.split("/"):
            reached = self.step(reached, step)
        return reached

    def step(self, ids: Iterable[str], step: str, min_typicality: float = -1) -> Counter[str]:
        """The walks of one step; a minimum is met by a score alone."""
        before = Counter(ids)
        back, relation = step.startswith("^"), step.lstrip("^")
        reached: Counter[str] = Counter()
        for (subject, stated, object), scores in self.statements.items():
            start, end = (object, subject) if back else (subject, object)
            if start not in before:
                continue
            if relation != "*" and relation not in above(stated, self.relation_parents):
                continue
            if min_typicality >= 0 and (scores.typicality or -1) < min_typicality:
                continue
            reached[end] += before[start]
        return reached

    def closure(self, ids: Iterable[str], step: str) -> set[str]:
        """What one step or more reaches."""
        reached: set[str] = set()
        edge = set(ids)
        while edge:
            edge = set(self.step(edge, step)) - reached
            reached |= edge
        return reached

    def literal(self, id: str, relation: str) -> str:
        """The only value that an entity has."""
        (literal,) = self.literals[id, relation]
        return literal.text


def _mean(said: list[Scores]) -> Scores:
    plausibility = _weighted([(one.plausibility, one.support) for one in said])
    typicality = _weighted([(one.typicality, one.support) for one in said])
    return Scores(plausibility, typicality, sum(one.support for one in said))


def _weighted(scores: list[tuple[float | None, int]]) -> float | None:
    known = [(round(score * _MILLION), count) for score, count in scores if score is not None]
    if not known:
        return None
    total = sum(score * count for score, count in known)
    weight = sum(count for _, count in known)
    whole, rest = divmod(total, weight)
    up = 2 * rest > weight or (2 * rest == weight and whole % 2 == 1)
    return (whole + up) / _MILLION
