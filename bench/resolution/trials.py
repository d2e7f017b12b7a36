"""A world with things missing, aliases left out, namesakes made, and mentions of all of these."""

from __future__ import annotations

import random
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.resolution.mentions import CORRUPTIONS, as_query, corrupted, hint, sentence
from bench.resolution.worlds import Fact, Thing, World, whole_world
from kgservice.resolution.labelled import LabelledMention
from kgservice.resolution.text import initials, normalise

_PERSON = "Q5"
#: Of a hundred things so many are taken out of the world, to be asked for nevertheless.
_ABSENT_PERCENT = 6
_NAMESAKES = 300
#: Absent people that share their name with one who is there: of real ones 9 % do.
_NAMED_AFTER = 0.1


@dataclass(frozen=True, slots=True)
class Trial:
    """What an index is built from, and mentions for fitting and for testing.

    No entity is meant in both; `kinds` says of each test mention how it was made, `left_out` has an
    alias that the world does not know of many things.
    """

    world: World
    train: Sequence[LabelledMention]
    test: Sequence[LabelledMention]
    kinds: Sequence[str]
    left_out: Mapping[str, str]


def trial(seed: int, train: int, test: int) -> Trial:
    """A trial of the whole world."""
    rng = random.Random(seed)
    world = whole_world(rng)
    absent = _take_away(world, rng)
    pairs = _make_namesakes(world, rng)
    _name_absent_after_present(world, absent, rng)
    left_out = _leave_out_aliases(world, rng)
    sides = {}
    for side, count in (("train", train), ("test", test)):
        maker = _Maker(world, absent, pairs, left_out, rng, side)
        sides[side] = [maker.mention() for _ in range(count)]
    return Trial(
        world,
        [one for _, one in sides["train"]],
        [one for _, one in sides["test"]],
        [kind for kind, _ in sides["test"]],
        left_out,
    )


def side_of(id: str) -> str:
    """On which side an entity stands: what is meant for fitting is not meant for testing."""
    return "test" if zlib.crc32(id.encode()) % 2 else "train"


def _take_away(world: World, rng: random.Random) -> dict[str, Thing]:
    gone = {id for id in world.things if rng.randrange(100) < _ABSENT_PERCENT}
    absent = {id: world.things.pop(id) for id in sorted(gone)}
    for thing in world.things.values():
        thing.beside = [one for one in thing.beside if one not in gone]
    return absent


def _make_namesakes(world: World, rng: random.Random) -> list[tuple[str, str]]:
    """Give people the name of another; each pair lies wholly on one side."""
    pairs: list[tuple[str, str]] = []
    for side in ("train", "test"):
        people = [
            thing
            for thing in world.things.values()
            if _PERSON in thing.types and thing.description and side_of(thing.id) == side
        ]
        rng.shuffle(people)
        for one, other in zip(people[::2], people[1::2], strict=False):
            if len(pairs) < _NAMESAKES * (1 if side == "train" else 2):
                other.label, other.aliases = one.label, []
                pairs.append((one.id, other.id))
    return pairs


def _name_absent_after_present(world: World, absent: dict[str, Thing], rng: random.Random) -> None:
    """Give a tenth of the absent people the name of somebody who is there."""
    people = [thing for thing in world.things.values() if _PERSON in thing.types]
    for thing in absent.values():
        if _PERSON in thing.types and rng.random() < _NAMED_AFTER:
            thing.label, thing.aliases = rng.choice(people).label, []


def _leave_out_aliases(world: World, rng: random.Random) -> dict[str, str]:
    left_out = {}
    for thing in world.things.values():
        usable = [alias for alias in thing.aliases if len(normalise(alias)) > 1]
        if len(usable) > 1:
            left_out[thing.id] = rng.choice(usable)
            thing.aliases = [alias for alias in thing.aliases if alias != left_out[thing.id]]
    return left_out


