"""Which entity does a text mean: candidates, ranked, with probabilities and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from kgservice.model import Candidate, Mention, Resolution
from kgservice.resolution.candidates import BIT, Asked, gather, has_label
from kgservice.resolution.encoder import Encoder
from kgservice.resolution.features import NAMES, Ranked, Surrounded, features_of
from kgservice.resolution.index import NameIndex
from kgservice.resolution.learned import NOTHING_LEARNED, LearnedAliases
from kgservice.resolution.ranking import Judged, Model
from kgservice.resolution.text import content_words, normalise


@dataclass(frozen=True)
class Resolver:
    """Resolves texts against an index; safe to share between threads.

    An encoder that did not make the index's vectors is not used, nor are they: names are then found
    by their letters alone, and `without_meaning` says why.

    >>> resolver = Resolver(NameIndex.open(Path("names")), encoder=packaged_encoder())
    >>> [answer] = resolver.resolve([Mention("Tom Hnaks", context="who starred in Forrest Gump")])
    >>> answer.match.id
    'tom-hanks'
    """

    index: NameIndex
    encoder: Encoder | None = None
    model: Model = field(default_factory=Model.read)

    @property
    def without_meaning(self) -> str | None:
        """Why texts are compared by letters alone; null where their meaning counts as well."""
        if self.index.fingerprint is None:
            return "the index was built without an encoder"
        if self.encoder is None:
            return "no encoder is available"
        if self.encoder.fingerprint.model != self.index.fingerprint.model:
            return (
                f"the index was built with encoder {self.index.fingerprint},"
                f" this one is {self.encoder.fingerprint}: build the index again"
            )
        return None

    def resolve(
        self, mentions: Sequence[Mention], learned: LearnedAliases = NOTHING_LEARNED
    ) -> list[Resolution]:
        """What each mention means, judged by itself, in their order."""
        return [self._resolve(mention, learned) for mention in mentions]

    def judge(self, mention: Mention, learned: LearnedAliases = NOTHING_LEARNED) -> Judged:
        """All candidates of a mention with their features, not yet scored."""
        asked = Asked.of(mention)
        encoder = None if self.without_meaning else self.encoder
        aliases = learned.for_text(asked.text, mention.user)
        if aliases and has_label(self.index, asked):
            # What was learned may be wrong; it never stands against a name that is just this.
            aliases = [alias for alias in aliases if alias.taught]
        pool = gather(self.index, asked, aliases, encoder)
        around = _surrounded(asked, mention, encoder)
        ranked = features_of(self.index, pool, around, aliases, self.model.weights)
        length = max(map(len, asked.forms), default=0)
        return Judged(pool, ranked, length, context=bool(mention.context))

    def resembling(self, id: str, mention: Mention) -> Resolution:
        """What a mention of an entity could mean if that entity were not there: its duplicates."""
        judged = self.judge(mention)
        ranked, (layer, row) = judged.ranked, self.index.find(id) or (-1, -1)
        names = judged.pool[ranked.best]
        others = (names["layer"] != layer) | (names["entity"] != row)
        kept = Ranked(
            ranked.best[others],
            ranked.found[others],
            ranked.family[others],
            ranked.features[others],
        )
        return self._resolution(mention, replace(judged, ranked=kept))

    def _resolve(self, mention: Mention, learned: LearnedAliases) -> Resolution:
        return self._resolution(mention, self.judge(mention, learned))

    def _resolution(self, mention: Mention, judged: Judged) -> Resolution:
        confidence, nil = self.model.probabilities(judged)
        candidates = []
        for row in np.argsort(-confidence, kind="stable")[: mention.limit].tolist():
            if confidence[row] < mention.min_confidence:
                break
            candidates.append(self._candidate(judged, row, float(confidence[row]), mention))
        return Resolution(mention.text, tuple(candidates), nil)

    def _candidate(
        self, judged: Judged, row: int, confidence: float, mention: Mention
    ) -> Candidate:
        ranked = judged.ranked
        name = judged.pool[ranked.best[row]]
        layer = self.index.layers[int(name["layer"])].layer
        found = int(ranked.found[row])
        surface = int(name["name"])
        return Candidate(
            id=layer.entities.ids[int(name["entity"])].as_py(),
            confidence=confidence,
            match=confidence >= self.model.match,
            name=mention.text if surface < 0 else layer.names.surface[surface].as_py(),
            found_by=tuple(generator for generator, bit in BIT.items() if found & bit),
            features=tuple(zip(NAMES, ranked.features[row].tolist(), strict=True)),
        )


def _surrounded(asked: Asked, mention: Mention, encoder: Encoder | None) -> Surrounded:
    text = content_words(asked.forms[0]) if asked.forms else frozenset[str]()
    if not mention.context or not mention.context.strip():
        return Surrounded(text, frozenset(), None)
    vector = None if encoder is None else encoder.encode([mention.context])[0]
    return Surrounded(text, content_words(normalise(mention.context)) - text, vector)
