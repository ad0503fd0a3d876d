"""Find countries with misspelled names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from indexer.engines.budget import TERM_POSTINGS, spend
from indexer.search.spelling import spelling_cost
from indexer.text import places
from indexer.text.analysis import terms
from indexer.text.place_names import find_places

MIN_NAME_LENGTH = 5  # letters; a single edit turns many shorter names into another name or word
MIN_LENGTH_FOR_TWO_EDITS = 8  # letters
MAX_NAME_WORDS = 4


class CountryName(NamedTuple):
    """A run of words that resembles the name of a country."""

    start: int  # index of the first word
    end: int  # index after the last word
    code: str  # ISO 3166-1 alpha-3, or XKX


def similar_country(name: str) -> str | None:
    """Return the ISO code of the country whose name is most similar to a folded text.

    Compares names in the UN's languages. Returns None if no name is similar, or if the names of
    several countries are equally similar.
    """
    if name in _names():
        return _unambiguous(name)
    if len(name) < MIN_NAME_LENGTH:
        return None
    edits = 1 if len(name) < MIN_LENGTH_FOR_TWO_EDITS else 2
    # An edit changes the length by at most one letter.
    lengths = range(len(name) - edits, len(name) + edits + 1)
    names = [other for length in lengths for other in _names_by_length().get(length, ())]
    spend(TERM_POSTINGS * len(names))
    similar = extract(name, names, scorer=OSA.distance, score_cutoff=edits, limit=None)
    costs = {other: spelling_cost(name, other) for other, _, _ in similar}
    nearest = {_unambiguous(other) for other, cost in costs.items() if cost == min(costs.values())}
    return nearest.pop() if len(nearest) == 1 else None


def find_countries(words: Sequence[str], numbers: Iterable[int]) -> Iterator[CountryName]:
    """Yield the countries whose name resembles a run of folded words, in order.

    numbers are ascending indexes of words. Each run contains one of these words, and no empty
    string. Longer runs are preferred, and runs do not overlap.
    """
    end = 0
    for number in numbers:
        runs = [
            (start, stop)
            for start in range(max(end, number - MAX_NAME_WORDS + 1), number + 1)
            for stop in range(number + 1, min(start + MAX_NAME_WORDS, len(words)) + 1)
            if all(words[start:stop])
        ]
        for start, stop in sorted(runs, key=lambda run: (run[0] - run[1], run)):
            if (code := similar_country(" ".join(words[start:stop]))) is not None:
                yield CountryName(start, stop, code)
                end = stop
                break


def _unambiguous(name: str) -> str | None:
    """Return the code for a folded name; None if several countries or none have the name."""
    matches = find_places(name.split())
    return matches[0].codes[0] if len(matches) == 1 and len(matches[0].codes) == 1 else None


@cache
def _names() -> frozenset[str]:
    """Return the folded names of all countries."""
    return frozenset(
        " ".join(terms(name)) for code in places.COUNTRIES for name in places.names(code)
    )


@cache
def _names_by_length() -> Mapping[int, list[str]]:
    """Return the folded names of all countries by their number of characters."""
    names: dict[int, list[str]] = {}
    for name in sorted(_names()):
        names.setdefault(len(name), []).append(name)
    return names
