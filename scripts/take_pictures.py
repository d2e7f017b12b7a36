"""Take the pictures of docs/explorer.md anew: the explorer on the sample, in a real browser.

    .venv/bin/python scripts/take_pictures.py

`make pictures` runs it. It starts `kgservice demo` with an empty data directory of its own, opens
its pages in the Chromium of the machine, and ends it again. WebP: a quarter of what a PNG takes.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
QUALITY = 70

QUESTION = {
    "scoring": "typicality",
    "set": {
        "rows": [
            {
                "join": "and",
                "start": {"by": "name", "text": "rain", "types": ["Intent"]},
                "steps": [
                    {
                        "relations": [], "direction": "IN", "min": 1, "max": 1,
                        "types": ["Product"], "minTypicality": 0.5,
                    }
                ],
            },
            {
                "join": "not",
                "start": {"by": "name", "text": "dog owners", "types": ["Intent"]},
                "steps": [{"relations": [], "direction": "IN", "min": 1, "max": 1, "types": []}],
            },
        ],
    },
}  # fmt: skip


class View(NamedTuple):
    """What is to be seen: an address, the text that is there once it is whole, and how."""

    where: str
    text: str
    scheme: str = "light"
    width: int = 1280
    height: int = 860
    typed: str = ""


OPENED = ("P-TENT-4", "intent:event:en:rain", "intent:event:en:camping trips")
PICTURE = "/#/picture?id=P-TENT-4&hide=Behavior" + "".join(f"&open={quote(one)}" for one in OPENED)
ASK = f"/#/ask?question={quote(json.dumps(QUESTION))}"
VIEWS = {
    "home": View("/", "What there is"),
    "search": View("/", "What there is", height=620, typed="tom hnaks"),
    "entity": View("/#/entity?id=P-TENT-4", "camping trips"),
    "picture": View(PICTURE, "Rain"),
    "picture-dark": View(PICTURE, "Rain", scheme="dark"),
    "ask": View(ASK, "was taken for", height=1500),
    "compare": View("/#/compare?one=P-TENT-4&other=P-TENT-2", "Wanted for both"),
    "phone": View("/#/entity?id=P-TENT-4", "camping trips", width=390, height=800),
}


def main() -> int:
    """Take all of them, and return an exit code."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("this machine has no Chromium")
    PICTURES.mkdir(exist_ok=True)
    with _demo() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        for name, view in VIEWS.items():
            page = browser.new_page(
                color_scheme="dark" if view.scheme == "dark" else "light",
                viewport={"width": view.width, "height": view.height},
                reduced_motion="reduce",
            )
            _look(page, url, view)
            (PICTURES / f"{name}.webp").write_bytes(_taken(page))
            page.close()
        browser.close()
    return 0


def _look(page: Page, url: str, view: View) -> None:
    page.goto(url + view.where)
    page.get_by_text(view.text, exact=False).first.wait_for(state="attached")
    page.wait_for_function("() => !document.querySelector('.waiting')")
    if view.typed:
        page.get_by_role("combobox", name="Search for anything").press_sequentially(view.typed)
        page.get_by_role("listbox").first.wait_for()
    page.wait_for_timeout(1_000)


def _taken(page: Page) -> bytes:
    taken = page.context.new_cdp_session(page).send(
        "Page.captureScreenshot", {"format": "webp", "quality": QUALITY}
    )
    return base64.b64decode(taken["data"])


@contextmanager
def _demo() -> Iterator[str]:
    """The address of a service with the sample, for the length of a block."""
    with tempfile.TemporaryDirectory() as directory:
        demo = subprocess.Popen(
            [Path(sys.executable).with_name("kgservice"), "demo", "--port", "0"],
            env=os.environ | {"KG_DATA_DIR": directory},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert demo.stdout is not None
            ready = next(line for line in demo.stdout if line.startswith("ready: "))
            yield ready.removeprefix("ready: ").removesuffix("/graphql\n")
        finally:
            demo.send_signal(signal.SIGINT)
            demo.communicate(timeout=120)


if __name__ == "__main__":
    sys.exit(main())
