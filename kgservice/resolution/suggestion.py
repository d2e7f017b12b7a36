"""Completion while a person types: what begins so, the popular and the near first.

Names that begin with the prefix, and ids that do; only where there are none, names that begin
nearly so. What the person entered before raises what is near it, in the graph and in meaning: what
comes next is thought to come from there as often as from what is popular at large.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pyarrow as pa

from kgservice.model import Suggestion
from kgservice.resolution.index import NameIndex, Shown
from kgservice.resolution.kinship import Kinship
from kgservice.resolution.mapped import Array
from kgservice.resolution.names import NameKind
from kgservice.resolution.prefixes import Prefixes
from kgservice.resolution.shares import Shares
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
        asked = _Asked(prefix, types, first, self._after(entered))
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
    def _after(self) -> Callable[[tuple[str, ...]], Sequence[Shares]]:
        """What is near a session, remembered: a person types many letters in one."""
        return lru_cache(_SESSIONS)(self._nearness)

    def _nearness(self, session: tuple[str, ...]) -> list[Shares]:
        entered = [id for text in session if (id := self._known(text)) is not None]
        if self.near is None or not entered:
            return [Shares.mixed(()) for _ in self._places]
        linked = self.near(entered)
        alike = self._kinship.near(entered)
        return [
            Shares.mixed([(_IN_GRAPH, _rows(shown, linked)), (_IN_MEANING, alike[at])])
            for at, shown in enumerate(self.index.layers)
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
        for rows in prefixes.beginning(asked.prefix):
            top = prefixes.top(rows, asked.types, asked.first * _SPARE)
            close = prefixes.within(rows, asked.near[at].numbers, asked.types)
            yield from self._named_so(at, np.union1d(top, close), asked)
        yield from self._by_id(at, asked)

    def _nearly(self, at: int, asked: _Asked) -> Iterator[Suggestion]:
        found = self._prefixes[at].nearly(asked.prefix, asked.types)
        rows = np.array([row for row, _ in found], np.int64)
        edits = np.array([edits for _, edits in found], np.int64)
        yield from self._named_so(at, rows, asked, _PER_EDIT**edits)

    def _named_so(
        self, at: int, rows: Array, asked: _Asked, worth: Array | float = 1.0
    ) -> Iterator[Suggestion]:
        """What these names complete to, as far as it may be among the first."""
        layer = self.index.layers[at].layer
        entities = layer.names.entity[rows]
        near = asked.near[at].of(entities)
        scores = self._scores(layer.names.popularity[rows], near) * worth
        kept = _foremost(entities, scores, asked.first)
        texts = layer.names.surface.take(pa.array(rows[kept])).to_pylist()
        ids = layer.entities.ids.take(pa.array(entities[kept])).to_pylist()
        return map(Suggestion, texts, ids, scores[kept].tolist())

    def _scores(self, popularity: Array, nearness: Array) -> Array:
        """ln(1 + degree), as if what the session makes probable were added to the degree."""
        added = np.full(len(nearness), -np.inf)
        np.log(nearness * self._traffic, out=added, where=nearness > 0)
        scores: Array = np.logaddexp(popularity, added)
        return scores

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
        scores = self._scores(entities.log_degree[rows] * _ID_WORTH, asked.near[at].of(rows))
        kept = _foremost(rows, scores, asked.first)
        ids = entities.ids.take(pa.array(rows[kept])).to_pylist()
        yield from map(Suggestion, ids, ids, scores[kept].tolist())


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is typed, how many completions are wanted, and what is near, by layer and row."""

    prefix: str
    types: frozenset[str] | None
    first: int
    near: Sequence[Shares]


def _rows(shown: Shown, near: Mapping[str, float]) -> Shares:
    """What is near in a layer, by row."""
    rows = shown.layer.entities.rows(list(near))
    kept = np.flatnonzero(rows >= 0)
    kept = kept[~shown.hidden[rows[kept]]]
    return Shares.summed(rows[kept], np.fromiter(near.values(), np.float64, len(near))[kept])


def _foremost(entities: Array, scores: Array, first: int) -> Array:
    """Where the names stand that are no worse than the best name of the last entity wanted."""
    order = np.lexsort((-scores, entities))
    best = scores[order[np.diff(entities[order], prepend=-1) != 0]]
    least = np.partition(best, -first)[-first] if len(best) > first else -np.inf
    return np.flatnonzero(scores >= least)
