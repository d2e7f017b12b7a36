"""Aliases that people taught or that were learned from what they did: an overlay in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kgservice.model import LearnedAlias
from kgservice.resolution.text import normalise


@dataclass(frozen=True, slots=True)
class LearnedAliases:
    """Learned aliases by normalised text.

    >>> aliases = LearnedAliases.of([LearnedAlias("the bard", "Q692", 0.8)])
    >>> [one.entity for one in aliases.for_text("The Bard", user=None)]
    ['Q692']
    """

    _by_text: Mapping[str, Sequence[LearnedAlias]]

    @classmethod
    def of(cls, aliases: Iterable[LearnedAlias]) -> LearnedAliases:
        """These aliases; several for one text may stand beside one another."""
        by_text: dict[str, list[LearnedAlias]] = {}
        for alias in aliases:
            by_text.setdefault(normalise(alias.text), []).append(alias)
        return cls(by_text)

    def for_text(self, text: str, user: str | None) -> Sequence[LearnedAlias]:
        """The aliases that a text has for everybody and for this user.

        What the user taught stands alone: nothing else that was said of the text counts then.
        """
        every = self._by_text.get(normalise(text), ())
        theirs = [alias for alias in every if alias.user is None or alias.user == user]
        own = [alias for alias in theirs if alias.taught and alias.user is not None]
        return own or theirs


NOTHING_LEARNED = LearnedAliases({})