class _Maker:
    def __init__(
        self,
        world: World,
        absent: dict[str, Thing],
        pairs: list[tuple[str, str]],
        left_out: dict[str, str],
        rng: random.Random,
        side: str,
    ):
        self.world, self.rng, self.left_out = world, rng, left_out
        self.absent = [thing for id, thing in absent.items() if side_of(id) == side]
        self.absent_known = [thing for thing in self.absent if thing.id in world.facts]
        here = [thing for id, thing in world.things.items() if side_of(id) == side]
        self.known = [thing for thing in here if thing.id in world.facts]
        self.titles = [thing for thing in here if "Product" in thing.types]
        self.others = [
            thing for thing in here if thing.id not in world.facts and "Product" not in thing.types
        ]
        self.twins = [
            [world.things[id] for id in pair] for pair in pairs if side_of(pair[0]) == side
        ]
        self.owners = defaultdict(set)
        for thing in world.things.values():
            for name in (thing.label, *thing.aliases):
                self.owners[normalise(name)].add(thing.id)
        namesakes = (
            (name, [world.things[id] for id in sorted(ids) if side_of(id) == side])
            for name, ids in sorted(self.owners.items())
            if len(ids) > 1
        )
        self.shared = [
            (name, known)
            for name, things in namesakes
            if (known := [thing for thing in things if thing.id in world.facts])
        ]
        self.left = [thing for thing in self.known if thing.id in left_out]
        self.kinds: Sequence[tuple[int, str, Callable[[], LabelledMention | None]]] = (
            (26, "known", self._known),
            (12, "namesake", self._namesake),
            (8, "shared name", self._shared),
            (8, "unindexed alias", self._alias),
            (3, "acronym", self._acronym),
            (14, "title", self._title),
            (17, "other", self._other),
            (12, "absent", self._absent),
        )

    def mention(self) -> tuple[str, LabelledMention]:
        weights = [weight for weight, _, _ in self.kinds]
        while True:
            _, kind, make = self.rng.choices(self.kinds, weights)[0]
            made = make()
            if made is not None:
                return kind, made

    def _known(self) -> LabelledMention | None:
        thing = self._asked_for(self.known)
        return self._of(thing, self._misspelt(self._name(thing), thing, 0.5), 0.55)

    def _namesake(self) -> LabelledMention | None:
        thing = self._asked_for(self.rng.choice(self.twins))
        return self._of(thing, self._misspelt(thing.label, thing, 0.3), 0.85)

    def _shared(self) -> LabelledMention | None:
        name, things = self.rng.choice(self.shared)
        thing = self._asked_for(things)
        return self._of(thing, name, 0.85)

    def _alias(self) -> LabelledMention | None:
        thing = self.rng.choice(self.left)
        return self._of(thing, self._unowned(self.left_out[thing.id], thing), 0.5)

    def _acronym(self) -> LabelledMention | None:
        thing = self.rng.choice(self.known)
        short = initials(normalise(thing.label))
        return self._of(thing, short[-1], 0.7) if short and len(short[-1]) > 2 else None

    def _title(self) -> LabelledMention | None:
        thing = self.rng.choice(self.titles)
        if self.rng.random() < 0.15:
            return self._of(thing, self._misspelt(thing.label, thing, 0.5), 0)
        return self._of(thing, as_query(thing.label, self.rng), 0)

    def _other(self) -> LabelledMention | None:
        thing = self.rng.choice(self.others)
        return self._of(thing, self._misspelt(thing.label, thing, 0.6), 0.2)

    def _asked_for(self, things: Sequence[Thing]) -> Thing:
        """One of them: half of the time any, else the more often the better it is known."""
        if self.rng.random() < 0.5:
            return self.rng.choice(things)
        return self.rng.choices(things, [len(thing.beside) + 1 for thing in things])[0]

    def _absent(self) -> LabelledMention | None:
        things = self.absent if self.rng.random() < 0.5 else self.absent_known
        thing = self.rng.choice(things)
        is_product = "Product" in thing.types
        text = (
            as_query(thing.label, self.rng)
            if is_product
            else self._misspelt(self._name(thing), thing, 0.4)
        )
        if text is None or self._stands_elsewhere(thing):
            return None
        shared = normalise(text) in self.owners
        context = self._context(thing, text) if shared or self.rng.random() < 0.5 else None
        return LabelledMention(text, None, context)

    def _stands_elsewhere(self, thing: Thing) -> bool:
        """Whether another source has the same thing: words and categories overlap."""
        names = {normalise(name) for name in (thing.label, *thing.aliases)}
        return thing.id not in self.world.facts and any(self.owners.get(name) for name in names)

    def _of(self, thing: Thing, text: str | None, in_context: float) -> LabelledMention | None:
        if text is None:
            return None
        context = self._context(thing, text) if self.rng.random() < in_context else None
        return LabelledMention(text, thing.id, context)

    def _name(self, thing: Thing) -> str:
        return self.rng.choice((thing.label, thing.label, *thing.aliases[:3]))

    def _misspelt(self, name: str, thing: Thing, share: float) -> str | None:
        if self.rng.random() >= share:
            return name
        changed = corrupted(name, self.rng.choice(list(CORRUPTIONS.values())), self.rng)
        return None if changed is None else self._unowned(changed, thing)

    def _unowned(self, text: str, thing: Thing) -> str | None:
        """The text, unless it is the very name of something else."""
        return None if self.owners.get(normalise(text), set()) - {thing.id} else text

    def _context(self, thing: Thing, text: str) -> str | None:
        """A fact, a hint at what it is, or, one time in twelve, talk of something else."""
        facts = self.world.facts.get(thing.id) or list(self._beside(thing))
        draw = self.rng.random()
        if draw < 0.08:
            other = self.rng.choice(self.known)
            return self._context_of(text, self.world.facts.get(other.id, []))
        if draw < 0.25 and thing.description:
            return f"{text} {hint(thing.description, self.rng)}"
        if draw < 0.35 and thing.types:
            kind = self.world.type_labels.get(self.rng.choice(thing.types))
            if kind:
                return self.rng.choice((f"the {kind} {text}", f"{text} {kind}"))
        news = [fact for fact in facts if not fact.known]
        return self._context_of(text, news if news and self.rng.random() < 0.5 else facts)

    def _context_of(self, text: str, facts: Sequence[Fact]) -> str | None:
        if not facts:
            return None
        fact = self.rng.choice(facts)
        return sentence(text, fact.relation, fact.other, self.rng)

    def _beside(self, thing: Thing) -> Iterator[Fact]:
        for id in thing.beside[:30]:
            if id in self.world.things:
                yield Fact(thing.id, "with", self.world.things[id].label, known=True)
