"""What a name looks like to a machine: folded, cut into trigrams, shortened, spelt in Latin.

`normalise` is idempotent; everything that is indexed or looked up has gone through it once.
"""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii

_NOT_ASCII_WORD = re.compile(r"[^0-9a-z]+")
_NOT_WORD = re.compile(r"[\W_]+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Words that people leave out of an acronym: 62 % of real acronyms are found where these may be
#: dropped, 47 % where they may not.
STOPWORDS = _words(
    "a an and at by da das de del der des di die du e el et for fuer fur im in la las le les"
    " oder of on or the to und van von y zu zum zur"
)

#: Words of a question that say nothing of whom it is about.
_QUESTION_WORDS = _words(
    "about are did do does from had has have her his how i is it its me my not or s that their"
    " them there these they this those was we were what when where which who whom whose why will"
    " with would you your"
)

#: An acronym has this many letters; longer names are not spoken by their initials.
SHORTEST_INITIALS, LONGEST_INITIALS = 2, 8


def normalise(text: str) -> str:
    """The text without case, accents and punctuation: words separated by one space.

    A text of signs alone, such as an emoji or "!!!", stays as it is but for case and white space,
    so that it can still be found exactly.

    >>> normalise("Padmé  Amidala (Star Wars)")
    'padme amidala star wars'
    >>> normalise("!!!")
    '!!!'
    """
    if text.isascii():
        return _NOT_ASCII_WORD.sub(" ", text.lower()).strip() or " ".join(text.lower().split())
    folded = _fold(text)
    bare = "".join(one for one in folded if unicodedata.category(one)[0] != "M")
    return _NOT_WORD.sub(" ", bare).strip() or " ".join(folded.split())


def latin(text: str) -> str:
    """The normalised Latin spelling of a text in another script; empty where it is Latin already.

    >>> latin("Токио"), latin("Tokyo"), latin("Padmé")
    ('tokio', '', '')
    """
    if text.isascii():
        return ""
    normal = normalise(text)
    if normal.isascii():
        return ""
    spelt = normalise(anyascii(text))
    return "" if spelt == normal else spelt


def trigrams(normal: str, most: int = 40) -> list[str]:
    """The distinct runs of three characters of a normalised text with a space on either side.

    Of a text with more than `most`, that many spread evenly over it.

    >>> trigrams("toy")
    [' to', 'toy', 'oy ']
    """
    padded = f" {normal} "
    grams = list(dict.fromkeys(padded[at : at + 3] for at in range(len(padded) - 2)))
    if len(grams) <= most:
        return grams
    return [grams[at * len(grams) // most] for at in range(most)]


def initials(normal: str) -> tuple[str, ...]:
    """The acronyms of a normalised name: of all its words, and of those that carry meaning.

    >>> initials("united states of america")
    ('usoa', 'usa')
    """
    words = normal.split()
    if len(words) < SHORTEST_INITIALS:
        return ()
    both = (
        "".join(word[0] for word in words),
        "".join(word[0] for word in words if word not in STOPWORDS),
    )
    return tuple(
        one
        for one in dict.fromkeys(both)
        if SHORTEST_INITIALS <= len(one) <= LONGEST_INITIALS and one.isalpha()
    )


def content_words(normal: str) -> frozenset[str]:
    """The distinct words of a normalised text that say what it is about.

    >>> sorted(content_words("who starred in forrest gump"))
    ['forrest', 'gump', 'starred']
    """
    return frozenset(normal.split()) - STOPWORDS - _QUESTION_WORDS


def is_stopword(word: str) -> bool:
    """Whether people leave a word of a name out: "of", "the", "van" and the like."""
    return word in STOPWORDS


def script(text: str) -> str:
    """The script of the first letter, as Unicode names it; OTHER where there is no letter.

    >>> script("Tokyo"), script("東京"), script("42")
    ('LATIN', 'CJK', 'OTHER')
    """
    letter = next((one for one in text if one.isalpha()), None)
    return "OTHER" if letter is None else unicodedata.name(letter, "OTHER").split()[0]


def _fold(text: str) -> str:
    # Decomposing can bring forth letters with case, and folding letters that decompose: both twice.
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFKD", text)
