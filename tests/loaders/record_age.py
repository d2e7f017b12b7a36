"""Which records stand: of each data set and key the newest, by records.md."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from literal_forms import value_of
from plain_graph import Given, Key, Record, Score

_ALIASES_OF_RELATIONS = {"capableOf": "CAPABLE_OF", "used_for_audience": "USED_FOR_AUD"}


def newest(given: Iterable[Given]) -> list[Given]:
    """Of each data set and key the newest record, retractions among them."""
    found: dict[tuple[Any, ...], Given] = {}
    for one in given:
        key = (one.format, one.dataset, key_of(one))
        if key not in found or age(found[key]) < age(one):
            found[key] = one
    return list(found.values())


def key_of(one: Given) -> Any:
    record = one.record
    if one.format == "assertions":
        return record["assertion_id"]
    return record["id"] if one.format == "entities" else statement_key(record)


def statement_key(record: Record) -> Key:
    value = value_of(record)
    relation = relation_of(record)
    return record["head"], relation, record["tail"] if value is None else value


def is_retraction(one: Given) -> bool:
    record = one.record
    return record.get("record_type") == "retraction" or bool(record.get("deleted"))


def age(one: Given) -> tuple[Any, ...]:
    """Greater is newer."""
    record = one.record
    time = {"assertions": "generated_at", "triples": "retrieved_at", "entities": "modified"}
    written = record.get(time[one.format])
    moment = (0, Fraction()) if not written else (1, instant(written))
    version = (record.get("generator") or {}).get("version")
    if version is None:
        place: tuple[Any, ...] = (2,) if is_retraction(one) else (0,)
    else:
        place = (1, natural(version))
    return moment, place, is_retraction(one), canonical(one)


def instant(written: str) -> Fraction:
    """Seconds since a day long ago."""
    match = re.fullmatch(r"(.{19})(?:\.(\d+))?(.+)", written)
    assert match, written
    zone = "+00:00" if match[3] in "zZ" else match[3]
    whole = datetime.fromisoformat(match[1].upper() + zone)
    return Fraction(int(whole.timestamp())) + Fraction(f"0.{match[2] or 0}")


def in_utc(written: str | None) -> str | None:
    if not written:
        return None
    seconds = instant(written)
    whole = seconds.numerator // seconds.denominator
    rest = f"{float(seconds - whole):.9f}".rstrip("0").removeprefix("0").rstrip(".")
    return datetime.fromtimestamp(whole, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S") + rest + "Z"


def natural(version: str) -> list[tuple[int, Any]]:
    parts = re.findall(r"\d+|\D+", version)
    return [(0, int(part)) if part.isdigit() else (1, part) for part in parts]


def canonical(one: Given) -> str:
    """The record with sorted keys; what its reader fills in or leaves out is alike for all."""
    record: dict[str, Any] = settled(one.record)
    if one.format == "assertions":
        if "relation" in record:
            record["relation"] = relation_of(record)
    elif one.format == "triples":
        record = {
            "plausibility": decimal(score(record.get("plausibility"))),
            "typicality": decimal(score(record.get("typicality"))),
            "support": int(record.get("support") or 1),
            "source": record.get("source"),
            "retrieved_at": in_utc(record.get("retrieved_at")),
            "qualifiers": qualifiers(record),
        }
    else:
        record = {
            **{name: record.get(name) or None for name in ("label", "description", "language")},
            "aliases": sorted(set(record.get("aliases") or ())),
            "types": sorted(set(record.get("types") or ())),
            "modified": in_utc(record.get("modified")),
        }
    kept = {name: value for name, value in record.items() if value is not None}
    return json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def qualifiers(record: Record) -> list[str] | None:
    """Each set as one text, in order."""
    sets = [sorted((one["relation"], one["tail"]) for one in each)
            for each in record.get("qualifiers") or ()]  # fmt: skip
    parts = '{"object":"%s","relation":"%s"}'
    written = [",".join(parts % (tail, relation) for relation, tail in each) for each in sets]
    return sorted(f"[{text}]" for text in written) or None


def settled(value: Any) -> Any:
    """Null is absent and 1.0 is 1, at every depth."""
    if isinstance(value, dict):
        return {name: settled(part) for name, part in value.items() if part is not None}
    if isinstance(value, list):
        return [settled(part) for part in value]
    return int(value) if isinstance(value, float) and value == int(value) else value


def relation_of(record: Record) -> str:
    relation: str = record["relation"]
    return _ALIASES_OF_RELATIONS.get(relation, relation)


def score(written: Any) -> Score:
    return None if written is None or written == "" else six_decimals(Fraction(str(written)))


def six_decimals(value: Fraction) -> Fraction:
    return Fraction(round(value * 10**6), 10**6)  # round() of a Fraction is half to even


def decimal(value: Score) -> float | None:
    return None if value is None else float(value)
