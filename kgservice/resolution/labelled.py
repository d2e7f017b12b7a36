"""Mentions whose answer is known, and the file they come in: one JSON object a line.

    {"text": "Tom Hnaks", "entity": "tom-hanks", "context": "who starred in Forrest Gump"}
    {"text": "Zorblax", "entity": null}

`context` and `types` may be left out; an entity of null means that nothing in the graph is meant.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kgservice.errors import BadRequestError
from kgservice.model import Mention


@dataclass(frozen=True, slots=True)
class LabelledMention:
    """A text, and the id of the entity that it means; null where none of the graph is meant."""

    text: str
    entity: str | None
    context: str | None = None
    types: frozenset[str] | None = None

    @property
    def mention(self) -> Mention:
        """As what is asked, with no candidate too improbable to be told."""
        return Mention(self.text, self.context, self.types, limit=10, min_confidence=0.0)


def read_labelled(path: Path) -> Iterator[LabelledMention]:
    """The mentions of a file; raises BadRequestError that names the line where one is not right."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _parse(line, f"{path}:{number}")


def write_labelled(path: Path, mentions: Iterable[LabelledMention]) -> None:
    """Write mentions as read_labelled reads them."""
    with path.open("w", encoding="utf-8") as lines:
        for one in mentions:
            types = None if one.types is None else sorted(one.types)
            row = {"text": one.text, "entity": one.entity, "context": one.context, "types": types}
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")


def _parse(line: str, place: str) -> LabelledMention:
    try:
        row = json.loads(line)
        text, entity = row["text"], row["entity"]
        context, types = row.get("context"), row.get("types")
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise BadRequestError(
            f"{place}: expected a JSON object with text and entity, found {line.strip()[:80]!r}"
        ) from error
    strings = [value for value in (text, entity, context) if value is not None]
    if text is None or not all(isinstance(value, str) for value in strings):
        raise BadRequestError(
            f"{place}: text, entity and context are strings; only text may not be null"
        )
    if types is not None and not (
        isinstance(types, list) and all(isinstance(type, str) for type in types)
    ):
        raise BadRequestError(f"{place}: types is a list of strings, found {types!r}")
    return LabelledMention(text, entity, context, None if types is None else frozenset(types))
