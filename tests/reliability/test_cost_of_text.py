"""The time to read, show and analyse a text is linear in its length, whatever it contains."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from itertools import count

import pytest

from indexer.content.activity import parse
from indexer.query.ast import Term
from indexer.search.highlight import find_passage, make_snippet
from indexer.search.matcher import Matcher
from indexer.text.analysis import one_spelling, stems, words
from tests.reliability.text_families import FAMILIES, REPORTED
from webapp.markdown_html import body_html

MAX_GROWTH = 2.5  # of the time when the length doubles
MIN_MEASURED = 0.004  # seconds; a shorter time is not compared
ATTEMPTS = 6

_numbers = count()


@pytest.fixture(autouse=True)
def no_garbage_collection() -> Iterator[None]:
    """Disable the cyclic garbage collector, which runs at different times in each attempt.

    Collections that cost() asks for pass over the objects of other tests: a second for each.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


def process(text: str) -> None:
    """Read a text, render it, analyse it, and make snippets of it."""
    parsed = parse("a", "a.md", text.encode())
    body_html(text)
    if parsed.activity:
        plain = parsed.activity.text
        stems(one_spelling(words(plain)), "en")
        for word in ("women", "fille\u0301"):
            make_snippet(find_passage(Matcher(Term(word), "en"), plain))


def cost(family: str, size: int) -> float:
    """Return the processor time, in seconds, to process a text that is in no cache."""
    text = f"{FAMILIES[family](size)}\n\nx{next(_numbers)}"
    gc.collect()
    start = time.thread_time()
    process(text)
    return time.thread_time() - start


def assert_linear(family: str, size: int) -> None:
    """Compare the lowest times of several attempts, because other programs affect them."""
    cost(family, 1000)  # fills the caches of characters
    single = double = float("inf")
    for _ in range(ATTEMPTS):
        single = min(single, cost(family, size))
        double = min(double, cost(family, 2 * size))
        if double <= max(MAX_GROWTH * single, MIN_MEASURED):
            return
    pytest.fail(f"{size} bytes took {single:.3f} s, and twice as many {double:.3f} s")


@pytest.mark.parametrize("family", REPORTED)
def test_twice_the_text_takes_at_most_two_and_a_half_times_the_time(family: str) -> None:
    assert_linear(family, 16_000)


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_the_time_of_every_family_of_texts_is_linear(family: str) -> None:
    assert_linear(family, 64_000)
