"""How alike a text and a name are, in several ways, all 0..1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from kgservice.resolution.text import is_stopword

#: The columns of what `likeness` returns; what each says stands in features.FEATURES.
COLUMNS = (
    "ratio",
    "token_sort",
    "edits",
    "alike",
    "token_set",
    "words",
    "covered",
    "digits",
    "abbreviation",
    "left_out",
    "exact",
)


def likeness(normal: str, names: Sequence[str]) -> npt.NDArray[np.float32]:
    """A row per name, a column for each of COLUMNS; both sides are normalised."""
    found = np.zeros((len(names), len(COLUMNS)), np.float32)
    if not names:
        return found
    found[:, 0] = process.cdist([normal], names, scorer=fuzz.ratio)[0] / 100
    found[:, 1] = process.cdist([normal], names, scorer=fuzz.token_sort_ratio)[0] / 100
    found[:, 2] = process.cdist([normal], names, scorer=OSA.normalized_similarity)[0]
    found[:, 3] = found[:, :3].max(axis=1)
    found[:, 4] = process.cdist([normal], names, scorer=fuzz.token_set_ratio)[0] / 100
    words = normal.split()
    distinct = set(words)
    numbers = {word for word in distinct if any(map(str.isdigit, word))}
    nothing = (0.0, 0.0, float(not numbers), False, False, False)
    rows = []
    for name in names:
        named = name.split()
        shared = distinct.intersection(named)
        if shared:
            by_words = _shared(shared, distinct, numbers, named)
            left_out = len(shared) == len(distinct) and leaves_out(words, named)
            rows.append((*by_words, shortens(words, named), left_out, name == normal))
        elif name[:1] == normal[:1] and shortens(words, named):
            rows.append((*nothing[:3], True, False, False))
        else:
            rows.append(nothing)
    found[:, 5:] = rows
    return found


def shortens(words: Sequence[str], named: Sequence[str]) -> bool:
    """Whether words are the words of a name in order, at least one cut off behind.

    Words of a name that people leave out, such as "of", may be missing.

    >>> shortens(["t", "hanks"], ["tom", "hanks"]), shortens(["hanks"], ["tom", "hanks"])
    (True, False)
    """
    if not words or not named or not named[0].startswith(words[0][0]):
        return False
    rest = iter(words)
    word = next(rest, None)
    shorter = False
    for part in named:
        if word is not None and part.startswith(word):
            shorter = shorter or len(word) < len(part)
            word = next(rest, None)
        elif not is_stopword(part):
            return False
    return shorter and word is None


def leaves_out(words: Sequence[str], named: Sequence[str]) -> bool:
    """Whether words are some of the words of a name, whole and in order, and the name has more.

    >>> leaves_out(["new", "york"], ["new", "york", "city"]), leaves_out(["york"], ["york"])
    (True, False)
    """
    rest = iter(named)
    return 0 < len(words) < len(named) and all(word in rest for word in words)


def _shared(
    shared: set[str], words: set[str], numbers: set[str], named: Sequence[str]
) -> tuple[float, float, float]:
    """Which part of the text's words the name has, of the name's the text, of those with digits.

    In letters: long words are rare words. Without words with digits the last is 1.
    """
    letters = sum(map(len, shared))
    return (
        letters / sum(map(len, words)),
        letters / sum(map(len, set(named))),
        len(numbers & shared) / len(numbers) if numbers else 1.0,
    )
