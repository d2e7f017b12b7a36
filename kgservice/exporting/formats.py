"""The formats that tables are written in; the same tables give the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

#: Writes one table behind those before.
Write = Callable[[pa.Table], None]

#: Columns in which hardly a value occurs twice: a dictionary of them would be tried and given up.
_OWN = frozenset({"id", "text", "phrase", "description", "aliases"})


@dataclass(frozen=True, slots=True)
class Format:
    """How tables become bytes; `ending` is that of a file's name."""

    name: str
    ending: str
    media_type: str
    opened: Callable[[IO[bytes], pa.Schema], Any]


@contextmanager
def _parquet(file: IO[bytes], schema: pa.Schema) -> Iterator[Write]:
    dictionaries = [name for name in schema.names if name not in _OWN]
    with pq.ParquetWriter(
        file, schema, compression="zstd", compression_level=1, use_dictionary=dictionaries
    ) as writer:
        yield lambda table: writer.write_table(table, row_group_size=len(table))


@contextmanager
def _arrow(file: IO[bytes], schema: pa.Schema) -> Iterator[Write]:
    with pa.ipc.new_stream(file, schema) as writer:
        yield writer.write_table


@contextmanager
def _json_lines(file: IO[bytes], schema: pa.Schema) -> Iterator[Write]:
    names = schema.names

    def write(table: pa.Table) -> None:
        rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
        lines = [orjson.dumps(dict(zip(names, row, strict=True))) for row in rows]
        file.write(b"\n".join([*lines, b""]))

    yield write


@contextmanager
def _csv(file: IO[bytes], schema: pa.Schema) -> Iterator[Write]:
    flat = pa.schema([(one.name, _flat_type(one.type)) for one in schema])
    with pa.csv.CSVWriter(file, flat) as writer:

        def write(table: pa.Table) -> None:
            columns = [_flat(column) for column in table.columns]
            writer.write_table(pa.Table.from_arrays(columns, schema=flat))

        yield write


def _flat_type(type: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_list(type) else type


def _flat(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A list with `|` between its items and `\\|` for the sign itself, as the loaders read it."""
    if not pa.types.is_list(column.type):
        return column
    return pa.chunked_array([_joined(chunk) for chunk in column.chunks], pa.string())


def _joined(lists: pa.ListArray) -> pa.Array:
    items = pc.replace_substring(lists.flatten(), "|", "\\|")
    lengths = pc.fill_null(pc.list_value_length(lists), 0)
    ends = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths)])
    joined = pc.binary_join(pa.ListArray.from_arrays(ends, items), "|")
    return pc.if_else(lists.is_valid(), joined, pa.scalar(None, pa.string()))


FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format("parquet", "parquet", "application/vnd.apache.parquet", _parquet),
        Format("arrow", "arrows", "application/vnd.apache.arrow.stream", _arrow),
        Format("jsonl", "jsonl", "application/jsonl", _json_lines),
        Format("csv", "csv", "text/csv; charset=utf-8; header=present", _csv),
    )
}
