"""The process that ends java when the process that owns it was killed.

    python -m kgservice.local.guard PLACE

It waits for the end of its standard input, a pipe from the owner. Standard library only.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from kgservice.local import java


def main(place: Path) -> None:
    """Wait until the owner is gone, then end what it left."""
    # Whoever stops a whole group of processes must not stop the one that cleans up after them.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # A word means that the owner has seen to its java; only silence means that it was killed.
    if not sys.stdin.buffer.read():
        java.end(place)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
