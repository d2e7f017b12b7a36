"""The identity of a statement and its ends, as a value that batches are keyed by."""

from __future__ import annotations

from dataclasses import dataclass, field

from graph_schema.ids import entity_key, statement_id
from kgservice.ledger.records import Triple
from kgservice.literals import Literal


@dataclass(frozen=True, slots=True)
class Parts:
    """A statement without its scores: subject, relation, and an entity or a literal.

    Its id follows from the rest, so the id alone is hashed: batches look it up five times.
    """

    id: str
    subject: str = field(hash=False)
    relation: str = field(hash=False)
    object: str | None = field(default=None, hash=False)
    literal: Literal | None = field(default=None, hash=False)

    @property
    def ends(self) -> tuple[str, ...]:
        """The entities at its ends."""
        return (self.subject,) if self.object is None else (self.subject, self.object)


def between(subject: str, relation: str, object: str) -> Parts:
    """The statement that relates two entities."""
    return Parts(statement_id(subject, relation, entity_key(object)), subject, relation, object)


def of_triple(triple: Triple) -> Parts:
    """The statement that a triple asserts."""
    return Parts(
        triple.statement_id, triple.subject, triple.relation, triple.object, triple.literal
    )
