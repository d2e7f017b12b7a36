"""Which ports on 127.0.0.1 the server takes."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the server listens: Bolt for programs, HTTP for the Browser."""

    bolt: int = 7687
    http: int = 7474


def free_ports(wanted: Ports) -> Ports:
    """The wanted ports where they are free, else near ones, else any that are."""
    bolt = _free(wanted.bolt, taken=())
    return Ports(bolt, _free(wanted.http, taken=(bolt,)))


def any_ports() -> Ports:
    """Free ports as the kernel deals them: different ones to programs that choose at once."""
    with socket.socket() as bolt, socket.socket() as http:
        for probe in (bolt, http):
            probe.bind((LOOPBACK, 0))
        return Ports(bolt.getsockname()[1], http.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server could listen on a port now."""
    # Where a program listens on all addresses some systems let us bind, but callers reach it.
    with socket.socket() as probe:
        probe.settimeout(1.0)
        if probe.connect_ex((LOOPBACK, port)) == 0:
            return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _free(wanted: int, taken: Iterable[int]) -> int:
    for port in range(wanted, min(wanted + 20, 65536)):
        if port not in taken and is_free(port):
            return port
    return any_ports().bolt
