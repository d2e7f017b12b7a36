"""Parquet files into rows, a few thousand at a time, whatever the size of their row groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kgservice.errors import ConfigurationError, LoadError
from loaders.reading.rejection import Reason, RecordError, Rejection
from loaders.reading.rows import Row, rejected, renamed
from loaders.reading.sources import STANDARD_INPUT, Source

#: Rows that are Python values at one time.
_ROWS = 4_096
#: Column chunks are read through buffers of this size: a row group may be gigabytes.
_BUFFER_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Broken:
    """A cell that is not UTF-8, as far as it can be read."""

    text: str


def parquet_rows(
    source: Source, columns: Mapping[str, str | int] | None, *, nested: bool
) -> Iterator[Row | Rejection]:
    """The rows of a file, numbered from 1; what is null in it is absent.

    `nested` files name their columns as the records of JSON Lines do; the others may have the
    headers of other tools, or `columns`. Raises ConfigurationError and LoadError.
    """
    number = 0
    with _opened(source) as file:
        names = _names(source, file.schema_arrow.names, columns, nested=nested)
        source.meter.total = file.metadata.num_rows
        for batch in file.iter_batches(batch_size=_ROWS):
            for cells in zip(*[_cells(column) for column in batch.columns], strict=True):
                number += 1
                kept = {
                    name: cell
                    for name, cell in zip(names, cells, strict=True)
                    if name and cell is not None
                }
                yield _row(source, number, kept)
            source.meter.done = number


@contextmanager
def _opened(source: Source) -> Iterator[pq.ParquetFile]:
    if source.path == STANDARD_INPUT or source.is_compressed:
        raise ConfigurationError(
            f"{source.name}: a parquet file is read from its end, and is compressed within; "
            "name a plain file"
        )
    if not Path(source.path).is_file():
        raise LoadError(f"cannot read {source.path}: no such file")
    try:
        with pq.ParquetFile(source.path, buffer_size=_BUFFER_BYTES, pre_buffer=False) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        raise LoadError(f"{source.name} is damaged or cut off: {error}") from error


def _names(
    source: Source,
    theirs: Sequence[str],
    columns: Mapping[str, str | int] | None,
    *,
    nested: bool,
) -> Sequence[str]:
    ours = theirs if nested else renamed(theirs, columns)
    if ours is None:
        raise ConfigurationError(
            f"{source.name} has the columns {', '.join(theirs)}: say which is which with --columns"
        )
    return [*ours, *[""] * (len(theirs) - len(ours))]


def _row(source: Source, number: int, cells: Mapping[str, Any]) -> Row | Rejection:
    broken = [name for name, cell in cells.items() if isinstance(cell, _Broken)]
    if not broken:
        return Row(source.name, number, cells)
    shown = {name: cell.text if name in broken else cell for name, cell in cells.items()}
    error = RecordError(Reason.BAD_ENCODING, "not UTF-8", broken[0])
    return rejected(source, number, error, shown)


def _cells(column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    try:
        cells = column.to_pylist()
    except UnicodeDecodeError:
        return [_cell(one) for one in column]
    plain = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    return cells if plain else [_plain(one) for one in cells]


def _cell(scalar: pa.Scalar) -> Any:
    try:
        return _plain(scalar.as_py())
    except UnicodeDecodeError as error:
        return _Broken(error.object.decode(errors="backslashreplace"))


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case dict():
            return {key: _plain(one) for key, one in value.items() if one is not None}
        case list():
            return [_plain(one) for one in value]
        case datetime():
            moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
            return moment.replace(tzinfo=None).isoformat() + "Z"
        case date():
            return value.isoformat()
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case bytes():
            return _decoded(value)
        case _:
            return str(value)


def _decoded(value: bytes) -> str | _Broken:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return _Broken(value.decode(errors="backslashreplace"))
