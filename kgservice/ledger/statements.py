"""The identity of a statement and its ends, as a value that batches are keyed by."""

from __future__ import annotations

from dataclasses import dataclass

from graph_schema.ids import entity_key, statement_id
from kgservice.ledger.records import Triple
from kgservice.literals import Literal


@dataclass(frozen=True, slots=True)
class Parts:
    """A statement without its scores: subject, relation, and an entity or a literal."""

    id: str
    subject: str
    relation: str
    object: str | None = None
    literal: Literal | None = None

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
