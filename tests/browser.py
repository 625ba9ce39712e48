"""Chromium for the tests of the page. Without it they skip with one line; with REQUIRE_BROWSER=1 they fail instead.

Playwright's synchronous interface keeps an event loop running in its thread as long as it is open, so the browser
lives for one module, and a module with browser tests has no `async` ones.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome")
LAUNCH_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

OpenPage = Callable[..., "Page"]


def find_chromium() -> str | None:
    if Path("/usr/bin/chromium").exists():
        return "/usr/bin/chromium"
    return next((path for path in map(shutil.which, BROWSER_NAMES) if path), None)


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    path = find_chromium()
    if path is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("Chromium is required (REQUIRE_BROWSER=1) and was not found")
        pytest.skip("Chromium was not found: the tests of the web page are skipped")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(LAUNCH_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: "Browser") -> Iterator[OpenPage]:
    """Opens a page in a context of its own: `open_page(url, viewport={…}, color_scheme="dark", …)`.

    A script error on any opened page fails the test.
    """
    contexts = []
    errors: list[str] = []

    def open_(url: str, **options: Any) -> "Page":
        context = chromium.new_context(**{"locale": "bg-BG", "viewport": {"width": 390, "height": 844}, **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert errors == []
