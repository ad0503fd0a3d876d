"""Fixtures: Debian's Chromium and a real server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    sync_playwright,
)

from indexer.settings import Settings
from tests.conftest import ACTIVITIES
from tests.serving import Server, serving

ARABIC = """---
title: تدريب القضاة
country: [EGY, SDN]
year: 2021
language: ar
source: https://example.org/report
---
قدّم المكتب تدريبا للقضاة.
"""

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


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """Open a page that must not request other hosts or log errors."""
    yield from open_page(browser, server, scripts=True)


@pytest.fixture
def plain(browser: Browser, server: Server) -> Iterator[Page]:
    """Open a page like page(), without JavaScript."""
    yield from open_page(browser, server, scripts=False)


def follow(link: Locator) -> None:
    """Click a link or button that loads another page, and wait for that page.

    Checks on a page that is still loading fail now and then. Not for pages whose script changes the
    history: Playwright takes the change for the navigation.
    """
    with link.page.expect_navigation():
        link.click()


def open_page(browser: Browser, server: Server, *, scripts: bool) -> Iterator[Page]:
    """Open a page of the server. Fails if it requests another host, or logs or raises an error."""
    context = browser.new_context(
        base_url=server.url, viewport={"width": 1280, "height": 900}, java_script_enabled=scripts
    )
    page = context.new_page()
    problems: list[str] = []

    def on_request(request: Request) -> None:
        if not request.url.startswith(server.url):
            problems.append(request.url)

    def on_console(message: ConsoleMessage) -> None:
        # Tests load error pages and abort requests on purpose; static files must always load.
        is_expected = "status of" in message.text or "ERR_FAILED" in message.text
        is_static = "/static/" in message.location["url"]
        if message.type == "error" and (is_static or not is_expected):
            problems.append(message.text)

    page.on("request", on_request)
    page.on("console", on_console)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert not problems
