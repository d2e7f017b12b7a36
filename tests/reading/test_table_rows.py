"""TSV as it stands and CSV by RFC 4180: cells, headers, columns, and rows that are none."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from read_records import read_file, write_lines

from kgservice.errors import ConfigurationError
from loaders.reading.entities import split_list
from loaders.reading.rejection import Reason, Rejection
from loaders.reading.rows import Row, table_rows
from loaders.reading.sources import Source

Columns = Mapping[str, str | int]


def read(
    path: Path, text: str | bytes, separator: str = "\t", columns: Columns | None = None
) -> list[Row | Rejection]:
    file = path / ("x.csv" if separator == "," else "x.tsv")
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(table_rows(Source(str(file)), separator, columns))


def cells(rows: list[Row | Rejection]) -> list[Mapping[str, str]]:
    assert all(isinstance(row, Row) for row in rows), rows
    return [row.cells for row in rows if isinstance(row, Row)]


ABC = {"head": "a", "relation": "b", "tail": "c"}


@pytest.mark.parametrize(
    "header",
    [
        "head\trelation\ttail",
        "HEAD\t Relation\ttail ",
        "subject\tpredicate\tobject",
        "Subject\tPredicate\tObject",
        "node1\tlabel\tnode2",
        "source\ttype\ttarget",
        "h\tr\tt",
    ],
)
def test_headers_that_are_known(tmp_path: Path, header: str) -> None:
    for separator in "\t,":
        text = f"{header}\na\tb\tc\n".replace("\t", separator)
        assert cells(read(tmp_path, text, separator)) == [ABC]


def test_columns_of_a_known_header_may_stand_anywhere(tmp_path: Path) -> None:
    rows = read(tmp_path, "weight\tobject\tsubject\tpredicate\tplausibility\n9\tc\ta\tb\t0.5\n")
    assert cells(rows) == [{"weight": "9", **ABC, "plausibility": "0.5"}]


def test_without_a_header_the_first_three_columns(tmp_path: Path) -> None:
    assert cells(read(tmp_path, "a\tb\tc\na\tb\tc\tmore\tand more\n")) == [ABC, ABC]


@pytest.mark.parametrize(
    "columns",
    [
        {"head": 2, "relation": 1, "tail": 3},
        {"head": "H", "relation": "R", "tail": "T t"},
        {"head": "H", "relation": 1, "tail": 3},
    ],
)
def test_columns_that_are_named(tmp_path: Path, columns: Columns) -> None:
    by_name = any(isinstance(one, str) for one in columns.values())
    text = ("R\tH\tT t\tw\n" if by_name else "") + "b\ta\tc\t7\n"
    assert cells(read(tmp_path, text, columns=columns)) == [ABC]


def test_rows_may_end_behind_the_last_column_that_counts(tmp_path: Path) -> None:
    rows = read(tmp_path, "a\tb\tc\td\na\tb\tc\n", columns={"head": 1, "relation": 2, "tail": 3})
    assert cells(rows) == [ABC, ABC]


def test_keys_of_json_lines_are_named_as_columns_are(tmp_path: Path) -> None:
    """A quarantine has our names already, and loads by the command of the table it came from."""
    theirs = {"from": "a", "by": "IS_A", "to": "c"}
    ours = {"head": "a", "relation": "IS_A", "tail": "c"}
    file = write_lines(tmp_path / "x.jsonl", [theirs, ours])
    columns = {"head": "from", "relation": "by", "tail": "to"}
    found, rejections, _ = read_file("triples", file, columns=columns)
    assert (len(found), len(set(found)), rejections) == (2, 1, [])
    again, _, _ = read_file("triples", write_lines(file, [ours]), columns={"head": 2, "tail": 1})
    assert again == found[:1]


@pytest.mark.parametrize("columns", [{"head": "nope"}, {"head": 4}, {"head": 0}])
def test_columns_that_are_not_there(tmp_path: Path, columns: Columns) -> None:
    with pytest.raises(ConfigurationError, match="no column"):
        read(tmp_path, "a\tb\tc\n", columns=columns)


def test_tsv_is_taken_literally(tmp_path: Path) -> None:
    rows = read(tmp_path, '"a"\t b \\t\tc"c\r\n\r\n\n\'\t,\t|')
    assert cells(rows) == [
        {"head": '"a"', "relation": " b \\t", "tail": 'c"c'},
        {"head": "'", "relation": ",", "tail": "|"},
    ]
    assert [row.line for row in rows] == [1, 4]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('"a",b,"c"\r\n', ("a", "b", "c")),
        ('"a ""x""",b,"c,d"\n', ('a "x"', "b", "c,d")),
        ('a,"line\nand line\r\nand line",c', ("a", "line\nand line\r\nand line", "c")),
        ('a,"",c\n', ("a", "", "c")),
        (' a ," b",c\n', (" a ", " b", "c")),
        ("a,b\t,c\n", ("a", "b\t", "c")),
        ("a,b\0,c\n", ("a", "b\0", "c")),
        ('a,"tail\n', None),
        ('a,"b"x,c\n', None),
        ("a,b\rb,c\n", None),
    ],
)
def test_csv_follows_rfc_4180(tmp_path: Path, text: str, wanted: tuple[str, ...] | None) -> None:
    [row] = read(tmp_path, text, ",")
    if wanted is not None:
        assert cells([row]) == [dict(zip(ABC, wanted, strict=True))]
        return
    assert isinstance(row, Rejection)
    assert row.reason is Reason.WRONG_COLUMNS


