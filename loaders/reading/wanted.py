"""What reading depends on beside the file itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from kgservice.vocabulary import Vocabulary
from loaders.reading.naming import Naming
from loaders.reading.noticed import Noticed


@dataclass(frozen=True, slots=True)
class Reading:
    """The vocabulary as it is known, how ids are named, and what of a dump is wanted.

    `languages` are those of labels, the preferred one first; null leaves it to the format, which
    takes `language` or all of them. `every_rank` is for Wikidata alone.
    """

    vocabulary: Vocabulary
    naming: Naming = field(default_factory=Naming)
    language: str = "en"
    languages: tuple[str, ...] | None = None
    every_rank: bool = False
    noticed: Noticed = field(default_factory=Noticed)
