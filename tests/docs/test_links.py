"""Every link of the documentation leads somewhere; every page can be reached from the README."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import PAGES, ROOT, anchors, links


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        if link.startswith(("https://", "http://127.0.0.1")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.is_relative_to(ROOT), link
        assert target.is_file(), link
        if anchor:
            assert anchor in anchors(target), link


def test_every_page_is_linked_from_the_first() -> None:
    waiting, found = [ROOT / "README.md"], set[Path]()
    while waiting:
        page = waiting.pop()
        if page in found or page.suffix != ".md":
            continue
        found.add(page)
        names = [link.partition("#")[0] for link in links(page) if "://" not in link]
        waiting += [(page.parent / name).resolve() for name in names if name]
    assert found >= set(PAGES)


def test_no_page_names_a_machine() -> None:
    for page in PAGES:
        text = page.read_text("utf-8")
        assert not [word for word in ("/root/", "/home/", "/work/", "/tmp/") if word in text], page
