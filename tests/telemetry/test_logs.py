"""Log lines, for people and for machines."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextvars import copy_context

import pytest

from kgservice.telemetry.logs import LogForm, fields, log_to_stderr
from kgservice.telemetry.request_ids import begin_request, current_request_id

LOG = logging.getLogger("kgservice.test")


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """Afterwards logging is as it was before."""
    loggers = [logging.getLogger(name) for name in ("kgservice", "uvicorn", "uvicorn.error")]
    before = [(one.handlers, one.level, one.propagate) for one in loggers]
    # A server that ran in this process, for another test, may have silenced its own notes.
    logging.getLogger("uvicorn.error").setLevel(logging.NOTSET)
    yield
    for one, (handlers, level, propagate) in zip(loggers, before, strict=True):
        one.handlers, one.propagate = handlers, propagate
        one.setLevel(level)


def test_lines_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("info")
    LOG.info("request", extra=fields(route="/graphql", seconds=0.25, key=None, name='a "b"\nc'))
    LOG.debug("nothing of this")
    LOG.warning("plain %s", "words")
    assert capsys.readouterr().err.splitlines() == [
        'INFO:     request route=/graphql seconds=0.25 name="a \\"b\\"\\nc"',
        "WARNING:     plain words",
    ]


def test_lines_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("DEBUG", LogForm.JSON)

    def answered() -> None:
        begin_request("shop-1")
        LOG.info("request", extra=fields(status=200, text="two\nlines"))
        try:
            int("inside")
        except ValueError:
            LOG.exception("internal error")

    copy_context().run(answered)
    logging.getLogger("uvicorn.error").info("Started")
    request, failure, server = map(json.loads, capsys.readouterr().err.splitlines())
    assert request.pop("at").endswith("+00:00")
    assert request == {
        "level": "INFO", "logger": "kgservice.test", "message": "request", "status": 200,
        "text": "two\nlines", "request_id": "shop-1",
    }  # fmt: skip
    assert failure["exception"].endswith("with base 10: 'inside'")
    assert (server["logger"], "request_id" in server) == ("uvicorn.error", False)


@pytest.mark.parametrize("given", [None, "", "a b", "x" * 65, "ä", "a\r\nSet-Cookie: b", "a\n"])
def test_ids_that_are_not_taken(given: str | None) -> None:
    def begun() -> None:
        id = begin_request(given)
        assert id != given
        assert len(id) == 16
        assert current_request_id() == id

    copy_context().run(begun)


@pytest.mark.parametrize("given", ["a", "7f3a-Z_.:9", "x" * 64])
def test_ids_that_are_taken(given: str) -> None:
    assert copy_context().run(begin_request, given) == given
    assert current_request_id() is None
