"""Countries whose name is spelled like some words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from indexer.search.spelling import spelling_cost
from indexer.text import places
from indexer.text.analysis import terms

MIN_NAME_LENGTH = 5  # letters; one edit turns many shorter names into another name or word
MIN_LENGTH_FOR_TWO_EDITS = 8  # letters
MAX_NAME_WORDS = 4


def similar_country(name: str) -> str | None:
    """Return the ISO code of the country with the name most like a folded text.

    Names in the UN's languages are compared. Returns None if no name is like it, or if those of
    several countries are equally like it.
    """
    codes = _codes_by_name()
    if name in codes:
        return codes[name]
    if len(name) < MIN_NAME_LENGTH:
        return None
    edits = 1 if len(name) < MIN_LENGTH_FOR_TWO_EDITS else 2
    similar = extract(name, codes.keys(), scorer=OSA.distance, score_cutoff=edits, limit=None)
    costs = {other: spelling_cost(name, other) for other, _, _ in similar}
    nearest = {codes[other] for other, cost in costs.items() if cost == min(costs.values())}
    return nearest.pop() if len(nearest) == 1 else None


@cache
def _codes_by_name() -> Mapping[str, str]:
    """Return codes by folded name, without the names of several countries."""
    codes: dict[str, set[str]] = {}
    for code in places.COUNTRIES:
        for name in places.names(code):
            codes.setdefault(" ".join(terms(name)), set()).add(code)
    return {
        name: code
        for name, (code, *others) in codes.items()
        if not others and places.to_country(name) == code
    }
