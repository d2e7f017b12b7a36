"""The report of a run: one form, as text for people and as JSON for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from loaders.reading.noticed import Noticed
from loaders.writing.batch import Committed
from loaders.writing.decisions import Step


@dataclass(slots=True)
class Report:
    """What a run did so far; every record read is in exactly one of the counts."""

    steps: Counter[Step] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    noticed: Noticed = field(default_factory=Noticed)
    seconds: float = 0.0
    data_version: int | None = None

    @property
    def read(self) -> int:
        """Records read, rejected ones too."""
        return self.steps.total() + self.rejected.total()

    def count(self, committed: Committed) -> None:
        """Add what became of a batch."""
        self.steps += committed.steps
        if committed.data_version is not None:
            self.data_version = committed.data_version

    def as_json(self) -> dict[str, Any]:
        """The report as records.md describes it."""
        return {
            "read": self.read,
            **{step.value: self.steps[step] for step in Step},
            "rejected": {
                "total": self.rejected.total(),
                "by_reason": dict(sorted(self.rejected.items())),
            },
            "ignored_keys": dict(sorted(self.noticed.ignored_keys.items())),
            "passed_over": dict(sorted(self.noticed.passed_over.items())),
            "seconds": round(self.seconds, 3),
            "per_second": round(self.read / self.seconds) if self.seconds else None,
            "data_version": self.data_version,
        }

    def as_text(self) -> str:
        """The report as a person reads it."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.read:,} records read in {self.seconds:.1f} s"
        for step in Step:
            if self.steps[step]:
                yield f"  {self.steps[step]:,} {step.value}"
        for reason, times in self.rejected.most_common():
            yield f"  {times:,} rejected: {reason}"
        for key, times in self.noticed.ignored_keys.most_common():
            yield f"  {times:,} with the key {key!r}, which means nothing here"
        for what, times in self.noticed.passed_over.most_common():
            yield f"  {times:,} passed over: {what.replace('_', ' ')}"
        if self.data_version is not None:
            yield f"data version {self.data_version}"
