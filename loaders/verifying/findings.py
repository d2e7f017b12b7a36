"""What a verification finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Fault(StrEnum):
    """What is wrong; the code in the report."""

    CONSTRAINT_MISSING = "constraint_missing"
    ASSERTION_DAMAGED = "assertion_damaged"
    SUMS_WRONG = "sums_wrong"
    STATEMENT_MISSING = "statement_missing"
    STATEMENT_SURPLUS = "statement_surplus"
    STATEMENT_CHANGED = "statement_changed"
    ENTITY_MISSING = "entity_missing"
    ENTITY_SURPLUS = "entity_surplus"
    ENTITY_CHANGED = "entity_changed"
    LITERAL_LOOSE = "literal_loose"
    COUNT_WRONG = "count_wrong"


#: How many of each kind are listed.
_LISTED = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, by its id or name."""

    fault: Fault
    what: str


@dataclass(slots=True)
class Findings:
    """All that was found: counts by kind, and the first few of each.

    `reload` has the data sets of which assertions were damaged: only their files know what they
    said. `mismatches` are statements whose ends are not of the relation's types; that is allowed.
    """

    counts: Counter[Fault] = field(default_factory=Counter)
    examples: dict[Fault, list[str]] = field(default_factory=dict)
    reload: Counter[str] = field(default_factory=Counter)
    mismatches: Counter[str] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)
    repaired: bool = False
    #: Another program wrote meanwhile: what was found may be its work, half seen.
    moved: bool = False
    _known: set[Finding] = field(default_factory=set, repr=False)

    def add(self, found: Iterable[Finding]) -> None:
        """Add what was found; the same thing may be found in two ways."""
        for one in dict.fromkeys(found):
            if one in self._known:
                continue
            self._known.add(one)
            self.counts[one.fault] += 1
            listed = self.examples.setdefault(one.fault, [])
            if len(listed) < _LISTED:
                listed.append(one.what)

    def as_json(self) -> dict[str, Any]:
        """The findings for machines."""
        return {
            "checked": dict(self.checked),
            "faults": {fault.value: self.counts[fault] for fault in Fault if self.counts[fault]},
            "examples": {fault.value: ids for fault, ids in self.examples.items()},
            "load_again": sorted(self.reload),
            "type_mismatch": dict(self.mismatches),
            "repaired": self.repaired,
            "changed_meanwhile": self.moved,
        }
