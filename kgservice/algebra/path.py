r"""Property paths: SPARQL 1.1 syntax over relation ids, without negation, and with `{n,m}`.

    path     = sequence ("|" sequence)*
    sequence = element ("/" element)*
    element  = "^"? primary mark?
    primary  = id | "(" path ")"
    mark     = "?" | "*" | "+" | "{n}" | "{n,m}" | "{n,}" | "{,m}"
    id       = a letter or "_", then letters, digits and "_ . : -"
             | "<" any text, with "\>" and "\\" for ">" and "\" ">"

Blanks may stand between tokens. Grammar: https://www.w3.org/TR/sparql11-query/#rPath; as there,
`^A*` inverts the closure.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kgservice.algebra.pattern import Hop, Pattern, Repeat, alternatives, inverse, sequence
from kgservice.errors import BadRequestError, LimitExceededError

#: Binds the name of a relation, or of one of its aliases, to relation ids.
BindRelation = Callable[[str], frozenset[str]]

_BARE_ID = re.compile(r"[^\W\d][\w.:-]*")
_QUOTED_ID = re.compile(r"<((?:[^<>\\]|\\[>\\]|<)*)>")
_BLANKS = re.compile(r"[ \t\r\n]*")
_COUNT = re.compile(
    r"\{[ \t]*(?P<least>[0-9]{0,9})[ \t]*(?P<comma>,)?[ \t]*(?P<most>[0-9]{0,9})[ \t]*\}"
)
_MARKS: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}


def parse_path(text: str, bind: BindRelation, *, max_nesting: int) -> Pattern:
    """The pattern of a path.

    Raises BadRequestError with the offset of the fault, LimitExceededError where brackets nest too
    deep, and whatever `bind` raises for a name that it does not know.

    >>> one = lambda name: frozenset({name})
    >>> parse_path("^P50 / P166", one, max_nesting=12)
    ... # doctest: +ELLIPSIS
    Sequence(parts=(Hop(forwards=frozenset(), backwards=frozenset({'P50'}), ...)))
    """
    parser = _Parser(text, bind, max_nesting)
    pattern = parser.path(0)
    if parser.at < len(text):
        raise parser.fault("unexpected " + repr(text[parser.at]))
    return pattern


class _Parser:
    """A recursive descent along the grammar above; `at` is the offset of the next token."""

    def __init__(self, text: str, bind: BindRelation, max_nesting: int):
        self._text = text
        self._bind = bind
        self._max_nesting = max_nesting
        self.at = 0

    def path(self, depth: int) -> Pattern:
        parts = [self._sequence(depth)]
        while self._take("|"):
            parts.append(self._sequence(depth))
        return alternatives(*parts)

    def fault(self, what: str) -> BadRequestError:
        return BadRequestError(f"{what} in the path at {self.at}", position=self.at)

    def _sequence(self, depth: int) -> Pattern:
        parts = [self._element(depth)]
        while self._take("/"):
            parts.append(self._element(depth))
        return sequence(*parts)

    def _element(self, depth: int) -> Pattern:
        inverted = self._take("^")
        pattern = self._marked(self._primary(depth))
        return inverse(pattern) if inverted else pattern

    def _primary(self, depth: int) -> Pattern:
        if not self._take("("):
            return Hop(forwards=self._relation())
        if depth >= self._max_nesting:
            raise LimitExceededError("nesting", self._max_nesting)
        pattern = self.path(depth + 1)
        if not self._take(")"):
            raise self.fault("expected | / or )")
        return pattern

    def _relation(self) -> frozenset[str]:
        if quoted := _QUOTED_ID.match(self._text, self.at):
            name = re.sub(r"\\([>\\])", r"\1", quoted[1])
            match = quoted
        elif bare := _BARE_ID.match(self._text, self.at):
            name, match = bare[0], bare
        else:
            raise self.fault("expected a relation id or (")
        relations = self._bind(name)
        self._skip_to(match.end())
        return relations

    def _marked(self, pattern: Pattern) -> Pattern:
        mark = self._text[self.at : self.at + 1]
        if mark in _MARKS:
            self._skip_to(self.at + 1)
            return Repeat(pattern, *_MARKS[mark])
        return self._counted(pattern) if mark == "{" else pattern

    def _counted(self, pattern: Pattern) -> Pattern:
        match = _COUNT.match(self._text, self.at)
        if match is None or not (match["least"] or match["most"]):
            raise self.fault("expected {n}, {n,m}, {n,} or {,m}")
        least = int(match["least"] or 0)
        if match["comma"] is None:
            most: int | None = least
        else:
            most = int(match["most"]) if match["most"] else None
        if most is not None and most < least:
            raise self.fault(f"{least} is more than {most}")
        self._skip_to(match.end())
        return Repeat(pattern, least, most)

    def _take(self, token: str) -> bool:
        self._skip_to(self.at)
        if not self._text.startswith(token, self.at):
            return False
        self._skip_to(self.at + len(token))
        return True

    def _skip_to(self, offset: int) -> None:
        blanks = _BLANKS.match(self._text, offset)
        self.at = blanks.end() if blanks else offset