_cells = st.text(alphabet='ab,"\n\r\té\0', max_size=5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(st.tuples(_cells, _cells, _cells), max_size=5),
    end=st.sampled_from(("\n", "\r\n")),
)
def test_what_csv_writers_write_is_read(
    tmp_path: Path, rows: list[tuple[str, str, str]], end: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["head", "relation", "tail"])
    writer.writerows(rows)
    assert cells(read(tmp_path, text.getvalue(), ",")) == [
        dict(zip(ABC, row, strict=True)) for row in rows
    ]


@pytest.mark.parametrize("separator", ["\t", ","])
@pytest.mark.parametrize(
    ("bad", "reason", "kept"),
    [
        (b"a,b", Reason.WRONG_COLUMNS, "a,b"),
        (b"\xff,b,c", Reason.BAD_ENCODING, "\\xff,b,c"),
        (b"a,b,c,d", Reason.WRONG_COLUMNS, "a,b,c,d"),
    ],
)
def test_a_bad_row_is_kept_and_the_others_are_read(
    tmp_path: Path, separator: str, bad: bytes, reason: Reason, kept: str
) -> None:
    text = b"head,relation,tail\na,b,c\n" + bad + b"\r\na,b,c\n"
    rows = read(tmp_path, text.replace(b",", separator.encode()), separator)
    rejected = rows.pop(1)
    assert cells(rows) == [ABC, ABC]
    assert [row.line for row in rows] == [2, 4]
    assert isinstance(rejected, Rejection)
    assert (rejected.line, rejected.reason) == (3, reason)
    assert rejected.record == kept.replace(",", separator)


def test_empty_cells_behind_the_header_are_none(tmp_path: Path) -> None:
    assert cells(read(tmp_path, "head\trelation\ttail\na\tb\tc\t\t\n")) == [ABC]


def test_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    """What it swallowed is in the quarantine, not lost."""
    rows = read(tmp_path, 'head,relation,tail\na,b,c\na,"b,c\nd,e,f\n', ",")
    [row, rejected] = rows
    assert cells([row]) == [ABC]
    assert isinstance(rejected, Rejection)
    assert (rejected.line, rejected.record) == (3, 'a,"b,c\nd,e,f')


def test_a_line_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loaders.reading.sources.MAX_LINE_BYTES", 100)
    monkeypatch.setattr("loaders.reading.sources._CHUNK_BYTES", 50)
    for separator in "\t,":
        text = f"a,b,c\n{'x' * 300},b,c\na,b,c\n".replace(",", separator)
        first, rejected, last = read(tmp_path, text, separator)
        assert cells([first, last]) == [ABC, ABC]
        assert isinstance(rejected, Rejection)
        assert rejected.reason is Reason.LINE_TOO_LONG
        assert last.line == 3


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("", []),
        ("a", ["a"]),
        ("a|b", ["a", "b"]),
        (r"a\|b|c", ["a|b", "c"]),
        ("|a||b|", ["a", "b"]),
        ("a\0b", ["a\0b"]),
        ("a\\b", ["a\\b"]),
    ],
)
def test_lists_in_cells(cell: str, wanted: list[str]) -> None:
    assert split_list(cell) == wanted
