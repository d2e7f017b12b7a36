"""N-Triples into rows, by the parser of Oxigraph: head, relation, and tail as a TSV would have it.

Each line is parsed by itself, so that what is wrong with one is known by its number and the others
are read. https://www.w3.org/TR/n-triples/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from loaders.reading.rejection import Reason, RecordError, Rejection
from loaders.reading.rows import Row, readable, rejected
from loaders.reading.sources import Source, lines

#: Where a fault is, in the parser's words: it knows nothing of the lines before this one.
_PLACE = re.compile(r"^Parser error at line 1 | \(line 1\)$")
_LANGUAGE = re.compile(r"@([A-Za-z0-9-]+)\s*\.\s*(?:#.*)?$")


def n_triples_rows(source: Source) -> Iterator[Row | Rejection]:
    """The triples of a file; blank lines and comments are passed over."""
    for line in lines(source):
        text, fault = readable(line.content)
        text = text.removesuffix("\r")
        try:
            if fault is not None:
                raise fault
            cells = n_triples_cells(text)
        except RecordError as error:
            yield rejected(source, line.number, error, text or None)
            continue
        if cells is not None:
            yield Row(source.name, line.number, cells)


def n_triples_cells(text: str) -> dict[str, str] | None:
    r"""The cells of one line, or null where it states nothing; raises RecordError.

    >>> n_triples_cells('<http://a/x> <http://a/p> "caf\\u00E9"@fr .')
    {'head': 'http://a/x', 'relation': 'http://a/p', 'tail': '"café"@fr'}
    """
    try:
        # To its end: what stands behind the first triple is found wrong only then.
        found = list(parse(text, RdfFormat.N_TRIPLES))
    except SyntaxError as error:
        message = f"not N-Triples: {_PLACE.sub('', _PLACE.sub('', str(error)))}"
        raise RecordError(Reason.INVALID_RDF, message) from error
    if not found:
        return None
    triple = found[0]
    return {
        "head": _named(triple.subject),
        "relation": triple.predicate.value,
        "tail": _object(triple.object, text),
    }


def _named(node: NamedNode | BlankNode | Triple) -> str:
    if isinstance(node, NamedNode):
        return node.value
    if isinstance(node, BlankNode):
        return str(node)
    raise RecordError(Reason.INVALID_RDF, "a triple about a triple has no place in the graph")


def _object(node: NamedNode | BlankNode | Literal | Triple, line: str) -> str:
    if not isinstance(node, Literal):
        return _named(node)
    written = str(node)
    # The parser writes language tags in small letters; we keep a literal as its source has it.
    tag = _LANGUAGE.search(line) if node.language else None
    if tag is None or tag[1].lower() != node.language:
        return written
    return written[: -len(tag[1])] + tag[1]
