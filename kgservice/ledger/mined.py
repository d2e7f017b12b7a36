"""What the assertions of mining pipelines tell of an entity itself: its types, label and names.

Each behavior describes the entities in it. What an entity is and is called is a sum as well: every
type and name is counted, and the newest title is the label of a product. An entry keeps, for each
value, how many behaviors give it and the newest time at which one did. Nothing is decided by who
came last, not even where one id is a product to one behavior and a query to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import orjson

from kgservice.ledger.order import NaturalKey, natural

Property = str | int | float | None

_TYPE = "type"
_LABEL = "label"
_PROPERTIES = "properties"


@dataclass(frozen=True, slots=True)
class Register:
    """One value that a behavior gives: `field` is alias, title, specificity, or what Described has.

    Only titles and specificities have a time; of the others all count, and none is the newest.
    """

    field: str
    value: str
    time: str = ""
    version: str = ""

    @property
    def newness(self) -> tuple[str, NaturalKey, str]:
        """Greater is newer; at a tie the value greater by code point."""
        return self.time.removesuffix("Z"), natural(self.version), self.value


@dataclass(frozen=True, slots=True)
class Described:
    """What one behavior says of one entity."""

    id: str
    types: tuple[str, ...]
    label: str | None = None
    properties: Mapping[str, Property] = field(default_factory=dict)
    registers: tuple[Register, ...] = ()

    def values(self) -> Iterator[Register]:
        """All that it says, value by value."""
        for type in self.types:
            yield Register(_TYPE, type)
        if self.label is not None:
            yield Register(_LABEL, self.label)
        if self.properties:
            written = orjson.dumps(self.properties, option=orjson.OPT_SORT_KEYS)
            yield Register(_PROPERTIES, written.decode())
        yield from self.registers


@dataclass(slots=True)
class Entry:
    """A value: how often it is given, and when last."""

    uses: int
    newest: Register


@dataclass(slots=True)
class MinedEntity:
    """All that behaviors together say of one entity.

    `stale` is set where the newest giving of a value was taken back while others give it still:
    then only the behaviors themselves can tell when it was last given.
    """

    id: str
    uses: int = 0
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    stale: bool = False

    def add(self, described: Described) -> None:
        """One more behavior describes it so."""
        self.uses += 1
        for register in described.values():
            key = register.field, register.value
            entry = self.entries.setdefault(key, Entry(0, register))
            entry.uses += 1
            entry.newest = max(entry.newest, register, key=lambda one: one.newness)

    def take(self, described: Described) -> None:
        """One behavior less describes it so."""
        self.uses -= 1
        for register in described.values():
            key = register.field, register.value
            entry = self.entries[key]
            entry.uses -= 1
            if entry.uses == 0:
                del self.entries[key]
            elif register.time and entry.newest == register:
                self.stale = True

    def renew(self, told: Iterable[Described]) -> None:
        """No longer stale: `told` is by all behaviors that may give it a value with a time."""
        newest: dict[tuple[str, str], Register] = {}
        for register in (each for one in told for each in one.registers if each.time):
            key = register.field, register.value
            known = newest.setdefault(key, register)
            newest[key] = max(known, register, key=lambda one: one.newness)
        for key, register in newest.items():
            self.entries[key].newest = register
        self.stale = False

    @property
    def types(self) -> tuple[str, ...]:
        """The types that behaviors give it, sorted."""
        return tuple(sorted(self.values(_TYPE)))

    @property
    def label(self) -> str | None:
        """What it is called where nothing has a title."""
        return self.newest(_LABEL)

    @property
    def properties(self) -> dict[str, Property]:
        """The properties that its types bring."""
        found: dict[str, Property] = {}
        for written in sorted(self.values(_PROPERTIES)):
            found.update(orjson.loads(written))
        return found

    def newest(self, field: str) -> str | None:
        """The value of a field that was given last."""
        given = [entry.newest for (name, _), entry in self.entries.items() if name == field]
        return max(given, key=lambda one: one.newness).value if given else None

    def values(self, field: str) -> Iterable[str]:
        """All values of a field."""
        return [value for name, value in self.entries if name == field]
