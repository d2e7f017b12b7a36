"""Turns story.txt into assertions.jsonl: the hashes, runs, generators and supports around it.

python -m sample.write_assertions > sample/assertions.jsonl
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator

from graph_schema.relations import COMMONSENSE_RELATIONS
from sample.story import Behavior, Product, Said, Story, hashed, read_story

Record = dict[str, object]

_PHRASES = {relation.id: relation.phrase for relation in COMMONSENSE_RELATIONS}
#: Which question to the language model a relation grew from; the others grew from `usedFor`.
_SEEDS = {"CAPABLE_OF": "capableOf", "IS_A": "isA", "xWant": "cause"}
_SCORER = {"name": "deberta-large", "version": "3", "scored_at": "2024-06-01T02:00:00Z"}
_WINDOW = {"window_start": "2024-05-01T00:00:00Z", "window_end": "2024-05-31T00:00:00Z"}
_RETRACTED_AT = "2024-06-02T00:00:00Z"


def records(story: Story) -> Iterator[Record]:
    """Every record in the order of the story; what was taken back is taken back at the end."""
    behaviors: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for said in story.said:
        behaviors[said.relation, said.tail.type, said.tail.norm].add(said.behavior.id)
    for said in story.said:
        n_behaviors = len(behaviors[said.relation, said.tail.type, said.tail.norm])
        yield _assertion(said, story.broader.get(said.tail.norm), n_behaviors)
    for said in story.said:
        if "retracted" in said.marks:
            yield _retraction(said)


def _assertion(said: Said, concept: str | None, n_behaviors: int) -> Record:
    pilot = "pilot" in said.marks
    tail = {"text": said.tail.text, "norm": said.tail.norm, "type": said.tail.type}
    return {
        "schema_version": "1.0",
        "record_type": "assertion",
        "assertion_id": _id(said),
        "run_id": "2024-05-20-pilot" if pilot else "2024-06-01-daily",
        "marketplace": said.behavior.marketplace,
        "lang": said.behavior.language,
        "behavior": _behavior(said.behavior),
        "domain": said.behavior.products[0].path[0],
        "relation": said.relation,
        "seed_relation": _SEEDS.get(said.relation, "usedFor"),
        "tail": tail | ({"concept": concept} if concept else {}),
        "scores": dict(zip(("plausibility", "typicality"), said.scores, strict=True))
        | {"scorer": _SCORER},
        "generator": _generator(said, pilot=pilot),
        **_judgements(said),
        "support": {"n_generations": 1 if pilot else 3, "n_behaviors": n_behaviors},
        "generated_at": "2024-05-18T00:00:00Z" if pilot else "2024-06-01T01:00:00Z",
    }


def _retraction(said: Said) -> Record:
    return {
        "schema_version": "1.0",
        "record_type": "retraction",
        "assertion_id": _id(said),
        "reason": "generic tail",
        "generated_at": _RETRACTED_AT,
    }


def _id(said: Said) -> str:
    return hashed(said.behavior.id, said.relation, said.tail.norm, said.behavior.marketplace)


def _behavior(behavior: Behavior) -> Record:
    record: Record = {"type": behavior.type, "behavior_id": behavior.id}
    if query := behavior.query:
        record["query"] = {
            "text": query.text,
            "norm": query.text,
            "specificity": query.specificity,
        }
    record["products"] = [_product(product) for product in behavior.products]
    if behavior.count is not None:
        record["stats"] = {"count": behavior.count} | _WINDOW
    return record


def _product(product: Product) -> Record:
    return {
        "product_id": product.id,
        "title": product.title,
        "product_type": product.product_type,
        "browse_path": list(product.path),
        "category": product.path[-1],
    }


def _generator(said: Said, *, pilot: bool) -> Record:
    about = "search_buy" if said.behavior.query else "co_buy"
    if pilot:
        return {
            "model": "opt-30b",
            "version": "1",
            "prompt_template": f"{about}_qa_v1",
            "candidate_index": 2,
            "temperature": 0.9,
        }
    return {"model": "cosmo-lm-13b", "version": "2024.05", "prompt_template": f"{about}_qa_v2"}


def _judgements(said: Said) -> Record:
    """What filters and people said of it, where they were asked."""
    record: Record = {}
    plausibility, typicality = (score or 0.0 for score in said.scores)
    if "pilot" in said.marks:
        phrase = _PHRASES[said.relation].replace("{s}", "it").replace("{o}", said.tail.text)
        record["raw_text"] = f" because {phrase}."
    if marks := said.marks & {"filtered", "generic"}:
        record["filters"] = [
            {"name": "completeness_ppl", "value": 41.5, "threshold": 90, "passed": True},
            {"name": "edit_distance", "value": 9, "threshold": 3, "passed": True},
            {
                "name": "generic_tail",
                "value": 0.88 if "generic" in marks else 0.07,
                "threshold": 0.6,
                "passed": "generic" not in marks,
            },
        ]
    if "annotated" in said.marks:
        disputed = "disputed" in said.marks
        record["annotation"] = {
            "complete": True,
            "relevant": True,
            "informative": True,
            "plausible": plausibility >= 0.5,
            "typical": typicality >= 0.5,
            "n_annotators": 3 if disputed else 2,
            "tie_broken": disputed,
            "annotated_at": "2024-06-01T12:00:00Z",
        }
    return record


def main() -> None:
    """Writes the records to standard output."""
    for record in records(read_story()):
        sys.stdout.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
