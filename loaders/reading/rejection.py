"""Rejections: records that are not loaded, and why, in a form that can be mended and loaded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Reason(StrEnum):
    """Why a record was rejected; the code in the quarantine file and the report."""

    BAD_ENCODING = "bad_encoding"
    LINE_TOO_LONG = "line_too_long"
    INVALID_JSON = "invalid_json"
    INVALID_RDF = "invalid_rdf"
    NOT_AN_OBJECT = "not_an_object"
    WRONG_COLUMNS = "wrong_columns"
    MISSING_FIELD = "missing_field"
    SUPERFLUOUS_FIELD = "superfluous_field"
    WRONG_TYPE = "wrong_type"
    OUT_OF_RANGE = "out_of_range"
    EMPTY = "empty"
    INVALID_TIME = "invalid_time"
    INVALID_LITERAL = "invalid_literal"
    INVALID_ID = "invalid_id"
    RESERVED_ID = "reserved_id"
    ID_TOO_LONG = "id_too_long"
    BLANK_NODE = "blank_node"
    UNKNOWN_RELATION = "unknown_relation"
    UNKNOWN_RECORD_TYPE = "unknown_record_type"
    UNKNOWN_SCHEMA_VERSION = "unknown_schema_version"
    WRONG_TAIL_TYPE = "wrong_tail_type"
    WRONG_PRODUCT_COUNT = "wrong_product_count"
    SAME_PRODUCT_TWICE = "same_product_twice"


class RecordError(ValueError):
    """A record cannot be loaded: which field, and why.

    It never stops a load by itself: whoever reads turns it into a Rejection.
    """

    def __init__(self, reason: Reason, message: str, field: str | None = None):
        super().__init__(message)
        self.reason = reason
        self.field = field


@dataclass(frozen=True, slots=True)
class Rejection:
    """A line of the quarantine file.

    `record` is the record as it was read: an object, or text where it could not be parsed.
    """

    file: str
    line: int
    field: str | None
    reason: Reason
    message: str
    record: Any
