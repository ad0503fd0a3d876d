"""The work of searches: bounded, however often a query repeats its parts or is searched again."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine, TooExpensive
from indexer.engines.budget import Budget, limited
from indexer.engines.factory import open_engine
from indexer.query.parser import parse
from indexer.search.autocomplete import autocomplete
from indexer.search.coverage import coverage
from indexer.search.matcher import Matcher
from indexer.search.request import SearchRequest
from indexer.search.service import search
from indexer.settings import Settings

VOCABULARY = Vocabulary({})
STOP_WORDS = "of the in to and for on by with at from as".split()
PAIRS = [f'"{first} {second}"' for first in STOP_WORDS for second in STOP_WORDS if first != second]
NO_LIMIT = 10**12


def paragraph(number: int) -> Activity:
    chance = random.Random(number)
    words = [chance.choice((*STOP_WORDS, f"word{chance.randrange(400)}")) for _ in range(150)]
    text = " ".join(words)
    meta = {"language": ("en",), "year": (1990 + number % 26,), "country": ("PAK",)}
    return Activity(f"a{number}", "1", text, "en", meta, text)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder: Path = tmp_path_factory.mktemp("work")
    engine = open_engine(Settings(index=folder / "index"))
    with engine.writer("a test", 1) as writer:
        for number in range(1_000):
            writer.put(paragraph(number))
        writer.commit()
    return engine


def work(run: Callable[[], object], limit: int = NO_LIMIT) -> int:
    """Return the work of a call, in postings."""
    with limited(Budget(limit)) as budget:
        run()
    return budget.spent


def work_of_search(engine: Engine, text: str) -> int:
    return work(lambda: search(engine, SearchRequest(text), VOCABULARY))


@pytest.mark.parametrize(
    "text",
    [
        '"of the" ' * 31 + "zzzz",
        " OR ".join(['"of the"'] * 31),
        '("of the" zzzz) OR ' * 8 + '"of the"',
    ],
    ids=["31 times and an unknown word", "31 alternatives", "in groups"],
)
def test_a_repeated_phrase_costs_hardly_more_than_one(engine: Engine, text: str) -> None:
    assert work_of_search(engine, text) < 3 * work_of_search(engine, '"of the"')


def test_distinct_phrases_cost_what_each_of_them_costs(engine: Engine) -> None:
    """They are not matched again for each suggestion, of which a search without results has 12."""
    phrases = PAIRS[:40]
    each = [work_of_search(engine, phrase) for phrase in phrases]
    assert work_of_search(engine, " ".join(phrases) + " zzzz") < 2 * sum(each)


def test_phrases_before_a_completed_word_are_matched_once(engine: Engine) -> None:
    def work_of_completion(text: str) -> int:
        return work(lambda: autocomplete(engine, SearchRequest(text), VOCABULARY))

    one = work_of_completion('"of the" wor')
    assert one > work_of_search(engine, '"of the"') / 2, "the completions contain the phrase"
    assert work_of_completion('"of the" ' * 21 + "wor") < 2 * one


def test_the_columns_of_coverage_share_the_matches(engine: Engine) -> None:
    text = '"of the" "in the" "to the"'
    matrix = coverage(engine, SearchRequest(text), VOCABULARY)
    assert len(matrix.columns) == 27
    of_coverage = work(lambda: coverage(engine, SearchRequest(text), VOCABULARY))
    assert of_coverage < 3 * work_of_search(engine, text)


def test_the_work_of_a_search_does_not_depend_on_its_time(engine: Engine) -> None:
    text = '"of the" zzzz'
    work_of_search(engine, text)  # the plan is cached
    assert len({work_of_search(engine, text) for _ in range(3)}) == 1


def test_a_search_beyond_its_budget_is_refused(engine: Engine) -> None:
    with pytest.raises(TooExpensive):
        work(lambda: search(engine, SearchRequest(" ".join(PAIRS[:40])), VOCABULARY), 100_000)


def test_results_without_affordable_suggestions_say_so(engine: Engine) -> None:
    request = SearchRequest('"of the" zzzz')
    all_work = work(lambda: search(engine, request, VOCABULARY))
    with limited(Budget(all_work - 3_000)):
        page = search(engine, request, VOCABULARY)
    assert "suggestions_left_out" in [notice.code for notice in page.notices]
    assert page.suggestions == ()


def test_affordable_suggestions_are_complete(engine: Engine) -> None:
    with limited(Budget()):
        page = search(engine, SearchRequest('"of the" zzzz'), VOCABULARY)
    assert "suggestions_left_out" not in [notice.code for notice in page.notices]
    assert page.suggestions


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_characters_that_are_highlighted_count(language: str) -> None:
    matcher = Matcher(parse("police").query, language)
    short, long = (work(partial(matcher.find, "police " * n)) for n in (100, 1_000))
    assert short > 0
    assert long == pytest.approx(10 * short, rel=0.1)
