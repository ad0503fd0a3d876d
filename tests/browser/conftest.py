"""Fixtures: Debian's Chromium and a real server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

from indexer.settings import Settings
from tests.conftest import ACTIVITIES
from tests.serving import Server, serving
from tests.waiting import MAX_SECONDS

ARABIC = """---
title: تدريب القضاة
country: [EGY, SDN]
year: 2021
language: ar
source: https://example.org/report
---
قدّم المكتب تدريبا للقضاة.
"""

MAX_MILLISECONDS = 1000 * MAX_SECONDS  # Playwright's 5 s are too few on a busy machine
expect.set_options(timeout=MAX_MILLISECONDS)
VIEWPORT: ViewportSize = {"width": 1280, "height": 900}
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        missing = "Chromium is not installed: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        chromium_browser = playwright.chromium.launch(
            executable_path=chromium, args=CHROMIUM_ARGUMENTS
        )
        yield chromium_browser
        chromium_browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("served")
    settings = Settings(content=folder / "content", index=folder / "index")
    settings.content.mkdir()
    for name, text in {**ACTIVITIES, "ara-judges": ARABIC}.items():
        (settings.content / f"{name}.md").write_text(text, encoding="utf-8")
    with serving(settings) as running:
        yield running


@pytest.fixture(scope="session")
def tab(browser: Browser, server: Server) -> Iterator[Page]:
    with open_tab(browser, server) as tab:
        yield tab


@pytest.fixture(scope="session")
def tab_without_scripts(browser: Browser, server: Server) -> Iterator[Page]:
    with open_tab(browser, server, scripts=False) as tab:
        yield tab


@pytest.fixture
def page(tab: Page) -> Iterator[Page]:
    """Lend a page that must not request other hosts or log errors."""
    with lent(tab):
        yield tab


@pytest.fixture
def plain(tab_without_scripts: Page) -> Iterator[Page]:
    """Lend a page like page(), without JavaScript."""
    with lent(tab_without_scripts):
        yield tab_without_scripts


def follow(link: Locator) -> None:
    """Click a link or button that loads another page, and wait for that page.

    Checks on a page that is still loading fail now and then. Not for pages whose script changes the
    history: Playwright takes the change for the navigation.
    """
    with link.page.expect_navigation():
        link.click()


@contextmanager
def open_tab(browser: Browser, server: Server, *, scripts: bool = True) -> Iterator[Page]:
    """Open a page that tests borrow one after the other; a new page takes most of a second."""
    context = browser.new_context(
        base_url=server.url, viewport=VIEWPORT, java_script_enabled=scripts
    )
    context.set_default_timeout(MAX_MILLISECONDS)
    yield context.new_page()
    context.close()


@contextmanager
def lent(page: Page) -> Iterator[None]:
    """Lend a page to a test, as good as new.

    Fails if the page requests another host, or logs or raises an error.
    """
    page.unroute_all(behavior="ignoreErrors")
    page.context.clear_cookies()
    page.context.clear_permissions()
    page.set_viewport_size(VIEWPORT)
    page.emulate_media(
        media="null", color_scheme="null", reduced_motion="null", forced_colors="null"
    )
    page.goto("/robots.txt")
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    host = page.url.removesuffix("robots.txt")
    problems: list[str] = []

    def on_request(request: Request) -> None:
        if not request.url.startswith(host):
            problems.append(request.url)

    def on_console(message: ConsoleMessage) -> None:
        # Tests load error pages and abort requests on purpose; static files must always load.
        is_expected = "status of" in message.text or "ERR_FAILED" in message.text
        is_static = "/static/" in message.location["url"]
        if message.type == "error" and (is_static or not is_expected):
            problems.append(message.text)

    def on_error(error: Error) -> None:
        problems.append(str(error))

    page.on("request", on_request)
    page.on("console", on_console)
    page.on("pageerror", on_error)
    try:
        yield
    finally:
        page.remove_listener("request", on_request)
        page.remove_listener("console", on_console)
        page.remove_listener("pageerror", on_error)
    assert not problems
