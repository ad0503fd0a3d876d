"""The list of results in a real browser: links, facts, and the part of the text that is visible."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from indexer.settings import Settings
from tests.browser.conftest import lent, open_tab
from tests.serving import Server, serving

BEFORE = "The ministry and its partners met in the capital to prepare the work of the year. "
LONG = f"{BEFORE * 4}Judges discussed smuggling of migrants with the police. {BEFORE * 6}"
ACTIVITIES = {
    "long": "---\ncountry: [PAK, AFG, KGZ, KEN, EGY]\nyear: 2019\nagency: unodc\n---\n" + LONG,
    "titled": "---\ntitle: A guide\ncountry: PAK\ntheme: [a, b, c, d]\n---\n" + LONG,
    "near": "In Kenya, police were trained on smuggling in two towns. " + BEFORE * 9,
    "late": BEFORE + "The smuggling of persons was discussed. " + BEFORE * 5,
}


@pytest.fixture(scope="module")
def long_texts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("results")
    settings = Settings(content=folder / "content", index=folder / "index")
    settings.content.mkdir()
    for name, text in ACTIVITIES.items():
        (settings.content / f"{name}.md").write_text(text, encoding="utf-8")
    with serving(settings) as running:
        yield running


@pytest.fixture(scope="module")
def results_tab(browser: Browser, long_texts: Server) -> Iterator[Page]:
    with open_tab(browser, long_texts) as tab:
        yield tab


@pytest.fixture
def results(results_tab: Page) -> Iterator[Page]:
    with lent(results_tab):
        results_tab.goto("/?q=smuggling")
        yield results_tab


@pytest.mark.parametrize("width", [1280, 800, 375, 320])
def test_four_lines_of_each_result_are_visible_with_a_match(results: Page, width: int) -> None:
    results.set_viewport_size({"width": width, "height": 800})
    for text in results.locator(".results .text").all():
        height = text.evaluate("text => text.clientHeight / parseFloat(getComputedStyle(text)"
                               ".lineHeight)")  # fmt: skip
        assert 3 <= round(height) <= 4
        bottom = text.evaluate("text => text.getBoundingClientRect().bottom")
        mark = text.locator("mark").first.bounding_box()
        assert mark
        assert mark["y"] + mark["height"] <= bottom + 2


def test_a_printed_result_has_its_whole_text(results: Page) -> None:
    results.emulate_media(media="print")
    for text in results.locator(".results .text").all():
        assert text.evaluate("text => text.scrollHeight <= text.clientHeight")
    printed = results.locator("[data-k=long] .text").inner_text()
    assert printed.replace("\n", " ") == LONG.strip()


def test_a_result_without_a_title_has_its_facts_before_its_text(results: Page) -> None:
    result = results.locator("[data-k=long]")
    expect(result.locator(".facts")).to_have_text(
        "Pakistan, Afghanistan, Kyrgyzstan +2 · 2019 · Unodc"
    )
    facts, text = result.locator(".facts").bounding_box(), result.locator(".text").bounding_box()
    assert facts
    assert text
    assert facts["y"] + facts["height"] <= text["y"] + 1
    expect(result.locator(".text h2 a")).to_have_text(
        "The ministry and its partners met in the capital to prepare the work of"
    )


def test_a_result_with_a_title_has_the_title_as_its_link(results: Page) -> None:
    result = results.locator("[data-k=titled]")
    expect(result.get_by_role("heading")).to_have_text("A guide")
    expect(result.locator("h2")).to_have_css("font-weight", "600")
    expect(result.locator(".topics")).to_contain_text("A, B, C +1")
    expect(result.locator(".text a")).to_have_count(0)
