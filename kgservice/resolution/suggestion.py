"""Completion while a person types: what begins so, the popular and the near first.

Names that begin with the prefix, and ids that do; only where there are none, names that begin
nearly so. What the person entered before raises what is near it, in the graph and in meaning: what
comes next is thought to come from there as often as from what is popular at large.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from kgservice.model import Suggestion
from kgservice.resolution.index import NameIndex, Shown
from kgservice.resolution.kinship import Kinship, Shares
from kgservice.resolution.names import NameKind
from kgservice.resolution.prefixes import Prefixes
from kgservice.resolution.text import normalise

#: How probable each entity is after those given, by id, together at most 1; what is not near may be
#: left out.
Proximity = Callable[[Sequence[str]], Mapping[str, float]]

#: Entries of a session that count, the last ones, and sessions of which it is kept what is near
#: them: 30 kB each. To find that takes 1.5 to 3 ms.
_REMEMBERED, _SESSIONS = 5, 256
#: Texts that were entered of which it is kept whose they are.
_TEXTS = 1_000
#: How often what comes next is near in the graph, how often in meaning.
_IN_GRAPH, _IN_MEANING = 0.8, 0.2
#: Rows fetched for each suggestion: an entity has several names.
_SPARE = 4
#: Ids looked at; a prefix of one letter opens a million.
_IDS = 1_000
#: What an id is worth beside a name, as initials are: names are what people want to read.
_ID_WORTH = 0.5
#: What one edit leaves of a score.
_PER_EDIT = 0.25


@dataclass(frozen=True)
class Suggester:
    """Completes prefixes from an index; `near` knows the graph, without it sessions do not count.

    >>> Suggester(NameIndex.open(Path("names"))).suggest("forr", first=1)[0].text
    'Forrest Gump'
    """

    index: NameIndex
    near: Proximity | None = None

    def suggest(
        self,
        prefix: str,
        types: frozenset[str] | None = None,
        session: Sequence[str] = (),
        first: int = 10,
    ) -> list[Suggestion]:
        """The best completions, each entity once; types as in a Mention.

        session: the texts that were entered before, oldest first.
        """
        if first < 1:
            return []
        entered = tuple(session[-_REMEMBERED:])
        asked = _Asked(prefix, types, first * _SPARE, self._after(entered))
        found = [one for at in self._places for one in self._beginning(at, asked)]
        if not found:
            found = [one for at in self._places for one in self._nearly(at, asked)]
        found.sort(key=lambda one: (-one.score, one.text, one.entity))
        best = {one.entity: one for one in reversed(found)}
        return [one for one in found if best[one.entity] is one][:first]

    @cached_property
    def _prefixes(self) -> list[Prefixes]:
        return [Prefixes(shown) for shown in self.index.layers]

    @cached_property
    def _traffic(self) -> float:
        """How often anything is entered, where an entity is as often as it has statements."""
        return float(sum(np.exp(one.layer.entities.log_degree).sum() for one in self.index.layers))

    @property
    def _places(self) -> range:
        return range(len(self.index.layers))

    @cached_property
    def _after(self) -> Callable[[tuple[str, ...]], Shares]:
        """What is near a session, remembered: a person types many letters in one."""
        return lru_cache(_SESSIONS)(self._nearness)

    def _nearness(self, session: tuple[str, ...]) -> Shares:
        entered = [id for text in session if (id := self._known(text)) is not None]
        if self.near is None or not entered:
            return [{} for _ in self._places]
        linked = self.near(entered)
        alike = self._kinship.near(entered)
        return [
            _mixed(_rows(shown, linked), alike[at]) for at, shown in enumerate(self.index.layers)
        ]

    @cached_property
    def _kinship(self) -> Kinship:
        return Kinship(self.index)

    @cached_property
    def _known(self) -> Callable[[str], str | None]:
        return lru_cache(_TEXTS)(self._named)

    def _named(self, text: str) -> str | None:
        """The entity with this id, else the most popular one that has just this name."""
        if self.index.find(text) is not None:
            return text
        best: tuple[float, str] | None = None
        for shown in self.index.layers:
            names = shown.layer.names
            key = names.keys.find(normalise(text))
            rows = np.array([] if key is None else names.rows(key), np.int64)
            entity = names.entity[rows]
            own = np.flatnonzero(~shown.hidden[entity] & (names.kind[rows] < NameKind.INITIALS))
            if len(own):
                popularity = float(names.popularity[rows[own[0]]])
                id = shown.layer.entities.ids[int(entity[own[0]])].as_py()
                best = max(best or (popularity, id), (popularity, id))
        return None if best is None else best[1]

    def _beginning(self, at: int, asked: _Asked) -> Iterator[Suggestion]:
        prefixes = self._prefixes[at]
        near = np.fromiter(asked.near[at], np.int64)
        for rows in prefixes.beginning(asked.prefix):
            top = prefixes.top(rows, asked.types, asked.most)
            close = prefixes.within(rows, near, asked.types)
            for row in np.union1d(top, close).tolist():
                yield self._suggestion(at, row, asked)
        yield from self._by_id(at, asked)

    def _nearly(self, at: int, asked: _Asked) -> Iterator[Suggestion]:
        for row, edits in self._prefixes[at].nearly(asked.prefix, asked.types):
            one = self._suggestion(at, row, asked)
            yield replace(one, score=one.score * _PER_EDIT**edits)

    def _suggestion(self, at: int, row: int, asked: _Asked) -> Suggestion:
        layer = self.index.layers[at].layer
        entity = int(layer.names.entity[row])
        score = self._score(float(layer.names.popularity[row]), asked.near[at].get(entity, 0.0))
        id = layer.entities.ids[entity].as_py()
        return Suggestion(layer.names.surface[row].as_py(), id, score)

    def _score(self, popularity: float, nearness: float) -> float:
        """ln(1 + degree), as if what the session makes probable were added to the degree."""
        if not nearness:
            return popularity
        return float(np.logaddexp(popularity, math.log(nearness * self._traffic)))

    def _by_id(self, at: int, asked: _Asked) -> Iterator[Suggestion]:
        typed = asked.prefix.lstrip()
        if not typed:
            return
        shown = self.index.layers[at]
        entities = shown.layer.entities
        rows = entities.rows_with_prefix(typed)[:_IDS]
        rows = rows[~shown.hidden[rows]]
        if asked.types is not None:
            rows = rows[entities.having(rows, entities.numbers(asked.types))]
        rows = rows[np.argsort(-entities.log_degree[rows], kind="stable")[: asked.most]]
        for row in rows.tolist():
            id = entities.ids[row].as_py()
            popularity = float(entities.log_degree[row]) * _ID_WORTH
            yield Suggestion(id, id, self._score(popularity, asked.near[at].get(row, 0.0)))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is typed, so many rows of it, and what is near."""

    prefix: str
    types: frozenset[str] | None
    most: int
    near: Shares


def _rows(shown: Shown, near: Mapping[str, float]) -> dict[int, float]:
    """What is near in a layer, by row."""
    rows = shown.layer.entities.rows(list(near))
    kept = np.flatnonzero(rows >= 0)
    kept = kept[~shown.hidden[rows[kept]]]
    shares = np.fromiter(near.values(), np.float64, len(near))
    return dict(zip(rows[kept].tolist(), shares[kept].tolist(), strict=True))


def _mixed(linked: Mapping[int, float], alike: Mapping[int, float]) -> dict[int, float]:
    return {
        row: _IN_GRAPH * linked.get(row, 0.0) + _IN_MEANING * alike.get(row, 0.0)
        for row in linked.keys() | alike.keys()
    }
