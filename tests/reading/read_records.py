"""Files into records as a load reads them, without a graph."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from graph_schema.relations import Relation
from kgservice.errors import UnknownRelationError
from kgservice.vocabulary import built_in_vocabulary
from loaders.formats import FORMATS, Columns, rows
from loaders.reading.rejection import Reason, RecordError, Rejection
from loaders.reading.sources import Source
from loaders.reading.wanted import Reading


def read_file(
    format: str,
    file: Path,
    relations: Iterable[str] = (),
    columns: Columns | None = None,
    **how: Any,
) -> tuple[list[Any], list[Rejection], Reading]:
    """The records of a file, what was rejected, and what was noticed.

    `relations` are in the vocabulary beside the built-in ones and those that the format brings.
    """
    kind = FORMATS[format]
    known = [*(Relation(name, name) for name in relations), *kind.relations.values()]
    reading = Reading(built_in_vocabulary().with_relations(known), **how)
    records, rejections = [], []
    for row in rows(kind, Source(str(file)), reading, columns=columns):
        if isinstance(row, Rejection):
            rejections.append(row)
            continue
        try:
            records.append(kind.read(row.cells, reading))
        except RecordError as error:
            rejections.append(
                Rejection(row.file, row.line, error.field, error.reason, str(error), row.cells)
            )
        except UnknownRelationError as error:
            reason = Reason.UNKNOWN_RELATION
            rejections.append(
                Rejection(row.file, row.line, "relation", reason, str(error), row.cells)
            )
    return records, rejections, reading


def write_lines(file: Path, records: Iterable[Mapping[str, Any]]) -> Path:
    file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), "utf-8")
    return file
