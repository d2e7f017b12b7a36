"""Small JSON files that are either whole or not there, readable for their owner alone."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path


def write_note(path: Path, content: Mapping[str, object]) -> None:
    """Put a note in place at once: a reader sees the old one or the new one."""
    write_private(path, json.dumps(content, indent=1))


def write_private(path: Path, text: str) -> None:
    """Write a file for its owner alone, in one step."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(descriptor)
    unfinished.replace(path)


def read_note(path: Path) -> Mapping[str, object]:
    """Read a note; one that is not there or not readable as JSON is empty."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
