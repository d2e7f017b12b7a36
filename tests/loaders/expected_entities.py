"""What an entity is, from everything that is said of it: records.md and graph.md, Labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from plain_graph import Entity, Given, Record, Vocabulary
from record_age import in_utc, instant, natural, statement_key

from graph_schema.entity_types import BUILT_IN_TYPES, INTENT_TYPE_OF_TAIL

_PARENTS = {kind.id: kind.parents for kind in BUILT_IN_TYPES}
_TITLE = 60


def norm_of(text: str) -> str:
    """Enough of the rule for the texts of these tests."""
    return " ".join(text.casefold().strip().strip('"').split())


def query_id(record: Record) -> str:
    return f"query:{record['lang']}:{norm_of(record['behavior']['query']['norm'])}"


def intent_id(record: Record, norm: str) -> str:
    return f"intent:{record['tail']['type']}:{record['lang']}:{norm_of(norm)}"


@dataclass(frozen=True)
class Fact:
    """What a statement says of its subject itself."""

    dataset: str
    id: str
    means: str
    text: str
    language: str | None


def facts(triples: Iterable[Given], vocabulary: Vocabulary) -> list[Fact]:
    found = []
    for one in triples:
        subject, relation, object = statement_key(one.record)
        if meaning := vocabulary.means.get(relation):
            text, language = (
                (object, None) if isinstance(object, str) else (object.text, object.language)
            )
            found.append(Fact(one.dataset, subject, meaning, text, language))
    return found


class Sayings:
    """Everything that is said of entities themselves."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        records: Sequence[Given],
        facts: Sequence[Fact],
        behaviors: Iterable[Sequence[Given]],
    ):
        self.vocabulary = vocabulary
        self.records: dict[str, list[Given]] = defaultdict(list)
        self.facts: dict[str, list[Fact]] = defaultdict(list)
        self.types: dict[str, set[str]] = defaultdict(set)
        self.names: dict[str, str] = {}
        self.aliases: dict[str, set[str]] = defaultdict(set)
        self.titles: dict[str, list[tuple[Any, str]]] = defaultdict(list)
        self.specificities: dict[str, list[tuple[Any, float]]] = defaultdict(list)
        self.properties: dict[str, dict[str, Any]] = defaultdict(dict)
        self.languages: dict[str, str] = {}
        for one in records:
            self.records[one.record["id"]].append(one)
            self.types[one.record["id"]].update(one.record.get("types") or ())
        for fact in facts:
            self.facts[fact.id].append(fact)
            if fact.means == "type":
                self.types[fact.id].add(fact.text)
        for together in behaviors:
            self.add_behavior(together[-1].record)
            for one in together:
                self.add_tail(one.record)

    def add_behavior(self, record: Record) -> None:
        behavior = record["behavior"]
        id, stats = behavior["behavior_id"], behavior.get("stats") or {}
        titles = [product["title"] for product in behavior["products"]]
        cut = [one if len(one) <= _TITLE else one[: _TITLE - 1].rstrip() + "…" for one in titles]
        at = instant(record["generated_at"]), natural(record["generator"]["version"])
        names = ("count", "purchase_rate", "click_rate", "window_start", "window_end")
        self.properties[id] |= {name: stats[name] for name in names if stats.get(name) is not None}
        if query := behavior.get("query"):
            self.types[id].add("QueryPurchase")
            self.names[id] = f"{norm_of(query['norm'])} → {cut[0]}"
            self.add_query(record, at)
        else:
            self.types[id].add("CoPurchase")
            self.names[id] = " + ".join(cut)
        for product in behavior["products"]:
            self.types[product["product_id"]].add("Product")
            self.titles[product["product_id"]].append((at, product["title"]))
            for name in {product["category"], *(product.get("browse_path") or ())}:
                self.types[f"category:{name}"].add("Category")
                self.names[f"category:{name}"] = name
            if kind := product.get("product_type"):
                self.types[f"product_type:{kind}"].add("ProductType")
                self.names[f"product_type:{kind}"] = kind

    def add_query(self, record: Record, at: Any) -> None:
        id, query = query_id(record), record["behavior"]["query"]
        self.types[id].add("Query")
        self.names[id] = self.properties[id]["norm"] = norm_of(query["norm"])
        self.languages[id] = record["lang"]
        self.aliases[id].add(query["text"])
        if query.get("specificity") is not None:
            self.specificities[id].append((at, query["specificity"]))

    def add_tail(self, record: Record) -> None:
        tail = record["tail"]
        for norm, text in (
            (tail["norm"], tail["text"]),
            (tail.get("concept"), tail.get("concept")),
        ):
            if norm is None or text is None:
                continue
            id = intent_id(record, norm)
            self.types[id].add(INTENT_TYPE_OF_TAIL[tail["type"]])
            self.names[id] = self.properties[id]["norm"] = norm_of(norm)
            self.properties[id]["tail_type"] = tail["type"]
            self.languages[id] = record["lang"]
            self.aliases[id].add(text)

    def ids(self) -> set[str]:
        return {*self.records, *self.facts, *self.names, *self.titles}

    def entity(self, id: str) -> Entity:
        ranked = sorted(
            {one.dataset for one in self.records[id]} | {one.dataset for one in self.facts[id]},
            key=self.rank,
        )
        records = {one.dataset: one.record for one in self.records[id]}
        labels = [self.text(id, dataset, "label") for dataset in ranked]
        mined = max(self.titles[id])[1] if self.titles[id] else self.names.get(id)
        label = next((one for one in [*labels, mined] if one), id)
        names = set(self.aliases[id])
        for one in self.records[id]:
            names |= {one.record.get("label") or "", *(one.record.get("aliases") or ())}
        names |= {fact.text for fact in self.facts[id] if fact.means in ("label", "alias")}
        properties = dict(self.properties[id])
        if self.specificities[id]:
            properties["specificity"] = max(self.specificities[id], key=newest_specificity)[1]
        own = [records[dataset].get("language") for dataset in ranked if dataset in records]
        times = [one.record["modified"] for one in self.records[id] if one.record.get("modified")]
        described = [self.text(id, dataset, "description") for dataset in ranked]
        return Entity(
            label=label,
            aliases=tuple(sorted(names - {label, ""})),
            description=next((one for one in described if one), None),
            language=next((one for one in own if one), self.languages.get(id)),
            modified=in_utc(max(times, key=instant)) if times else None,
            datasets=tuple(sorted(ranked)),
            types=frozenset(
                type for direct in self.types[id] for type in (direct, *_PARENTS.get(direct, ()))
            ),
            properties=tuple(sorted(properties.items())),
        )

    def rank(self, dataset: str) -> tuple[int, str]:
        priority = list(self.vocabulary.priority)
        return priority.index(dataset) if dataset in priority else len(priority), dataset

    def text(self, id: str, dataset: str, what: str) -> str | None:
        """The label or description that a data set gives."""
        for one in self.records[id]:
            if one.dataset == dataset and one.record.get(what):
                return str(one.record[what])
        said = [fact for fact in self.facts[id] if (fact.dataset, fact.means) == (dataset, what)]
        chosen = min(said, key=self.preference, default=None)
        return chosen.text if chosen else None

    def preference(self, fact: Fact) -> tuple[int, str, str]:
        spoken = (fact.language or "").lower()
        wanted = self.vocabulary.language
        place = 0 if spoken == wanted or spoken.startswith(wanted + "-") else 1 if not spoken else 2
        return place, spoken, fact.text


def newest_specificity(one: tuple[Any, float]) -> tuple[Any, str]:
    """At a tie the greater as it is written."""
    return one[0], repr(float(one[1]))
