"""What the assertions of mining pipelines tell of an entity itself: its types, label and names.

Each behavior describes the entities in it. What an entity is called is a sum as well: every name is
counted, and the newest title is the label of a product. A register keeps, for each value, how many
behaviors give it and the newest time at which one did.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kgservice.ledger.order import natural

Property = str | int | float | None


@dataclass(frozen=True, slots=True)
class Register:
    """One value that a behavior gives: `field` is alias, title or specificity.

    Aliases have no time: all of them count, and none is the newest.
    """

    field: str
    value: str
    time: str = ""
    version: str = ""

    @property
    def newness(self) -> tuple[str, tuple[tuple[int, int, str], ...], str]:
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


@dataclass(slots=True)
class Entry:
    """A value of a register: how often it is given, and when last."""

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
    types: tuple[str, ...] = ()
    label: str | None = None
    properties: dict[str, Property] = field(default_factory=dict)
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    stale: bool = False

    def add(self, described: Described) -> None:
        """One more behavior describes it so."""
        self.uses += 1
        self.types, self.label = described.types, described.label
        self.properties = dict(described.properties)
        for register in described.registers:
            key = register.field, register.value
            entry = self.entries.setdefault(key, Entry(0, register))
            entry.uses += 1
            entry.newest = max(entry.newest, register, key=lambda one: one.newness)

    def take(self, described: Described) -> None:
        """One behavior less describes it so."""
        self.uses -= 1
        for register in described.registers:
            key = register.field, register.value
            entry = self.entries[key]
            entry.uses -= 1
            if entry.uses == 0:
                del self.entries[key]
            elif register.time and entry.newest == register:
                self.stale = True

    def newest(self, field: str) -> str | None:
        """The value of a field that was given last."""
        given = [entry.newest for (name, _), entry in self.entries.items() if name == field]
        return max(given, key=lambda one: one.newness).value if given else None

    def values(self, field: str) -> Iterable[str]:
        """All values of a field."""
        return [value for name, value in self.entries if name == field]
