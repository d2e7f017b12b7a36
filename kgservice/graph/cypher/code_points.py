"""Texts in the order of code points, in Cypher.

Neo4j compares two stored texts by code point, but one that came as a parameter or was put together
by UTF-16 code unit, so which it is depends on the plan. The two differ where a character beyond
U+FFFF, such as an emoji, meets one from U+E000 on. In a key each character beyond U+FFFF stands
behind U+FFFF, and U+FFFF itself before U+0000: then both ways agree.
"""

from __future__ import annotations

from typing import LiteralString


def code_point_key(text: LiteralString) -> LiteralString:
    """What stands in a query for a text wherever that is compared or ordered.

    One match tells that a text is its own key, as nearly all are: it costs 0.5 us.
    """
    character: LiteralString = f"substring({text}, place, 1)"
    return (
        rf"CASE WHEN {text} =~ '[\\x{{0}}-\\x{{FFFE}}]*+' THEN {text} ELSE "
        f"reduce(key = '', place IN range(0, size({text}) - 1) | key + CASE "
        rf"WHEN {character} =~ '[\\x{{0}}-\\x{{FFFE}}]' THEN {character} "
        rf"WHEN {character} = '\uFFFF' THEN '\uFFFF\u0000' ELSE '\uFFFF' + {character} END) END"
    )


def key_of(text: str) -> str:
    """The key of a text, to be compared with keys in a query.

    >>> key_of("tent"), ascii(key_of("a😀"))
    ('tent', "'a\\\\uffff\\\\U0001f600'")
    """
    return "".join([_key(one) for one in text])


def _key(character: str) -> str:
    if character < "\uffff":
        return character
    return "\uffff\0" if character == "\uffff" else "\uffff" + character
