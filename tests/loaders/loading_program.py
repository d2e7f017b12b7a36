"""What the kill test kills: waits for a line on standard input, then loads the files it is given.

loading_program.py URI USER PASSWORD DIRECTORY BATCH_SIZE
"""

from __future__ import annotations

import sys
from pathlib import Path

from loaded_files import load_file

from kgservice.graph.client import Address, Graph

_, uri, user, password, directory, batch_size = sys.argv
sys.stdin.readline()
with Graph.connect(Address(uri, user, password)) as graph:
    sys.stdout.write("loading\n")
    sys.stdout.flush()
    for file in sorted(Path(directory).iterdir()):
        _, dataset, format = file.stem.split(" ")
        load_file(
            graph,
            file,
            format,
            dataset,
            batch_size=int(batch_size),
            quarantine=Path(f"{directory}.quarantine", f"{file.name}.jsonl"),
            register_relations=True,
        )
