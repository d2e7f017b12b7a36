"""Checks that every format shares: ids, scores, times, counts, and what pydantic finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from graph_schema.ids import MAX_ID_BYTES, STATEMENT_PREFIX
from kgservice.ledger.order import read_time
from kgservice.ledger.scores import read_score
from loaders.reading.rejection import Reason, RecordError

#: A count beyond this is a fault. Sums of score x 10^6 x count are kept in 64 bits: there is room
#: for 9,223 observations of one statement that all have this count and the score 1.
MAX_COUNT = 10**9

_FLAGS = {"true": True, "false": False}

_REASONS = {
    "missing": Reason.MISSING_FIELD,
    "extra_forbidden": Reason.SUPERFLUOUS_FIELD,
    "string_too_short": Reason.EMPTY,
    "too_short": Reason.EMPTY,
    "greater_than_equal": Reason.OUT_OF_RANGE,
    "less_than_equal": Reason.OUT_OF_RANGE,
    "finite_number": Reason.OUT_OF_RANGE,
    "literal_error": Reason.OUT_OF_RANGE,
    "enum": Reason.OUT_OF_RANGE,
}


def checked_id(id: Any, field: str) -> str:
    """An entity id: 1 to 1,024 bytes, and none of the forms that mean something else."""
    if id is None:
        raise RecordError(Reason.MISSING_FIELD, "an id is missing", field)
    if not isinstance(id, str):
        raise RecordError(Reason.WRONG_TYPE, f"an id is a text, and this is {id!r}", field)
    if not id:
        raise RecordError(Reason.EMPTY, "an id of no characters", field)
    checked_length(id, field)
    if id.startswith(STATEMENT_PREFIX):
        message = f"ids that begin with {STATEMENT_PREFIX!r} are kept for statements"
        raise RecordError(Reason.RESERVED_ID, message, field)
    if id.startswith('"'):
        message = 'an id that begins with " looks like a literal'
        raise RecordError(Reason.INVALID_ID, message, field)
    if id.startswith("_:"):
        message = f"the blank node {id} has no meaning outside its file; --blank-nodes names it"
        raise RecordError(Reason.BLANK_NODE, message, field)
    return id


def checked_length(id: str, field: str) -> str:
    """An id of at most 1,024 bytes of UTF-8 that is valid Unicode."""
    try:
        size = len(id.encode())
    except UnicodeEncodeError as error:
        message = "half a surrogate pair is not a character"
        raise RecordError(Reason.BAD_ENCODING, message, field) from error
    if size > MAX_ID_BYTES:
        message = f"an id of {size:,} bytes; {MAX_ID_BYTES:,} are allowed"
        raise RecordError(Reason.ID_TOO_LONG, message, field)
    return id


def checked_score(written: Any, field: str) -> int | None:
    """A score as millionths; absent, null and the empty cell mean that nobody scored."""
    if written is None or written == "":
        return None
    if isinstance(written, bool) or not isinstance(written, int | float | str):
        raise RecordError(Reason.WRONG_TYPE, f"a score is a number, and this is {written!r}", field)
    try:
        return read_score(written)
    except ValueError as error:
        raise RecordError(Reason.OUT_OF_RANGE, str(error), field) from error


def checked_count(written: Any, field: str) -> int:
    """A whole number from 1 on; absent, null and the empty cell mean 1."""
    if written is None or written == "":
        return 1
    try:
        count = int(written) if isinstance(written, str) else written
    except ValueError:
        count = None
    if isinstance(count, bool) or not isinstance(count, int):
        raise RecordError(Reason.WRONG_TYPE, f"not a whole number: {written!r}", field)
    if not 1 <= count <= MAX_COUNT:
        message = f"not between 1 and {MAX_COUNT:,}: {count:,}"
        raise RecordError(Reason.OUT_OF_RANGE, message, field)
    return count


def checked_time(written: Any, field: str) -> str | None:
    """An RFC 3339 time in UTC; absent, null and the empty cell mean none."""
    if written is None or written == "":
        return None
    if not isinstance(written, str):
        raise RecordError(Reason.WRONG_TYPE, f"a time is a text, and this is {written!r}", field)
    try:
        return read_time(written)
    except ValueError as error:
        raise RecordError(Reason.INVALID_TIME, str(error), field) from error


def checked_flag(written: Any, field: str) -> bool:
    """True or false, also as text (a table has nothing else); absent, null and empty mean false."""
    if written is None or written == "":
        return False
    found = _FLAGS.get(written.lower()) if isinstance(written, str) else written
    if not isinstance(found, bool):
        raise RecordError(Reason.WRONG_TYPE, f"not true or false: {written!r}", field)
    return found


def first_fault(error: ValidationError) -> RecordError:
    """The first thing that pydantic found, as our own error."""
    fault = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in fault["loc"])
    reason = _REASONS.get(fault["type"], Reason.WRONG_TYPE)
    cause = fault.get("ctx", {}).get("error")
    if isinstance(cause, RecordError):
        return RecordError(cause.reason, str(cause), cause.field or field)
    return RecordError(reason, fault["msg"], field)


def text_or_none(cells: Mapping[str, Any], name: str) -> str | None:
    """A text cell; absent, null and the empty cell mean none."""
    value = cells.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise RecordError(Reason.WRONG_TYPE, f"not a text: {value!r}", name)
    return value
