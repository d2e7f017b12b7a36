"""Write the lock files of the local Neo4j: which jars, with sha256 and size.

    .venv/bin/python scripts/lock_neo4j.py 2026.09.0 5.26.30

For developers, when a version of Neo4j is added. Needs Maven (`mvn`): jgo's own resolver puts the
roots in as BOMs, and so takes other versions than Neo4j was released with, and test libraries.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jgo.maven import Artifact, Dependency, MavenContext, MvnResolver, PythonResolver

LOCKS = Path(__file__).parent.parent / "kgservice" / "local" / "locks"
ROOTS = (
    "org.neo4j:neo4j:{version}",
    "org.neo4j:neo4j-bolt:{version}",
    "org.neo4j.app:neo4j-server:{version}",
    "org.neo4j:neo4j-import-tool:{version}",
    "org.neo4j.client:neo4j-browser:5.24.0",
)
# Read by Parquet imports, which we do not use and which need six more jars to work at all (17 MB);
# and by the process list that only Windows needs.
LEFT_OUT = (
    "org.apache.hadoop:",
    "org.apache.parquet:",
    "blue.strategic.parquet:",
    "org.xerial.snappy:",
    "com.profesorfalken:",
    "org.jprocesses:",
)


def main(versions: list[str]) -> int:
    """Write one lock file for each version that is named."""
    maven = shutil.which("mvn")
    if maven is None or not versions:
        sys.stderr.write("usage: lock_neo4j.py VERSION... (with Maven's `mvn` on the path)\n")
        return 2
    for version in versions:
        lines = sorted(lock_lines(version, Path(maven)))
        target = LOCKS / f"neo4j-{version}.lock"
        target.write_text(f"# coordinate, size, sha256; by scripts/lock_neo4j.py\n{''.join(lines)}")
        sys.stdout.write(f"{target.name}: {len(lines)} jars\n")
    return 0


def lock_lines(version: str, maven: Path) -> Iterator[str]:
    """One line for each jar that this version of Neo4j needs to run."""
    exact = MavenContext(resolver=MvnResolver(maven), timeout=60)
    # "!" keeps a root from being used as a BOM as well, which would shift versions.
    roots = [exact.create_dependency(f"{root.format(version=version)}!") for root in ROOTS]
    direct, indirect = exact.resolver.resolve(roots)
    plain = MavenContext(resolver=PythonResolver(), timeout=60)
    with ThreadPoolExecutor(16) as threads:
        yield from threads.map(lambda wanted: lock_line(plain, wanted), kept(direct + indirect))


def kept(dependencies: list[Dependency]) -> Iterator[Artifact]:
    """The jars that are needed, without those that are left out."""
    for dependency in dependencies:
        if not str(dependency.artifact).startswith(LEFT_OUT):
            yield dependency.artifact


def lock_line(context: MavenContext, wanted: Artifact) -> str:
    """Fetch a jar and describe it."""
    component = context.project(wanted.groupId, wanted.artifactId).at_version(wanted.version)
    content = component.artifact(wanted.classifier).resolve().read_bytes()
    parts = [wanted.groupId, wanted.artifactId, wanted.version, wanted.classifier]
    coordinate = ":".join(part for part in parts if part)
    return f"{coordinate} {len(content)} {hashlib.sha256(content).hexdigest()}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
