"""What a load saw and passed over on purpose: neither loaded nor rejected, but counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

#: Different keys that are counted by name: more than that are data in the place of keys.
_MAX_KEYS = 100
_OTHERS = "..."


@dataclass(slots=True)
class Noticed:
    """Counts by name.

    `ignored_keys` are keys of records that mean nothing here; `passed_over` are parts of a
    publisher's dump that its reader leaves out, such as deprecated statements.
    """

    ignored_keys: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)

    def keys(self, found: Iterable[str], known: Collection[str]) -> None:
        """Count those of the keys of a record that are not known."""
        for key in found:
            if key not in known:
                full = len(self.ignored_keys) >= _MAX_KEYS and key not in self.ignored_keys
                self.ignored_keys[_OTHERS if full else key] += 1
