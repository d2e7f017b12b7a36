"""What a load is asked to do: which files, as whose, and how much of them may be wrong."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kgservice.errors import ConfigurationError, TooManyRejectsError
from loaders.formats import Columns, Format
from loaders.full import Shrink
from loaders.reading.sources import STANDARD_INPUT, Source
from loaders.report import Report
from loaders.writing.runs import CHANGES_KEPT

#: From this record on the share of rejects is judged, and again at the end.
_JUDGED_FROM = 10_000

#: Characters of the name of a data set or run. Keys are made of them, with a control character in
#: between, and an indexed value ends at 8,167 bytes.
_MAX_NAME = 200

#: Rows a transaction: between 5,000 and 20,000 Neo4j's rate is flat, and the memory of a batch, in
#: Neo4j too, is bounded by it.
BATCH_SIZE = 5_000


@dataclass(frozen=True, slots=True)
class MaxRejected:
    """How many rejects stop a load: a share of what was read, or a number."""

    share: float | None = 0.01
    number: int | None = None

    def exceeded(self, report: Report) -> bool:
        """Whether a report has more."""
        if self.number is not None:
            return report.rejected.total() > self.number
        return report.rejected.total() > (self.share or 0) * report.read


@dataclass(frozen=True, slots=True)
class Load:
    """What to load and how."""

    format: Format
    sources: Sequence[Source]
    dataset: str
    run: str
    quarantine: Path
    file_type: str | None = None
    columns: Columns | None = None
    prefix: str = ""
    blank_nodes: str | None = None
    languages: tuple[str, ...] | None = None
    every_rank: bool = False
    max_rejected: MaxRejected = field(default_factory=MaxRejected)
    register_relations: bool = False
    max_new_relations: int = 1_000
    language: str = "en"
    batch_size: int = BATCH_SIZE
    full: Shrink | None = None
    dry_run: bool = False
    changes_kept: timedelta = CHANGES_KEPT

    def __post_init__(self) -> None:
        """Refuse names that cannot be part of a key, and a quarantine that is its own source."""
        _check_name("data set", self.dataset)
        _check_name("run", self.run)
        for source in self.sources:
            if source.path != STANDARD_INPUT and Path(source.path).resolve() == (
                self.quarantine.resolve()
            ):
                raise ConfigurationError(
                    f"{source.path} cannot be loaded and be the quarantine file at once; "
                    "name another with --quarantine"
                )

    def judge(self, report: Report, *, at_end: bool = False) -> None:
        """Raise TooManyRejectsError where more was rejected than is allowed."""
        if (at_end or report.read >= _JUDGED_FROM) and self.max_rejected.exceeded(report):
            raise TooManyRejectsError(
                f"{report.rejected.total():,} of {report.read:,} records were rejected, more than "
                f"--max-rejected allows; they are in {self.quarantine}. What was loaded stays, and "
                "running the command again continues"
            )


def _check_name(what: str, name: str) -> None:
    if not 1 <= len(name) <= _MAX_NAME or any(unicodedata.category(one) == "Cc" for one in name):
        raise ConfigurationError(
            f"the name of a {what} has 1 to {_MAX_NAME} characters and no control character: "
            f"{name!r}"
        )


def new_run() -> str:
    """The id of a run that nobody named: the time at which it starts."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
