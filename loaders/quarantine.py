"""The quarantine file: every record that was not loaded, with its place and the reason."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO

import orjson

from loaders.reading.rejection import Rejection


class Quarantine(AbstractContextManager["Quarantine"]):
    """A JSON Lines file that begins to exist with its first rejection."""

    def __init__(self, path: Path):
        self.path = path
        self._file: IO[bytes] | None = None

    def add(self, rejections: Iterable[Rejection]) -> None:
        """Write rejections down, to disk: a batch is committed only after its rejects are safe."""
        for one in rejections:
            if self._file is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self.path.open("wb")
            self._file.write(orjson.dumps(asdict(one)) + b"\n")
        if self._file is not None:
            self._file.flush()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()
