"""Outcomes as they lie in the graph."""

from __future__ import annotations

NOW = 1_795_633_200.0
RECORD = "UNWIND $rows AS row CREATE (o:__Outcome) SET o = row"


def outcome(user: str, text: str, entity: str | None, at: float) -> dict[str, object]:
    id = f"{user} {text} {at}"
    return {"id": id, "user": user, "session": "s", "at": at, "text": text, "entity": entity}
