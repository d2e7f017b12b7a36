"""A wire to Neo4j that a test can cut, hush and mend; the server at its end notices nothing."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Self

_PIECE = 65_536


class Wire:
    """Forwards connections from a port of its own, for the length of a block."""

    def __init__(self, port: int):
        self._to = port
        self._listener: socket.socket | None = None
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._loud = threading.Event()
        self._loud.set()
        self.port = 0

    def __enter__(self) -> Self:
        self.mend()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        for thread in self._threads:
            thread.join(timeout=20)

    def cut(self) -> None:
        """Close everything: whoever connects is refused."""
        self._loud.set()
        listener, self._listener = self._listener, None
        ends, self._ends = self._ends, []
        for one in [*ends, *([listener] if listener else [])]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def hush(self) -> None:
        """Accept, keep open, and pass nothing on: as a machine does that has gone."""
        self._loud.clear()

    def mend(self) -> None:
        """Pass everything on again, at the same port."""
        self._loud.set()
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self.port))
            self.port = self._listener.getsockname()[1]
            self._run(self._accept, self._listener)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                self._ends += [near, far]
                self._run(self._pump, near, far)
                self._run(self._pump, far, near)

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(_PIECE):
                self._loud.wait()
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)

    def _run(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()
