"""What comes back, as values: frozen, with the names of the schema in Python's spelling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

#: A part of a response, as JSON.
Shown = Mapping[str, Any]

ENTITY = "id label description types { id }"
STATEMENT = (
    "id subject { id label } relation { id } object { id label } value { text }"
    " plausibility typicality support text phrase"
)


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity's card."""

    id: str
    label: str
    description: str | None
    types: tuple[str, ...]

    @classmethod
    def of(cls, shown: Shown) -> Entity:
        """From a response."""
        types = tuple(one["id"] for one in shown["types"])
        return cls(shown["id"], shown["label"], shown["description"], types)


@dataclass(frozen=True, slots=True)
class Statement:
    """A triple; `object` is an entity's id or null, `value` a literal's text or null.

    phrase: the sentence without its subject, what a ranker appends to a title.
    """

    id: str
    subject: str
    relation: str
    object: str | None
    value: str | None
    plausibility: float | None
    typicality: float | None
    support: int
    text: str
    phrase: str

    @classmethod
    def of(cls, shown: Shown) -> Statement:
        """From a response."""
        return cls(
            shown["id"],
            shown["subject"]["id"],
            shown["relation"]["id"],
            None if shown["object"] is None else shown["object"]["id"],
            None if shown["value"] is None else shown["value"]["text"],
            shown["plausibility"],
            shown["typicality"],
            shown["support"],
            shown["text"],
            shown["phrase"],
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """An entity of an answer set."""

    entity: Entity
    score: float


@dataclass(frozen=True, slots=True)
class Answers:
    """A page of answers; `after` continues behind it, null at the end. Iterates over the answers.

    data_version: which state of the graph they come from.
    """

    answers: tuple[Answer, ...]
    after: str | None
    data_version: str

    def __iter__(self) -> Iterator[Answer]:
        return iter(self.answers)

    @classmethod
    def of(cls, shown: Shown) -> Answers:
        """From a response."""
        answers = tuple(Answer(Entity.of(one["node"]), one["score"]) for one in shown["edges"])
        page = shown["pageInfo"]
        after = page["endCursor"] if page["hasNextPage"] else None
        return cls(answers, after, shown["dataVersion"])


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that a mention may denote; confidence is a calibrated probability."""

    entity: Entity
    confidence: float
    match: bool
    name: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a mention may denote, best first; `match` is sure enough to act on, or null."""

    text: str
    candidates: tuple[Candidate, ...]
    nil_probability: float

    @property
    def match(self) -> Candidate | None:
        """The first candidate where it is a match."""
        first = self.candidates[0] if self.candidates else None
        return first if first is not None and first.match else None

    @classmethod
    def of(cls, shown: Shown) -> Resolution:
        """From a response."""
        candidates = tuple(
            Candidate(Entity.of(one["entity"]), one["confidence"], one["match"], one["name"])
            for one in shown["candidates"]
        )
        return cls(shown["text"], candidates, shown["nilProbability"])


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion."""

    text: str
    entity: Entity
    score: float


@dataclass(frozen=True, slots=True)
class Commonsense:
    """What is known of a head; `total` is before any minimum."""

    known: bool
    head: Entity | None
    total: int
    statements: tuple[Statement, ...]

    @classmethod
    def of(cls, shown: Shown) -> Commonsense:
        """From a response."""
        return cls(
            shown["known"],
            None if shown["head"] is None else Entity.of(shown["head"]),
            shown["total"],
            tuple(Statement.of(one) for one in shown["statements"]),
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a resolution; entity: the one that was used, null where none was."""

    session: str
    at: datetime
    text: str
    entity: str | None = None
    context: str | None = None
    user: str | None = None

    @property
    def input(self) -> Shown:
        """As the service takes it; a time without a zone is UTC."""
        at = self.at if self.at.tzinfo is not None else self.at.replace(tzinfo=UTC)
        return {
            "session": self.session,
            "at": at.isoformat(),
            "text": self.text,
            "entity": self.entity,
            "context": self.context,
            "user": self.user,
        }
