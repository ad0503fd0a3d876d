"""Names of another writing direction are isolated from the text around them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.settings import Settings
from webapp import create_app
from webapp.i18n.bidi import bdi, is_reordering, isolate

MARKS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize("text", ["Pakistan", "Côte d’Ivoire", "中国", "a – b", ""])
def test_a_left_to_right_name_is_unchanged(text: str) -> None:
    assert isolate(text) == text
    assert bdi(text) == text


@pytest.mark.parametrize("text", ["مصر", "ישראל", "a\u200fb", "a\u202eb"])
def test_other_names_are_isolated(text: str) -> None:
    assert bdi(text) == f"<bdi>{text}</bdi>"
    assert isolate(text)[0] + isolate(text)[-1] == "\u2068\u2069"


@given(st.text(MARKS + "aא", max_size=20))
def test_no_mark_in_a_name_ends_its_isolation(text: str) -> None:
    isolated = isolate(text)
    inner = isolated[1:-1] if is_reordering(text) else isolated
    assert not set(inner) & set(MARKS)


def test_labels_with_direction_marks_are_isolated_on_every_page(tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    label = "Justice\u202e <b>"
    (content / "_vocabulary.yaml").write_text(f'theme:\n  justice: "{label}"\n', encoding="utf-8")
    for id in ("one", "two"):
        text = f"---\ntheme: justice\ncountry: PAK\n---\nJudges were trained in {id} court.\n"
        (content / f"{id}.md").write_text(text, encoding="utf-8")
    settings = Settings(content=content, index=tmp_path / "index")
    sync(open_engine(settings), content, "a test")
    client = create_app(settings).test_client()
    isolated = "<bdi>Justice\u202e &lt;b&gt;</bdi>"
    search = client.get("/?q=judges&theme=justice").text
    assert search.count(isolated) == 3  # the facet and two results
    assert "Theme: \u2068Justice &lt;b&gt;\u2069" in search  # the filter above the results
    assert client.get("/activities/one").text.count(isolated) >= 1
