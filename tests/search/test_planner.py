"""The planner looks up the words of a text once per generation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indexer.content.synonym_file import parse_synonyms
from indexer.content.synonyms import NO_SYNONYMS, Synonyms
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.indexing.sync import Summary
from indexer.query.lowering import Lowering
from indexer.search import planner
from indexer.search.request import Filter, SearchRequest
from indexer.search.results import SearchPage
from indexer.search.service import search

VOCABULARY = Vocabulary({})


@pytest.fixture
def lowered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that collects the text of each lowered query."""
    texts: list[str] = []

    def lower(parsed: Any, *others: Any) -> Lowering:
        texts.append(parsed.text)
        return Lowering(parsed, *others)

    monkeypatch.setattr(planner, "Lowering", lower)
    return texts


def result_page(
    engine: Engine,
    text: str,
    vocabulary: Vocabulary = VOCABULARY,
    synonyms: Synonyms = NO_SYNONYMS,
    **values: object,
) -> SearchPage:
    request = SearchRequest(text, **values)  # type: ignore[arg-type]
    return search(engine, request, vocabulary, synonyms)


def test_a_text_is_looked_up_once_for_all_filters_and_orders(
    engine: Engine, index: Callable[..., Summary], lowered: list[str]
) -> None:
    index()
    first = result_page(engine, "women police")
    filtered = result_page(engine, "women police", filters=(Filter("country", "PAK"),))
    newest = result_page(engine, "women police", sort="newest")
    assert lowered.count("women police") == 1
    assert filtered.total < first.total == newest.total


def test_a_text_is_looked_up_again_in_another_generation(
    engine: Engine, index: Callable[..., Summary], content: Path, lowered: list[str]
) -> None:
    index()
    before = result_page(engine, "trafficking")
    (content / "new.md").write_text("Trafficking in persons.")
    index()
    assert result_page(engine, "trafficking").total == before.total + 1
    assert lowered.count("trafficking") == 2


def test_a_notice_of_planning_is_repeated_with_every_page(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    notices = [result_page(engine, "theme:nowhere", page=page).notices for page in (1, 1, 2)]
    assert all("unknown_value" in {notice.code for notice in each} for each in notices)


def test_new_labels_and_synonyms_apply_at_once(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    labels = Vocabulary({"theme": {"care": "Zebra shelters"}})
    synonyms = Synonyms(parse_synonyms("en:\n  - [zebra, police]\n")[0])
    assert not result_page(engine, "zebra").forms
    assert result_page(engine, "zebra", vocabulary=labels).forms
    assert result_page(engine, "zebra", synonyms=synonyms).total
