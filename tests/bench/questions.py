"""What is asked: classes of questions, drawn from the corpus by document frequency."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from indexer.search.planner import MAX_EXPANSIONS
from indexer.search.request import Filter, SearchRequest
from tests.bench.model import Model

SAMPLE = 20  # questions of a class that are compared and not timed
TIMED = 200  # questions of a class that are timed; a class that has not so many has what there is

KINDS = {
    "common": "one of the most frequent words",
    "mid": "a word of about 1 % of the paragraphs",
    "rare": "a word of about 0.02 % of the paragraphs",
    "and": "a common and a mid word, both",
    "or": "a common or a mid word",
    "or of 3": "two common words or a mid one",
    "phrase rare": "two words side by side, in about 0.02 % of the paragraphs",
    "phrase common": "the most frequent pairs of words side by side",
    "prefix 3": "three letters that words begin with",
    "prefix 2": "two letters that words begin with",
    "fuzzy": "a word, spelt nearly so",
    "not": "a common word without a mid one",
    "year range": "a common word, in years from a to b, as a part of the query",
    "everything": "no words; years from a to b as a filter",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One search. years are a part of the query, but for "everything" a filter of their own group."""

    kind: str
    words: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    country: str | None = None

    @property
    def text(self) -> str:
        """It as a person types it."""
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
    def filtered(self) -> tuple[int, int] | None:
        """The years that are a filter, which the counts of years ignore."""
        return self.years if self.kind == "everything" else None

    @property
    def within(self) -> tuple[int, int] | None:
        """The years that are a part of the query, which nothing ignores."""
        return self.years if self.kind != "everything" else None

    @property
    def request(self) -> SearchRequest:
        low, high = self.filtered or (None, None)
        filters = (Filter("country", self.country),) if self.country else ()
        return SearchRequest(self.text, filters, year_from=low, year_to=high)

    @property
    def address(self) -> str:
        """The parameters of the search page."""
        low, high = self.filtered or ("", "")
        given = {"q": self.text, "country": self.country, "year_from": low, "year_to": high}
        return urlencode({name: value for name, value in given.items() if value})


def draw(model: Model, seed: int = 7) -> dict[str, list[Question]]:
    """SAMPLE + TIMED different questions of each kind, none with a country."""
    chance = random.Random(seed)
    size = len(model.paragraphs)
    wanted = SAMPLE + TIMED
    alike = [word for word in model.frequent if model.stemmers_agree(word)]
    common = alike[:wanted]
    mid = _around(
        alike[wanted:], [model.frequency(w) for w in alike[wanted:]], max(8, size // 100), wanted
    )
    taken = {*common, *mid}
    rest = [word for word in alike if word not in taken]
    rare = _around(rest, [model.frequency(w) for w in rest], max(3, size // 5000), wanted)
    pairs = model.pairs()
    counts = [count for _, count in pairs]
    phrases = [pair for pair, _ in pairs]
    rare_phrases = _around(phrases, counts, max(2, model.sampled // 5000), wanted, chance)
    first, last = min(p.year for p in model.paragraphs), max(p.year for p in model.paragraphs)

    def some(words: Sequence[str]) -> str:
        return chance.choice(words)

    def years() -> tuple[int, int]:
        low = chance.randint(first, max(first, last - 1))
        return low, min(last, low + chance.randint(2, 15))

    def words(*lists: Sequence[str]) -> Callable[[str], Question]:
        return lambda kind: Question(kind, tuple(some(words) for words in lists))

    drawn: dict[str, Iterable[Question]] = {
        "common": (Question("common", (word,)) for word in common),
        "mid": (Question("mid", (word,)) for word in mid),
        "rare": (Question("rare", (word,)) for word in rare),
        "phrase rare": (Question("phrase rare", pair) for pair in rare_phrases),
        "phrase common": (Question("phrase common", pair) for pair in phrases[:wanted]),
        "prefix 3": (Question("prefix 3", (text,)) for text in model.prefixes(3, MAX_EXPANSIONS)),
        "prefix 2": (Question("prefix 2", (text,)) for text in model.prefixes(2, MAX_EXPANSIONS)),
        "fuzzy": (
            Question("fuzzy", (word,)) for word in model.fuzzy_words([*mid, *common], wanted)
        ),
        "and": _endless("and", words(common, mid)),
        "or": _endless("or", words(common, mid)),
        "or of 3": _endless("or of 3", words(common, common, mid)),
        "not": _endless("not", words(common, mid)),
        "year range": _endless("year range", lambda kind: Question(kind, (some(common),), years())),
        "everything": _endless("everything", lambda kind: Question(kind, (), years())),
    }
    found = {kind: list(islice(drawn[kind], wanted)) for kind in KINDS}
    for questions in found.values():
        chance.shuffle(questions)
    return found


def in_countries(questions: Sequence[Question], model: Model, seed: int = 8) -> list[Question]:
    """The same questions, each with one country selected."""
    chance = random.Random(seed)
    countries = model.common_countries(50)
    return [replace(question, country=chance.choice(countries)) for question in questions]


def _endless(kind: str, make: Callable[[str], Question]) -> Iterator[Question]:
    """Different questions for as long as there are any."""
    seen: set[Question] = set()
    for _ in range(20_000):
        question = make(kind)
        if question not in seen and len(set(question.words)) == len(question.words):
            seen.add(question)
            yield question


def _around(
    items: Sequence[Any],
    counts: Sequence[int],
    target: int,
    wanted: int,
    chance: random.Random | None = None,
) -> list[Any]:
    """The items whose count is nearest a target."""
    order = list(range(len(items)))
    if chance:
        chance.shuffle(order)  # of many that are as near, any
    order.sort(key=lambda n: abs(counts[n] - target))
    return [items[n] for n in order[:wanted]]
