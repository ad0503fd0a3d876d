"""Labels of the editors' vocabulary are text, not HTML, wherever a page shows them."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.content.vocabulary import Vocabulary
from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.search.coverage import coverage
from indexer.search.request import SearchRequest
from indexer.settings import Settings
from webapp import create_app
from webapp.pages.markup import coverage_rows
from webapp.pages.shading import Shading

# The second label has a letter of a script from right to left, and is isolated from its sentence.
LABELS = ("<img src=x> \" onfocus='alert(1)'", "\u05d0 <img src=x> \" onfocus='alert(1)'")


class ActiveContent(HTMLParser):
    """Collects the images, and the attributes that run scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts += ["img"] if tag == "img" else []
        self.parts += [name for name, _ in attrs if name.startswith("on")]


def active_content(html: str) -> list[str]:
    """Return the images in HTML, and the attributes that run scripts."""
    parser = ActiveContent()
    parser.feed(html)
    return parser.parts


@pytest.fixture(scope="module", params=LABELS, ids=["left to right", "right to left"])
def labelled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Index two activities whose theme has a label with markup."""
    folder: Path = tmp_path_factory.mktemp("labels")
    content = folder / "content"
    content.mkdir()
    label = str(request.param).replace("\\", "\\\\").replace('"', '\\"')
    (content / "_vocabulary.yaml").write_text(f'theme:\n  shelter: "{label}"\n', encoding="utf-8")
    for id in ("one", "two"):
        text = "---\ncountry: [PAK]\ntheme: [shelter]\n---\nShelters opened.\n"
        (content / f"{id}.md").write_text(text)
    settings = Settings(content=content, index=folder / "index")
    assert not sync(open_engine(settings), content, "a test").errors
    return settings


@pytest.fixture
def client(labelled: Settings) -> FlaskClient:
    return create_app(labelled).test_client()


@pytest.mark.parametrize(
    "url",
    [
        "/",
        "/?q=shelters",
        "/?theme=shelter",
        "/?-theme=shelter",
        "/?q=zebra&theme=shelter",
        "/activities/one",
        "/coverage?theme=shelter",
        "/api?theme=shelter",
    ],
)
def test_a_label_adds_no_element_and_no_attribute_to_a_page(client: FlaskClient, url: str) -> None:
    html = client.get(url).text
    assert "&lt;img src=x&gt;" in html or url == "/"
    assert active_content(html) == []


def test_a_label_of_a_place_adds_no_element_to_the_coverage_table(labelled: Settings) -> None:
    matrix = coverage(open_engine(labelled), SearchRequest(), Vocabulary({}))
    rows = tuple(replace(row, label=LABELS[0]) for row in matrix.rows)
    for linked in (True, False):
        html = coverage_rows(replace(matrix, rows=rows), Shading.of([1]), linked)
        assert "&lt;img src=x&gt;" in html
        assert active_content(html) == []
