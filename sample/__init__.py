"""A hand-made world to try the service on: a shop, its shoppers' reasons, films, people.

README.md tells the story. The files are what `kgservice load` reads, in the order of FILES:

>>> from importlib.resources import files
>>> with (files("sample") / FILES[0].name).open() as lines:
...     '"id":"CONTRIBUTOR"' in next(lines)
True
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["FILES", "SampleFile"]


class SampleFile(NamedTuple):
    """A file of this package: the format of `kgservice load`, its name, and its data set."""

    format: str
    name: str
    dataset: str


#: The vocabulary first: a relation must be known before a triple uses it.
FILES: tuple[SampleFile, ...] = (
    SampleFile("relations", "relations.jsonl", "sample-facts"),
    SampleFile("types", "types.jsonl", "sample-facts"),
    SampleFile("entities", "entities.jsonl", "sample-facts"),
    SampleFile("triples", "triples.tsv", "sample-facts"),
    SampleFile("assertions", "assertions.jsonl", "sample-commonsense"),
)
