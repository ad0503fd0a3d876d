"""The resemblance of two texts: the share of their words that both have.

It recognises a text that was repeated with few changes, for example with another year or country.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from itertools import islice

from indexer.text.analysis import terms
from indexer.text.stop_words import stop_words

# Texts of at least this resemblance are repeats of each other. docs/decisions.md says how the value
# was chosen.
MIN_RESEMBLANCE = 0.65
MAX_TEXT_LENGTH = 5_000  # characters of a text that are compared
MAX_TERMS = 200  # distinct terms of a text that are compared


def compared_terms(text: str, language: str) -> frozenset[str]:
    """Return the distinct exact terms of a text, without stop words and numbers.

    Only the first MAX_TERMS terms of the first MAX_TEXT_LENGTH characters are returned.
    """
    distinct = dict.fromkeys(terms(text[:MAX_TEXT_LENGTH]))
    ignored = stop_words(language)
    compared = (term for term in distinct if term not in ignored and not term.isdecimal())
    return frozenset(islice(compared, MAX_TERMS))


def resemblance(terms: AbstractSet[str], other: AbstractSet[str]) -> float:
    """Return the Jaccard index of two sets of terms, from 0 to 1; 0 if both are empty.

    Source: A. Broder, On the resemblance and containment of documents, 1997.
    """
    shared = len(terms & other)
    return shared / (len(terms) + len(other) - shared) if shared else 0.0
