"""Debian's Chromium, and a real server for it to look at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from indexer.settings import Settings
from tests.conftest import ACTIVITIES
from tests.serving import Server, serving

ARABIC = "---\ntitle: تدريب القضاة\ncountry: [EGY, SDN]\nyear: 2021\nlanguage: ar\nsource: https://example.org/report\n---\nقدّم المكتب تدريبا للقضاة.\n"

ARGUMENTS = [
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
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


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
    """A page that must ask no other host for anything and log no error."""
    yield from opened(browser, server, scripts=True)


@pytest.fixture
def plain(browser: Browser, server: Server) -> Iterator[Page]:
    """The same without scripts."""
    yield from opened(browser, server, scripts=False)


def follow(link: Locator) -> None:
    """Click what leads to another page, and have that page: what is asked of one half loaded fails now and then.

    Not where the page's script notes its place in the history: that would be taken for the navigation.
    """
    with link.page.expect_navigation():
        link.click()


def opened(browser: Browser, server: Server, *, scripts: bool) -> Iterator[Page]:
    context = browser.new_context(
        base_url=server.url, viewport={"width": 1280, "height": 900}, java_script_enabled=scripts
    )
    page = context.new_page()
    wrong: list[str] = []
    page.on("request", lambda r: None if r.url.startswith(server.url) else wrong.append(r.url))
    # A page of an error is one on purpose; a style sheet that is missing is not.
    page.on(
        "console",
        lambda m: (
            wrong.append(m.text)
            if m.type == "error"
            and (
                ("status of" not in m.text and "ERR_FAILED" not in m.text)
                or "/static/" in m.location["url"]
            )
            else None
        ),
    )
    page.on("pageerror", lambda e: wrong.append(str(e)))
    yield page
    context.close()
    assert not wrong
