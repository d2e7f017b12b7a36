"""A guide in the Neo4j Browser that comes with the local Neo4j, used as an analyst uses it."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, expect

from kgservice.local.instance import Running

#: Milliseconds that anything may take on a machine with other work on it.
PATIENCE = 90_000

#: What a file that is dragged from elsewhere and dropped does.
DROP = """async (address) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([await (await fetch(address)).blob()], "queries.zip"));
    document.querySelector(".filedrop").dispatchEvent(
        new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: transfer }));
}"""


def log_in(page: Page, server: Running) -> None:
    page.goto(server.browser_url)
    page.get_by_test_id("boltaddress").fill(urlsplit(server.address.uri).netloc)
    page.get_by_test_id("username").fill(server.address.user)
    page.get_by_test_id("password").fill(server.address.password)
    page.get_by_test_id("connect").click()
    expect(page.get_by_test_id("disconnectedBanner")).to_have_count(0)


def frame(page: Page, text: str) -> Locator:
    """The answer to a command, by a text in it: Browser puts one of its own on top, maybe late."""
    return page.get_by_test_id("frame").filter(has_text=text).first


def run(page: Page, command: str) -> None:
    page.locator(".monaco-editor").first.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(command)
    page.keyboard.press("Control+Enter")


def test_a_guide_is_played(browser: Browser, service: str, server: Running) -> None:
    guides = service.replace("127.0.0.1", "localhost") + "/guides"
    context = browser.new_context(viewport={"width": 1300, "height": 950})
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page = context.new_page()
    log_in(page, server)

    run(page, f":play {guides}/intents.html")
    guide = frame(page, f":play {guides}/intents.html")
    expect(guide.get_by_role("heading", name="Before you begin")).to_be_visible()
    guide.get_by_text("Apply the style").click()
    expect(frame(page, ":style ")).to_contain_text("node.Film")

    # The other guide, opened by its link, and a query of it put into the editor by a click.
    guide.get_by_text("Compare typicality between categories").click()
    other = frame(page, f":play {guides}/categories.html")
    expect(other.get_by_role("heading", name="Before you begin")).to_be_visible()
    run(page, f":guide {guides}/intents.html")
    sidebar = page.get_by_test_id("guidesDrawer")
    for _ in range(3):
        sidebar.get_by_text("Next").click()
    sidebar.locator("pre.runnable").click()
    expect(page.get_by_test_id("activeEditor")).to_contain_text("RETURN intent, why, product")
    page.get_by_test_id("editor-Run").click()
    picture = frame(page, "RETURN intent, why, product")
    expect(picture.get_by_text("rain", exact=True).first).to_be_visible()
    # EventIntent has the last word on its colour, after Entity and Intent.
    style = page.request.get(f"{guides}/style.grass").text()
    colour = style.split("node.EventIntent {\n  color: ")[1][:7]
    expect(picture.locator(f"circle[fill='{colour}']")).to_have_count(1)
    # The saved queries, dropped on it, are kept in a folder for each guide.
    page.evaluate(DROP, f"{guides}/queries.zip")
    page.get_by_test_id("navigationFavorites").click()
    expect(page.get_by_text("kgservice Find suspicious statements").first).to_be_visible()
    context.close()
