"""The HTTP server of one process: what it says when it answers, and how it ends."""

from __future__ import annotations

import math
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from types import FrameType

import uvicorn


@dataclass(frozen=True, slots=True)
class Unready:
    """What is set between SIGTERM and the end, and for how many seconds requests still come in."""

    leaving: Event
    seconds: float


class Server(uvicorn.Server):
    """Says so once it answers, and is unready for a while before it ends; `ended` comes last."""

    def __init__(
        self,
        config: uvicorn.Config,
        answers: Callable[[], None],
        unready: Unready,
        ended: Callable[[], None] | None,
    ):
        super().__init__(config)
        self._answers = answers
        self._unready = unready
        self._ended = ended
        self._ends_at = math.inf

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin, and say so."""
        await super().startup(sockets)
        if self.started:
            self._answers()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End at once by Ctrl-C or a second signal, else when balancers have seen us unready."""
        first = sig == signal.SIGTERM and not self._unready.leaving.is_set()
        self._unready.leaving.set()
        if first and self._unready.seconds:
            self._ends_at = time.monotonic() + self._unready.seconds
            return
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Called ten times a second; true ends the server."""
        return await super().on_tick(counter) or time.monotonic() >= self._ends_at

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what came in, and end."""
        await super().shutdown(sockets)
        if self._ended is not None:
            self._ended()
