"""Records as files of every type, through the real loaders."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from itertools import count, groupby
from pathlib import Path
from typing import Any

from plain_graph import Given, Record

from kgservice.graph.store import Store
from loaders.formats import FORMATS
from loaders.order import Load, MaxRejected
from loaders.reading.sources import Source
from loaders.report import Report
from loaders.run import load

RUN = "the run"
ANY_NUMBER = MaxRejected(None, 10**9)

_numbers = count()


def load_given(graph: Store, directory: Path, given: Iterable[Given], **how: Any) -> list[Report]:
    """Load records in this order: one file for as long as data set and format stay the same.

    `file_type` is that of triples, which come in three; none of the records may be rejected.
    """
    reports = []
    file_type = how.pop("file_type", "jsonl")
    for (dataset, format), together in groupby(given, key=lambda one: (one.dataset, one.format)):
        type = file_type if format == "triples" else "jsonl"
        file = directory / f"{next(_numbers)}.{type}"
        file.write_bytes(written([one.record for one in together], type))
        report = load_file(graph, file, format, dataset, **how)
        assert not report.rejected, report.rejected
        reports.append(report)
    return reports


def load_file(graph: Store, file: Path, format: str, dataset: str = "d", **how: Any) -> Report:
    """One file; `how` are further fields of Load."""
    how = {"run": RUN, "max_rejected": ANY_NUMBER, "quarantine": quarantine_of(file), **how}
    return load(graph, Load(FORMATS[format], [Source(str(file))], dataset, **how))


def quarantine_of(file: Path) -> Path:
    return file.with_suffix(".quarantine.jsonl")


def quarantined(file: Path) -> list[dict[str, Any]]:
    """The lines of the quarantine that goes with a file."""
    path = quarantine_of(file)
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def written(records: Sequence[Record], type: str) -> bytes:
    if type == "jsonl":
        return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records).encode()
    names = ("head", "relation", "tail", "value", "unit", "language", "value_type")
    names += ("plausibility", "typicality", "support", "source", "retrieved_at", "qualifiers")
    names += ("deleted",)
    rows = [names, *[[_cell(record.get(name)) for name in names] for record in records]]
    if type == "tsv":
        return "".join("\t".join(row) + "\n" for row in rows).encode()
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return json.dumps(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
