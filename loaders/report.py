"""The report of a run: one form, as text for people and as JSON for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from loaders.reading.noticed import Noticed
from loaders.writing.batch import Committed
from loaders.writing.decisions import Step

#: Shared ids that are listed.
_SHOWN = 10


@dataclass(slots=True)
class Report:
    """What a run did so far; every record read is in exactly one of the counts."""

    steps: Counter[Step] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    noticed: Noticed = field(default_factory=Noticed)
    #: Triples with an end of another type than their relation has.
    mismatches: int = 0
    #: Ids that another data set gives to something of other types, and the first of them.
    shared_ids: int = 0
    shared_first: list[str] = field(default_factory=list)
    #: What a full load took back, or would have taken back, and why it did not.
    withdrawn: int = 0
    withheld: int = 0
    why_withheld: str | None = None
    #: Another load of the same data set and format has to end first.
    waiting: bool = False
    #: Nothing was written: the report says what the load would do.
    dry_run: bool = False
    #: Somebody stopped it before the end of the files.
    stopped: bool = False
    seconds: float = 0.0
    data_version: int | None = None

    @property
    def read(self) -> int:
        """Records read, rejected ones too."""
        return self.steps.total() + self.rejected.total()

    def count(self, committed: Committed) -> None:
        """Add what became of a batch."""
        self.steps += committed.steps
        self.mismatches += committed.oddities.mismatches
        self.shared_ids += len(committed.oddities.shared)
        self.shared_first = sorted({*self.shared_first, *committed.oddities.shared})[:_SHOWN]
        if committed.data_version is not None:
            self.data_version = committed.data_version

    def count_withdrawn(self, committed: Committed) -> None:
        """Add what a full load took back with a batch; no record said so."""
        self.withdrawn += committed.steps[Step.RETRACTED]
        if committed.data_version is not None:
            self.data_version = committed.data_version

    def withhold(self, records: int, why: str) -> None:
        """Note that a full load did not take back what it would have."""
        self.withheld, self.why_withheld = records, why

    def as_json(self) -> dict[str, Any]:
        """The report as records.md describes it."""
        return {
            "read": self.read,
            **{step.value: self.steps[step] for step in Step},
            Step.RETRACTED.value: self.steps[Step.RETRACTED] + self.withdrawn,
            "rejected": {
                "total": self.rejected.total(),
                "by_reason": dict(sorted(self.rejected.items())),
            },
            "type_mismatch": self.mismatches,
            "shared_ids": {"total": self.shared_ids, "first": self.shared_first},
            "ignored_keys": dict(sorted(self.noticed.ignored_keys.items())),
            "passed_over": dict(sorted(self.noticed.passed_over.items())),
            "would_retract": self.withheld,
            **({"dry_run": True} if self.dry_run else {}),
            **({"stopped": True} if self.stopped else {}),
            "seconds": round(self.seconds, 3),
            "per_second": round(self.read / self.seconds) if self.seconds else None,
            "data_version": self.data_version,
        }

    def as_text(self) -> str:
        """The report as a person reads it."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.read:,} records read in {self.seconds:.1f} s"
        if self.dry_run:
            yield "nothing was written; a load would make of them:"
        for times, what in self._counts():
            if times:
                yield f"  {times:,} {what}"
        if self.data_version is not None:
            yield f"data version {self.data_version}"

    def _counts(self) -> Iterator[tuple[int, str]]:
        for step in Step:
            yield self.steps[step], step.value
        yield self.withdrawn, "retracted: the files do not have them any more"
        yield self.withheld, f"would be retracted: {self.why_withheld}"
        for reason, times in self.rejected.most_common():
            yield times, f"rejected: {reason}"
        yield self.mismatches, "with an end of another type than the relation has"
        first = ", ".join(self.shared_first)
        yield self.shared_ids, f"ids that are of other types in another data set: {first}"
        for key, times in self.noticed.ignored_keys.most_common():
            yield times, f"with the key {key!r}, which means nothing here"
        for what, times in self.noticed.passed_over.most_common():
            yield times, f"passed over: {what.replace('_', ' ')}"
