"""The questions that engines answer: searches of several kinds, drawn by document frequency."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal
from urllib.parse import urlencode

from indexer.search.planner import MAX_EXPANSIONS
from indexer.search.request import Filter, SearchRequest
from tests.bench.model import ReferenceModel

COMPARED_PER_KIND = 20  # questions whose answers are compared, and which are not timed
TIMED_PER_KIND = 200  # at most; a kind has fewer if the corpus has not enough words for it
MAX_DRAWS = 20_000  # attempts to draw different questions of a kind

KINDS = {
    "common": "one of the most frequent words",
    "mid": "a word in about 1 % of the paragraphs",
    "rare": "a word in about 0.02 % of the paragraphs",
    "and": "a common and a mid word, both",
    "or": "a common or a mid word",
    "or of 3": "two common words or a mid one",
    "phrase rare": "two adjacent words, in about 0.02 % of the paragraphs",
    "phrase common": "the most frequent pairs of adjacent words",
    "prefix 3": "three letters that words begin with",
    "prefix 2": "two letters that words begin with",
    "fuzzy": "a word and its near spellings",
    "not": "a common word without a mid one",
    "year range": "a common word, and years from a to b as a part of the query",
    "everything": "no words; years from a to b as a filter",
    "most of 2": "a common and a mid word, and paragraphs with most of them",
    "most of 4": "two common and two mid words, and paragraphs with most of them",
}
# Only this program has a group with most of the words.
KINDS_OF_MOST_WORDS = frozenset({"most of 2", "most of 4"})


@dataclass(frozen=True, slots=True)
class Question:
    """A search of a kind."""

    kind: str
    words: tuple[str, ...] = ()
    years: tuple[int, int] | None = None  # first and last; a filter only for "everything"
    country: str | None = None  # a filter

    @property
    def text(self) -> str:
        """The query text."""
        match self.kind, self.words:
            case "or" | "or of 3", words:
                return " OR ".join(words)
            case "phrase rare" | "phrase common", words:
                return f'"{" ".join(words)}"'
            case "prefix 3" | "prefix 2", (word,):
                return f"{word}*"
            case "fuzzy", (word,):
                return f"{word}~"
            case "not", (word, other):
                return f"{word} -{other}"
            case "year range", (word,) if self.years:
                return f"{word} year:{self.years[0]}..{self.years[1]}"
        return " ".join(self.words)

    @property
    def year_filter(self) -> tuple[int, int] | None:
        """The years if they are a filter. Counts of years ignore it."""
        return self.years if self.kind == "everything" else None

    @property
    def year_clause(self) -> tuple[int, int] | None:
        """The years if they are a part of the query. All counts respect it."""
        return self.years if self.kind != "everything" else None

    @property
    def request(self) -> SearchRequest:
        """The search request."""
        low, high = self.year_filter or (None, None)
        filters = (Filter("country", self.country),) if self.country else ()
        match: Literal["all"] | None = None if self.kind in KINDS_OF_MOST_WORDS else "all"
        return SearchRequest(self.text, filters, year_from=low, year_to=high, match=match)

    @property
    def address(self) -> str:
        """The URL parameters of the search page."""
        low, high = self.year_filter or ("", "")
        match = "" if self.kind in KINDS_OF_MOST_WORDS else "all"
        params = {
            "q": self.text,
            "country": self.country,
            "year_from": low,
            "year_to": high,
            "match": match,
        }
        return urlencode({name: value for name, value in params.items() if value})


def draw_questions(model: ReferenceModel, seed: int = 7) -> dict[str, list[Question]]:
    """Return different questions of each kind, without a country.

    A kind has up to COMPARED_PER_KIND + TIMED_PER_KIND of them.
    """
    chance = random.Random(seed)
    size = len(model.paragraphs)
    limit = COMPARED_PER_KIND + TIMED_PER_KIND
    candidates = [word for word in model.frequent if model.stemmers_agree(word)]
    common, others = candidates[:limit], candidates[limit:]
    mid = _nearest_counts(others, list(map(model.frequency, others)), max(8, size // 100), limit)
    chosen = {*common, *mid}
    others = [word for word in candidates if word not in chosen]
    rare = _nearest_counts(others, list(map(model.frequency, others)), max(3, size // 5000), limit)
    pairs = model.pairs()
    phrases, counts = [pair for pair, _ in pairs], [count for _, count in pairs]
    rare_count = max(2, model.sampled // 5000)
    rare_phrases = _nearest_counts(phrases, counts, rare_count, limit, chance)
    first, last = min(p.year for p in model.paragraphs), max(p.year for p in model.paragraphs)

    def years() -> tuple[int, int]:
        low = chance.randint(first, max(first, last - 1))
        return low, min(last, low + chance.randint(2, 15))

    def any_of(*lists: Sequence[str]) -> Callable[[str], Question]:
        return lambda kind: Question(kind, tuple(chance.choice(words) for words in lists))

    def questions(kind: str, items: Iterable[tuple[str, ...]]) -> Iterator[Question]:
        return (Question(kind, words) for words in items)

    prefixes = {n: model.prefixes(n, MAX_EXPANSIONS) for n in (3, 2)}
    fuzzy_words = model.fuzzy_words([*mid, *common], limit)
    drawn: dict[str, Iterable[Question]] = {
        "common": questions("common", ((word,) for word in common)),
        "mid": questions("mid", ((word,) for word in mid)),
        "rare": questions("rare", ((word,) for word in rare)),
        "phrase rare": questions("phrase rare", rare_phrases),
        "phrase common": questions("phrase common", phrases[:limit]),
        "prefix 3": questions("prefix 3", ((prefix,) for prefix in prefixes[3])),
        "prefix 2": questions("prefix 2", ((prefix,) for prefix in prefixes[2])),
        "fuzzy": questions("fuzzy", ((word,) for word in fuzzy_words)),
        "and": _different("and", any_of(common, mid)),
        "or": _different("or", any_of(common, mid)),
        "or of 3": _different("or of 3", any_of(common, common, mid)),
        "not": _different("not", any_of(common, mid)),
        "year range": _different(
            "year range", lambda kind: Question(kind, (chance.choice(common),), years())
        ),
        "everything": _different("everything", lambda kind: Question(kind, (), years())),
        "most of 2": _different("most of 2", any_of(common, mid)),
        "most of 4": _different("most of 4", any_of(common, common, mid, mid)),
    }
    result = {kind: list(islice(drawn[kind], limit)) for kind in KINDS}
    for kind_questions in result.values():
        chance.shuffle(kind_questions)
    return result


def with_countries(
    questions: Sequence[Question], model: ReferenceModel, seed: int = 8
) -> list[Question]:
    """Return the questions with a country selected in each."""
    chance = random.Random(seed)
    countries = model.common_countries(50)
    return [replace(question, country=chance.choice(countries)) for question in questions]


def _different(kind: str, make: Callable[[str], Question]) -> Iterator[Question]:
    """Yield different questions whose words differ, for at most MAX_DRAWS attempts."""
    seen: set[Question] = set()
    for _ in range(MAX_DRAWS):
        question = make(kind)
        if question not in seen and len(set(question.words)) == len(question.words):
            seen.add(question)
            yield question


def _nearest_counts(
    items: Sequence[Any],
    counts: Sequence[int],
    target: int,
    limit: int,
    chance: random.Random | None = None,
) -> list[Any]:
    """Return the items whose counts are nearest to a target.

    chance chooses among items with equal distances; without it, the first ones are chosen.
    """
    order = list(range(len(items)))
    if chance:
        chance.shuffle(order)
    order.sort(key=lambda n: abs(counts[n] - target))
    return [items[n] for n in order[:limit]]
