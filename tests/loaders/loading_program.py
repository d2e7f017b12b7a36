"""What the kill tests kill: at each line on standard input a child process loads the files anew.

It says the child's id, and when the child has ended its exit code. A child begins with everything
imported, so that moments are spread over the loading.

loading_program.py URI USER PASSWORD DIRECTORY BATCH_SIZE load|take

`take` loads the files as all that their data sets have, and retracts the data set "other".
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

from loaded_files import load_file

from kgservice.graph.client import Address, Graph
from loaders import full
from loaders.full import Shrink
from loaders.retraction import retract
from loaders.writing import keeping

_, uri, user, password, directory, batch_size, mode = sys.argv
# There are too few keys for several pages and batches of the real size.
full._BATCH = keeping._PAGE = int(batch_size)


def work() -> None:
    with Graph.connect(Address(uri, user, password)) as graph:
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
                full=Shrink(None) if mode == "take" else None,
            )
        if mode == "take":
            retract(graph, "other")


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


for _ in sys.stdin:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    say(child)
    say(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
