"""Log lines: for people, or one JSON object each; both with the id of the request at hand.

What belongs to a line beside its words is passed as `extra=fields(..)`, never put into the words.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson

from kgservice.telemetry.request_ids import current_request_id

#: Who writes: this program, and the server that it runs in.
_LOGGERS = ("kgservice", "uvicorn")
#: Values that stand in a line for people as they are; others are quoted.
_PLAIN = re.compile(r"[\w./:+@{}*-]+")


class LogForm(StrEnum):
    """How log lines look: for people, or for machines."""

    TEXT = "text"
    JSON = "json"


def fields(**values: object) -> dict[str, Any]:
    """What belongs to a line beside its words, for `extra`; null is left out.

    >>> fields(route="/graphql", operation=None)
    {'fields': {'route': '/graphql'}}
    """
    return {"fields": {name: value for name, value in values.items() if value is not None}}


def log_to_stderr(level: str, form: LogForm = LogForm.TEXT) -> None:
    """Write what this program and its server note to stderr; libraries' notes stay with them."""
    handler = logging.StreamHandler()
    handler.setFormatter(_JSONLines() if form is LogForm.JSON else _TextLines())
    for name in _LOGGERS:
        log = logging.getLogger(name)
        log.handlers = [handler]
        log.setLevel(level.upper())
        log.propagate = False


class _TextLines(logging.Formatter):
    """`INFO:     request route=/graphql status=200 request_id=..`."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s:     %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's own)
        """The line, without what an exception adds below it."""
        pairs = [f"{name}={_quoted(value)}" for name, value in _beside(record).items()]
        return " ".join([super().formatMessage(record), *pairs])


class _JSONLines(logging.Formatter):
    """One JSON object a line: at, level, logger, message, and what belongs to it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "at": at,
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_beside(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _beside(record: logging.LogRecord) -> dict[str, object]:
    found: dict[str, object] = dict(getattr(record, "fields", {}))
    id = current_request_id()
    return found if id is None else {**found, "request_id": id}


def _quoted(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    text = str(value)
    return text if _PLAIN.fullmatch(text) else orjson.dumps(text).decode()
