"""What is asked of resolution and what it answers, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Generator(Enum):
    """By what way a candidate was found."""

    ID = "ID"
    EXACT = "EXACT"
    FUZZY = "FUZZY"
    EMBEDDING = "EMBEDDING"
    LEARNED = "LEARNED"


@dataclass(frozen=True, slots=True)
class Mention:
    """A text that names something.

    context: the sentence, question or query around it; types: only entities that have one of these
    types directly (the caller adds subtypes), null for any; user: whose learned aliases apply,
    beside those of everybody.
    """

    text: str
    context: str | None = None
    types: frozenset[str] | None = None
    limit: int = 10
    min_confidence: float = 0.01
    user: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that a mention may mean.

    confidence: calibrated probability that it is meant; match: sure enough to act on without
    asking; name: the name it was found by; features: what the ranking saw, by id.
    """

    entity: str
    confidence: float
    match: bool
    name: str
    found_by: tuple[Generator, ...]
    features: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """The candidates of one mention, best first.

    Their confidences and nil_probability, the probability that nothing in the graph is meant, are
    together at most 1.
    """

    text: str
    candidates: tuple[Candidate, ...]
    nil_probability: float

    @property
    def match(self) -> Candidate | None:
        """The first candidate where it is a match."""
        first = next(iter(self.candidates), None)
        return first if first is not None and first.match else None


@dataclass(frozen=True, slots=True)
class LearnedAlias:
    """A text that people used for an entity.

    weight: 0..1, how probable it is that the text means the entity; user: whose it is, null for
    everybody; taught: somebody said so, against which even an exact name yields.
    """

    text: str
    entity: str
    weight: float
    user: str | None = None
    taught: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion: the name as it is written, its entity, and a score >= 0 that orders the list."""

    text: str
    entity: str
    score: float
