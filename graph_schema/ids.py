"""The ids that the service makes itself, and the normal form of a text that they are made of.

Each is a pure function of what it identifies, so loading a record twice, or in another order, ends
at the same node. Rules: contract, graph.md (Ids) and records.md.
"""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from functools import cache

#: An entity or relation id is 1 to this many bytes of UTF-8.
MAX_ID_BYTES = 1024

#: Entity ids must not begin with this: `node(id:)` tells statements from entities by it.
STATEMENT_PREFIX = "statement:"

_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"
#: Two digits of base32 for each ten bits.
_PAIRS = [one + other for one in _DIGITS for other in _DIGITS]

_QUOTES = {'"': '"', "'": "'", "`": "`", "“": "”", "„": "“", "‘": "’", "«": "»", "‹": "›"}  # noqa: RUF001


def normalise(text: str) -> str:
    """The normal form of a query or tail text: what makes two texts one entity.

    NFKC, case-folded, blanks collapsed, outer quotes removed; `+`, `#` and accents stay.
    Idempotent.

    >>> normalise('  "Rain  Coat" '), normalise("C++"), normalise("Straße")
    ('rain coat', 'c++', 'strasse')
    """
    text = unicodedata.normalize("NFKC", text)
    # Folding can leave NFKC (and the reverse) for a few letters; twice is a fixed point.
    for _ in range(2):
        text = unicodedata.normalize("NFKC", text.casefold())
    text = " ".join(text.split())
    while len(text) >= 2 and _QUOTES.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    return text


def query_id(language: str, norm: str) -> str:
    """The id of the query with this normalised text.

    >>> query_id("en", "camping tent for rain")
    'query:en:camping tent for rain'
    """
    return _bounded(f"query:{language}:", norm)


def intent_id(tail_type: str, language: str, norm: str) -> str:
    """The id of the intent with this tail type and normalised text.

    >>> intent_id("audience", "en", "dog owners")
    'intent:audience:en:dog owners'
    """
    return _bounded(f"intent:{tail_type}:{language}:", norm)


def category_id(name: str) -> str:
    """The id of a category of the shop."""
    return _bounded("category:", name)


def product_type_id(name: str) -> str:
    """The id of a product type of the catalogue."""
    return _bounded("product_type:", name)


def statement_id(subject: str, relation: str, object_key: str) -> str:
    """The id of the statement with these three parts; `object_key` is entity_key or literal_key.

    It begins with the mark of its relation, so that a statement is found by its id alone: Neo4j
    looks relationships up by type and property, never by property. 100 bits of sha256 follow, in
    base32 and not the whole: so the id stays below the length from which Neo4j moves a string out
    of the property record, and the chance that two of 1.5 G statements share one is 1e-12.
    """
    # The parts written out, as `_joined` would: an id is made for each statement that is read.
    whole = f"{len(subject)}:{subject}{len(relation)}:{relation}{len(object_key)}:{object_key}"
    return relation_mark(relation) + _base32(hashlib.sha256(whole.encode()).digest())


@cache
def relation_mark(relation: str) -> str:
    """What the ids of all statements of a relation begin with; rarely two relations share it."""
    digest = hashlib.sha256(relation.encode()).digest()
    return STATEMENT_PREFIX + base64.b32encode(digest[:5]).decode()[:4].lower()


def entity_key(id: str) -> str:
    """An entity as the object of a statement."""
    return "e" + id


def literal_key(text: str, datatype: str, language: str | None, unit: str | None) -> str:
    """A literal as the object of a statement: equal literals are one."""
    return "l" + _joined(datatype, language or "", unit or "", text)


def _base32(digest: bytes) -> str:
    """The first 100 bits of a digest as 20 digits (RFC 4648), in lower case.

    Written out, in halves that fit into a machine word: base64.b32encode takes four times as long.
    """
    pairs = _PAIRS
    first = int.from_bytes(digest[:7], "big") >> 6
    second = int.from_bytes(digest[6:13], "big") >> 4 & 0x3FFFFFFFFFFFF
    return (
        f"{pairs[first >> 40]}{pairs[first >> 30 & 1023]}{pairs[first >> 20 & 1023]}"
        f"{pairs[first >> 10 & 1023]}{pairs[first & 1023]}"
        f"{pairs[second >> 40]}{pairs[second >> 30 & 1023]}{pairs[second >> 20 & 1023]}"
        f"{pairs[second >> 10 & 1023]}{pairs[second & 1023]}"
    )


def _joined(*parts: str) -> str:
    # Ids may hold any character, so no separator is safe; each part is preceded by its length.
    return "".join([f"{len(part)}:{part}" for part in parts])


def _bounded(prefix: str, text: str) -> str:
    whole = (prefix + text).encode()
    if len(whole) <= MAX_ID_BYTES:
        return prefix + text
    ending = "#" + hashlib.sha256(text.encode()).hexdigest()
    kept = whole[: MAX_ID_BYTES - len(ending)].decode(errors="ignore")
    return kept + ending
