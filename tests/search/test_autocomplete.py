"""Completions of a query text: two words, apostrophes, and scripts without spaces."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.search.autocomplete import MAX_TEXT_LENGTH, autocomplete
from indexer.search.request import Filter, SearchRequest
from indexer.settings import Settings

FILES = {
    "vietnam": "country: [VNM]\ntitle: Shelters in Viet Nam|Shelters opened in Viet Nam.",
    "ivory": "country: [CIV]|Judges in Côte d’Ivoire were trained on women’s shelters.",
    "britain": "country: [GBR]|The United Kingdom and the United Nations trained police.",
    "china": "country: [CHN]\nlanguage: zh\ntitle: 打击人口贩运|"
    "培训警察打击人口贩运行为，支持妇女。",
    "china-2": "country: [CHN]\nlanguage: zh|人口贩运的受害者获得支持。",
    "japan": "country: [JPN]\nlanguage: ja|テロ対策と人身取引に関する研修。",
}


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder: Path = tmp_path_factory.mktemp("autocomplete")
    content = folder / "content"
    content.mkdir()
    for id, file in FILES.items():
        front, _, body = file.partition("|")
        (content / f"{id}.md").write_text(f"---\n{front}\n---\n\n{body}\n", encoding="utf-8")
    engine = open_engine(Settings(content=content, index=folder / "index"))
    assert not sync(engine, content, "a test").errors
    return engine


def labels(engine: Engine, text: str) -> dict[str, list[str]]:
    """Return the labels of the completions by kind."""
    by_kind: dict[str, list[str]] = {}
    for completion in autocomplete(engine, SearchRequest(text), Vocabulary({})):
        by_kind.setdefault(completion.kind, []).append(completion.label)
    return by_kind


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("viet n", "Viet Nam"),
        ("shelters in viet n", "Viet Nam"),
        ("united k", "United Kingdom"),
        ("côte d'i", "Côte d'Ivoire"),
        ("cote d’ivo", "Côte d'Ivoire"),
        ("中国", "China"),
        ("培训中国", "China"),
        ("日本", "Japan"),
    ],
)
def test_the_name_of_a_country_is_completed(collection: Engine, text: str, country: str) -> None:
    assert labels(collection, text)["country"][0].startswith(country)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("viet n", "viet nam"),
        ("united k", "united kingdom"),
        ("united n", "united nations"),
        ("women's s", "women's shelters"),
        ("women’s shel", "women’s shelters"),
        ("cote d'i", "cote d'ivoire"),
        ("cote d'ivo", "cote d'ivoire"),
        ("人口", "人口贩运"),
        ("police 人口", "police 人口贩运"),
        ("テロ", "テロ対策"),
    ],
)
def test_the_last_word_is_completed_as_activities_have_it(
    collection: Engine, text: str, word: str
) -> None:
    completions = autocomplete(collection, SearchRequest(text), Vocabulary({}))
    words = [completion.label for completion in completions if completion.kind == "word"]
    assert words[:1] == [word]


def test_a_word_that_does_not_follow_is_no_completion_of_a_single_letter(
    collection: Engine,
) -> None:
    assert labels(collection, "united s").get("word", []) == []


def test_a_single_letter_or_character_is_not_completed(collection: Engine) -> None:
    assert labels(collection, "k") == labels(collection, "中") == {}


def test_a_completion_has_results_with_the_filters_of_the_search(collection: Engine) -> None:
    japan = (Filter("country", "JPN"),)
    for text in ("shel", "viet n", "人身", "テロ"):
        for completion in autocomplete(collection, SearchRequest(text, japan), Vocabulary({})):
            assert completion.total > 0
    words = autocomplete(collection, SearchRequest("shel", japan), Vocabulary({}))
    assert [completion for completion in words if completion.kind == "word"] == []


def test_a_text_is_completed_up_to_its_longest_length(collection: Engine) -> None:
    text = "shelters viet n".rjust(MAX_TEXT_LENGTH)
    assert labels(collection, text)["country"] == ["Viet Nam"]
    assert labels(collection, f" {text}") == {}


def test_a_title_in_chinese_is_completed(collection: Engine) -> None:
    assert labels(collection, "人口贩")["title"] == ["打击人口贩运"]
    assert "title" not in labels(collection, "贩人")


def test_the_words_before_a_name_stay_the_text_of_the_search(collection: Engine) -> None:
    completions = autocomplete(collection, SearchRequest("shelters viet n"), Vocabulary({}))
    (value,) = [c.request for c in completions if c.kind == "country"]
    assert value == SearchRequest("shelters", (Filter("country", "VNM"),))
