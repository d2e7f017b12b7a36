"""Mentions of things whose answer is known: misspelt, shortened, in a context, or of nothing."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Mapping, Sequence

from kgservice.resolution.text import content_words, normalise

Corruption = Callable[[str, random.Random], str | None]


def _edit(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text))
    letter = rng.choice(string.ascii_lowercase)
    kind = rng.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + letter + text[at:]
    if kind == 2 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + letter + text[at + 1 :]


def one_edit(text: str, rng: random.Random) -> str | None:
    return _edit(text, rng) if len(text) > 2 else None


def two_edits(text: str, rng: random.Random) -> str | None:
    return _edit(_edit(text, rng), rng) if len(text) > 5 else None


def swapped(text: str, rng: random.Random) -> str | None:
    words = text.split()
    if len(words) < 2:
        return None
    at = rng.randrange(len(words) - 1)
    words[at], words[at + 1] = words[at + 1], words[at]
    return " ".join(words)


def dropped(text: str, rng: random.Random) -> str | None:
    words = text.split()
    if len(words) < 3:
        return None
    words.pop(rng.randrange(len(words)))
    return " ".join(words)


def abbreviated(text: str, rng: random.Random) -> str | None:
    words = text.split()
    long = [at for at, word in enumerate(words) if len(word) > 4]
    if len(words) < 2 or not long:
        return None
    at = rng.choice(long)
    words[at] = words[at][: rng.choice((1, 3, 4))] + rng.choice((".", ""))
    return " ".join(words)


def restyled(text: str, rng: random.Random) -> str | None:
    bare = normalise(text)
    return rng.choice((bare, bare.upper(), bare.title(), bare.replace(" ", "-")))


def plural(text: str, _: random.Random) -> str | None:
    return text[:-1] if text.endswith("s") else f"{text}s"


#: The classes of misspelling; "alias", the eighth, needs a name that the index does not hold.
CORRUPTIONS: Mapping[str, Corruption] = {
    "one edit": one_edit,
    "two edits": two_edits,
    "swapped words": swapped,
    "dropped word": dropped,
    "abbreviation": abbreviated,
    "case, marks": restyled,
    "plural": plural,
}


def corrupted(text: str, corruption: Corruption, rng: random.Random) -> str | None:
    """The text misspelt; null where the class does not apply or the text would still be itself."""
    changed = corruption(text, rng)
    if not changed or not normalise(changed):
        return None
    if corruption is not restyled and normalise(changed) == normalise(text):
        return None
    return changed


def as_query(title: str, rng: random.Random) -> str:
    """What somebody types who looks for a product with this title."""
    words = normalise(title).split()
    kept = words[: rng.randint(3, 8)]
    if rng.random() < 0.5:
        rest = words[len(kept) :]
        kept += rng.sample(rest, min(len(rest), rng.randint(0, 3)))
    if len(kept) > 3 and rng.random() < 0.5:
        kept.pop(rng.randrange(1, len(kept)))
    if rng.random() < 0.3:
        rng.shuffle(kept)
    query = " ".join(kept)
    return _edit(query, rng) if rng.random() < 0.4 else query


def sentence(mention: str, relation: str, other: str, rng: random.Random) -> str:
    """A question or search that names a thing beside another."""
    forms: Sequence[str] = (
        f"{mention} {relation} {other}",
        f"which {relation} of {mention} is {other}?",
        f"{other} {relation} {mention}",
        f"what do {mention} and {other} have to do with each other",
        f"{mention} {other}",
        f"is {mention} the one with {other}?",
    )
    return rng.choice(forms)


def hint(description: str, rng: random.Random) -> str:
    """A few words of a description, as people add them to a name."""
    words = [word for word in normalise(description).split() if content_words(word)]
    start = rng.randrange(max(1, len(words) - 1))
    return " ".join(words[start : start + rng.randint(1, 3)])
