"""What stands of each data set after loads, full loads and retractions: the plain model.

Of each key it knows the record that stands, with its run, and the one that another run had put
there before: no more is kept, by records.md. What follows from the records that stand is
`expected_graph`'s to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from plain_graph import Given
from record_age import age, is_retraction, key_of

Key = tuple[str, str, Any]


@dataclass(frozen=True)
class Said:
    given: Given
    run: str


@dataclass
class Standing:
    said: dict[Key, Said] = field(default_factory=dict)
    earlier: dict[Key, Said] = field(default_factory=dict)

    def load(self, records: Iterable[Given], run: str) -> None:
        for one in records:
            key = one.dataset, one.format, key_of(one)
            held = self.said.get(key)
            if held is not None and age(one) <= age(held.given):
                continue
            if held is not None and held.run != run:
                self.earlier[key] = held
            self.said[key] = Said(one, run)

    def full(self, dataset: str, format: str, records: Iterable[Given], run: str) -> None:
        records = list(records)
        self.load(records, run)
        named = {key_of(one) for one in records}
        for key, held in list(self.said.items()):
            ours = key[:2] == (dataset, format)
            if ours and key[2] not in named and not is_retraction(held.given):
                self._forget(key)

    def retract(self, dataset: str, run: str | None) -> None:
        for key, held in list(self.earlier.items()):
            if key[0] == dataset and run in (None, held.run):
                del self.earlier[key]
        for key, held in list(self.said.items()):
            if key[0] == dataset and run in (None, held.run):
                back = self.earlier.get(key)
                self._forget(key)
                if back is not None:
                    self.said[key] = back

    def records(self) -> list[Given]:
        return [one.given for one in self.said.values()]

    def _forget(self, key: Key) -> None:
        del self.said[key]
        self.earlier.pop(key, None)
