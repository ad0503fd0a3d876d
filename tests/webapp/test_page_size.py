"""No page is large, however many countries and years there are and whatever is asked."""

from __future__ import annotations

import gzip
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from indexer import places
from indexer.engines import open_engine
from indexer.settings import Settings
from indexer.sync import sync
from webapp import create_app

LARGEST = 200_000  # bytes of HTML
FIRST_VIEW = 50_000  # bytes, compressed


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Every country, eighty years, and texts long enough for the longest snippets."""
    folder: Path = tmp_path_factory.mktemp("world")
    content = folder / "content"
    content.mkdir()
    for n, code in enumerate(sorted(places.COUNTRIES)):
        text = " ".join(
            f"Women of {places.name(code)} were trained {word} again." for word in "one two three four five".split()
        )
        front = f"country: [{code}, {sorted(places.COUNTRIES)[n * 7 % 250]}]\nyear: [{1945 + n % 80}, 2001]"
        (content / f"a{n}.md").write_text(f"---\n{front}\ntheme: theme-{n % 12}\n---\n{text}\n")
    settings = Settings(content=content, index=folder / "index")
    assert not sync(open_engine(settings), content, "a test").errors
    return create_app(settings).test_client()


@pytest.mark.parametrize(
    "address",
    ["/", "/?per_page=100", "/?q=women&per_page=100&sort=oldest", f"/?q={quote('🕊' * 200)}", "/?country=PAK&country=FJI&-year=2001",
     f"/?q={'women ' * 80}", f"/?q={quote('é' * 160)}+OR+women&per_page=100", "/coverage", "/coverage?q=women", "/coverage?region=019&year_from=1990&year_to=2015"],
)  # fmt: skip
def test_no_page_is_larger_than_a_person_should_wait_for(world: FlaskClient, address: str) -> None:
    html = world.get(address).data
    assert b"Pakistan" in html
    assert len(html) < LARGEST
    assert len(gzip.compress(html)) < FIRST_VIEW


def test_the_first_view_with_its_style_and_script_is_small(world: FlaskClient) -> None:
    html = world.get("/").data
    parts = [html]
    for name in ("style.css", "search.js", "favicon.svg"):
        with world.get(f"/static/{name}") as answer:
            parts.append(answer.data)
    assert sum(len(gzip.compress(part)) for part in parts) < FIRST_VIEW


def test_the_bars_of_a_long_search_do_not_repeat_it(world: FlaskClient) -> None:
    assert "year_from=1999" in world.get("/?q=women").text
    assert "year_from=1999" not in world.get(f"/?q={'women ' * 80}").text  # the form beside them does


def test_the_downloads_of_a_long_search_are_one_page_away(world: FlaskClient) -> None:
    address = f"q={'+'.join(['women'] * 80)}"
    assert f'href="/export?format=csv&amp;{address}"' not in world.get(f"/?{address}").text
    assert f'href="/api?{address}"' in world.get(f"/?{address}").text
    assert f'href="/export?format=csv&amp;{address}"' in world.get(f"/api?{address}").text
