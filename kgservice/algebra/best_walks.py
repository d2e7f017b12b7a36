"""The best walk to each of some answers.

Of the walks of one leg the one with the best score, then the shortest, then the one with the
smallest entity ids along it, then the smallest statement ids. First the entities that walks can
stand on are narrowed from both ends, place by place of the automaton; then the best score at each
is propagated; then, for each answer, the shortest walk among those that reach its best score is
read off from the start, smallest ids first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kgservice.algebra.automaton import Arc, Automaton
from kgservice.algebra.scoring import AlongNorm, Scoring
from kgservice.algebra.walking import Edge, Walking, along, weight

#: Where a walk stands: a place of the automaton, and an entity.
Stand = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Walk:
    """Entities, and the statements between them; `weights` are what the statements weigh.

    Within a closure a statement weighs nothing: its weight is null.
    """

    entities: tuple[str, ...]
    statements: tuple[str, ...] = ()
    weights: tuple[float | None, ...] = ()
    score: float = 1.0
    leg: tuple[int, ...] = ()


async def best_walks(
    automaton: Automaton,
    starts: Mapping[str, float],
    answers: Collection[str],
    scoring: Scoring,
    walking: Walking,
) -> dict[str, Walk]:
    """The best walk from any of the starts to each answer that one leads to."""
    forward = await _forward(automaton, starts, walking)
    steps = await _backward(automaton, forward, answers, walking)
    scores = _propagated(automaton, steps, starts, scoring)
    found: dict[str, Walk] = {}
    for answer in answers:
        best = scores.get((automaton.end, answer))
        if best is not None:
            search = _Search(steps, scores, scoring, best)
            found[answer] = search.walk((automaton.end, answer), starts)
    return found


# ---------------------------------------------------------------------- narrowing


async def _forward(
    automaton: Automaton, starts: Iterable[str], walking: Walking
) -> dict[int, set[str]]:
    """The entities that a walk can stand on at each place, seen from the start."""
    at: dict[int, set[str]] = {0: set(starts)}
    for component in automaton.components:
        for place in component:
            at.setdefault(place, set())
        incoming = [arc for arc in automaton.arcs if arc.target in component]
        for arc in incoming:
            if arc.source not in component:
                new = await _led_to(arc, at[arc.source], walking)
                _arrive(automaton, at, arc.target, new)
        fresh = {place: set(at[place]) for place in component}
        while any(fresh.values()):
            waiting, fresh = fresh, {place: set() for place in component}
            for arc in incoming:
                if arc.source in component and waiting[arc.source]:
                    new = await _led_to(arc, waiting[arc.source], walking)
                    fresh[arc.target] |= _arrive(automaton, at, arc.target, new)
    return at


async def _led_to(arc: Arc, sources: set[str], walking: Walking) -> set[str]:
    if arc.hop is None or not sources:
        return sources
    return await walking.reached(sources, arc.hop)


def _arrive(automaton: Automaton, at: dict[int, set[str]], place: int, new: set[str]) -> set[str]:
    for start in automaton.excluded_at(place):
        new = new - at[start]
    fresh = new - at[place]
    at[place] |= fresh
    return fresh


@dataclass(frozen=True, slots=True)
class Leap:
    """One way to come to a stand: from another one, by a statement or by none."""

    source: Stand
    edge: Edge | None
    weightless: bool


@dataclass(slots=True)
class Steps:
    """All the ways between stands that lead on to an answer."""

    into: dict[Stand, list[Leap]] = field(default_factory=dict)


async def _backward(
    automaton: Automaton,
    forward: Mapping[int, set[str]],
    answers: Collection[str],
    walking: Walking,
) -> Steps:
    """The ways that lead to an answer, found from the answers back."""
    steps = Steps()
    needed: dict[int, set[str]] = {place: set() for place in forward}
    fresh: dict[int, set[str]] = {place: set() for place in forward}
    fresh[automaton.end] = set(answers) & forward[automaton.end]
    needed[automaton.end] |= fresh[automaton.end]
    while any(fresh.values()):
        place = max(place for place, new in fresh.items() if new)
        targets, fresh[place] = fresh[place], set()
        for arc in automaton.arcs:
            if arc.target == place:
                sources = await _led_from(arc, forward[arc.source], targets, steps, walking)
                new = sources - needed[arc.source]
                needed[arc.source] |= new
                fresh[arc.source] |= new
    return steps


async def _led_from(
    arc: Arc, sources: set[str], targets: set[str], steps: Steps, walking: Walking
) -> set[str]:
    """Note the ways of an arc into the targets, and return where they begin."""
    if arc.hop is None:
        both = sources & targets
        for id in both:
            leap = Leap((arc.source, id), None, weightless=True)
            steps.into.setdefault((arc.target, id), []).append(leap)
        return both
    found = await walking.edges(sources, arc.hop, targets)
    for edge in found:
        leap = Leap((arc.source, edge.source), edge, arc.weightless)
        steps.into.setdefault((arc.target, edge.target), []).append(leap)
    return {edge.source for edge in found}


# ---------------------------------------------------------------------- scores


def _propagated(
    automaton: Automaton, steps: Steps, starts: Mapping[str, float], scoring: Scoring
) -> dict[Stand, float]:
    """The best score of any walk to each stand."""
    best: dict[Stand, float] = {(0, id): score for id, score in starts.items()}
    at: dict[int, list[Stand]] = {}
    for stand in steps.into:
        at.setdefault(stand[0], []).append(stand)
    for component in automaton.components:
        stands = [stand for place in component for stand in at.get(place, ())]
        changed = True
        # One pass for a single place; in a closure until no score improves.
        while changed:
            changed = False
            for stand in stands:
                for leap in steps.into[stand]:
                    before = best.get(leap.source)
                    if before is None:
                        continue
                    score = _behind(leap, before, scoring)
                    if score > best.get(stand, -1.0):
                        best[stand] = score
                        changed = len(component) > 1
    return best


def _behind(leap: Leap, before: float, scoring: Scoring) -> float:
    if leap.edge is None or leap.weightless:
        return before
    return along(before, weight(leap.edge, scoring), scoring)


# ---------------------------------------------------------------------- the walk itself


class _Search:
    """The shortest walk, then the one with the smallest ids, among those with the best score."""

    def __init__(self, steps: Steps, scores: Mapping[Stand, float], scoring: Scoring, best: float):
        self._steps = steps
        self._scores = scores
        self._scoring = scoring
        self._best = best

    def walk(self, end: Stand, starts: Mapping[str, float]) -> Walk:
        """The walk to an end that has a score."""
        distances = self._distances(end)
        least = min(
            distances[stand]
            for stand in distances
            if stand[0] == 0 and self._may_start(starts[stand[1]])
        )
        first = min(
            stand[1]
            for stand, distance in distances.items()
            if stand[0] == 0 and distance == least and self._may_start(starts[stand[1]])
        )
        out = self._ways_on(distances)
        entities, stands = _smallest_entities(first, least, out)
        chosen = list(_smallest_statements(stands, out))
        return Walk(
            tuple(entities),
            tuple(leap.edge.statement for leap in chosen if leap.edge),
            tuple(
                None if leap.weightless else weight(leap.edge, self._scoring)
                for leap in chosen
                if leap.edge
            ),
            self._best,
        )

    def _may_start(self, score: float) -> bool:
        return self._scoring.along is not AlongNorm.MIN or score >= self._best

    def _is_best(self, target: Stand, leap: Leap) -> bool:
        """Whether a walk with the best score may go this way."""
        before = self._scores.get(leap.source)
        if before is None:
            return False
        if self._scoring.along is AlongNorm.MIN:
            if leap.edge is None or leap.weightless:
                return True
            return weight(leap.edge, self._scoring) >= self._best
        # A product of 0 is reached by whatever leads to the end; else every prefix is the best one.
        return self._best == 0 or _behind(leap, before, self._scoring) == self._scores[target]

    def _distances(self, end: Stand) -> dict[Stand, int]:
        """How many statements lie between each stand and the end, on the shortest way."""
        distances = {end: 0}
        level = [end]
        distance = 0
        while level:
            level = self._without_hops(level, distances, distance)
            distance += 1
            following: list[Stand] = []
            for stand in level:
                for leap in self._steps.into.get(stand, ()):
                    if leap.edge is None or leap.source in distances:
                        continue
                    if self._is_best(stand, leap):
                        distances[leap.source] = distance
                        following.append(leap.source)
            level = following
        return distances

    def _without_hops(
        self, level: list[Stand], distances: dict[Stand, int], distance: int
    ) -> list[Stand]:
        """A level with the stands that lead to it without a statement."""
        whole = list(level)
        for stand in whole:
            for leap in self._steps.into.get(stand, ()):
                new = leap.edge is None and leap.source not in distances
                if new and self._is_best(stand, leap):
                    distances[leap.source] = distance
                    whole.append(leap.source)
        return whole

    def _ways_on(self, distances: Mapping[Stand, int]) -> dict[Stand, list[tuple[Stand, Leap]]]:
        """The ways on a shortest walk, by where they begin."""
        out: dict[Stand, list[tuple[Stand, Leap]]] = {}
        for target, far in distances.items():
            for leap in self._steps.into.get(target, ()):
                step = 0 if leap.edge is None else 1
                if distances.get(leap.source) == far + step and self._is_best(target, leap):
                    out.setdefault(leap.source, []).append((target, leap))
        return out


Ways = Mapping[Stand, list[tuple[Stand, Leap]]]


def _smallest_entities(first: str, length: int, out: Ways) -> tuple[list[str], list[set[Stand]]]:
    """The smallest sequence of entities, and the stands that a walk can have at each of them."""
    entities = [first]
    stands = [_closed({(0, first)}, out)]
    for _ in range(length):
        targets = {
            target
            for stand in stands[-1]
            for target, leap in out.get(stand, ())
            if leap.edge is not None
        }
        smallest = min(id for _, id in targets)
        entities.append(smallest)
        stands.append(_closed({target for target in targets if target[1] == smallest}, out))
    return entities, stands


def _smallest_statements(stands: list[set[Stand]], out: Ways) -> Iterator[Leap]:
    """Between these entities the statements with the smallest ids, of those that lead on."""
    leading: list[set[Stand]] = [stands[-1]]
    for here in reversed(stands[:-1]):
        leading.append({stand for stand in here if _leads_to(leading[-1], stand, out)})
    leading.reverse()
    at = leading[0]
    for following in leading[1:]:
        ways = [
            (target, leap)
            for stand in at
            for target, leap in out.get(stand, ())
            if leap.edge is not None and target in following
        ]
        smallest = min(leap.edge.statement for _, leap in ways if leap.edge)
        chosen = [way for way in ways if way[1].edge and way[1].edge.statement == smallest]
        yield chosen[0][1]
        at = _closed({target for target, _ in chosen}, out) & following


def _leads_to(following: set[Stand], stand: Stand, out: Ways) -> bool:
    return any(
        leap.edge is not None and target in following
        for reached in _closed({stand}, out)
        for target, leap in out.get(reached, ())
    )


def _closed(stands: set[Stand], out: Ways) -> set[Stand]:
    """These stands and all that they lead to without a statement."""
    found = set(stands)
    waiting = list(stands)
    while waiting:
        for target, leap in out.get(waiting.pop(), ()):
            if leap.edge is None and target not in found:
                found.add(target)
                waiting.append(target)
    return found
