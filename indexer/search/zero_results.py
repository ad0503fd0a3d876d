"""Suggestions for a search with few results or none.

With few results, the suggestions correct spellings and names of countries. Without results, they
also complete a word, remove a filter or a word, or match any of the words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from indexer.engines.base import Matches, Snapshot
from indexer.query.ast import (
    And,
    InField,
    MatchAll,
    Not,
    Or,
    Phrase,
    Query,
    Term,
    to_text,
)
from indexer.query.parser import MIN_PREFIX_LENGTH
from indexer.query.sentences import OPERATORS
from indexer.schema import NOT_STATED, RANGE_FIELD, TEXT_FIELDS
from indexer.search.country_spelling import find_countries
from indexer.search.matcher import leaves
from indexer.search.request import Filter, SearchRequest, YearRange
from indexer.search.results import SuggestionKind
from indexer.search.spelling import (
    FEW_ACTIVITIES,
    MAX_MISSPELLED_WORDS,
    suggested_spellings,
    word_frequencies,
)
from indexer.text import places
from indexer.text.analysis import stop_word_languages, tokenize

MAX_CANDIDATES = 12  # the results of each are counted
# A search with at most this number of results has suggestions. Words in more activities are never
# corrected, so a higher limit would add hardly any suggestions.
FEW_RESULTS = FEW_ACTIVITIES


class Candidate(NamedTuple):
    """A ZeroResultSuggestion without its number of results."""

    kind: SuggestionKind
    subject: str | Filter | YearRange
    request: SearchRequest


def candidates(
    query: Query, request: SearchRequest, snapshot: Snapshot, matches: Matches
) -> Iterator[Candidate]:
    """Return up to MAX_CANDIDATES suggestions for a search, the most promising first.

    matches contains the results of the search. A search with more than FEW_RESULTS results with
    all words has no suggestions.
    """
    if matches.total_all > FEW_RESULTS:
        return iter(())
    return islice(_candidates(query, request, snapshot, matches.total), MAX_CANDIDATES)


def _candidates(
    query: Query, request: SearchRequest, snapshot: Snapshot, total: int
) -> Iterator[Candidate]:
    operands: tuple[Query, ...] = (query,)
    if isinstance(query, And):
        operands = query.children
    elif isinstance(query, MatchAll):
        operands = ()
    frequencies = word_frequencies(_searched_words(query), snapshot)
    spellings = suggested_spellings(frequencies, snapshot)
    if spellings:
        text = _respelled(request.text, spellings)
        yield Candidate("did_you_mean", text, request.with_text(text))
    yield from _misspelled_countries(operands, request, frequencies, spellings)
    if total:
        return
    if word := _unfinished_word(request.text):
        yield Candidate("begins_with", word, request.with_text(request.text + "*"))
    for item in (*request.effective, *request.excluded):
        yield Candidate("drop_filter", item, request.toggled(item))
    if (years := request.range) is not None:
        yield Candidate("drop_filter", years, request.without_range())
    yield from _with_undated(request)
    positive = tuple(operand for operand in operands if not isinstance(operand, Not))
    if len(positive) > 1:
        text = to_text(Or(positive))
        yield Candidate("match_any", text, request.with_text(text))
    for number, operand in enumerate(operands):
        rest = (*operands[:number], *operands[number + 1 :])
        if any(not isinstance(other, Not) for other in rest):
            without_operand = request.with_text(to_text(And(rest)))
            yield Candidate("drop_word", to_text(operand), without_operand)


def _with_undated(request: SearchRequest) -> Iterator[Candidate]:
    """If the search filters years, yield a search that also accepts activities without a year."""
    not_stated = Filter(RANGE_FIELD, NOT_STATED)
    if not_stated in request.filters or not_stated.inverse in request.filters:
        return
    years = [item for item in request.effective if item.field == RANGE_FIELD]
    if subject := request.range or next(iter(years), None):
        yield Candidate("add_not_stated", subject, request.with_filter(not_stated))


def _unfinished_word(text: str) -> str:
    """Return the last word of a text if it can be a prefix, else ""."""
    word = text.rsplit(maxsplit=1)[-1] if text.strip() else ""
    return (
        word if len(word) >= MIN_PREFIX_LENGTH and word.isalpha() and word not in OPERATORS else ""
    )


def _searched_words(query: Query) -> list[str]:
    """Return the folded words that a query searches in text fields, outside negations."""
    words: list[str] = []
    for leaf, field in leaves(query):
        if field is None or field in TEXT_FIELDS:
            if isinstance(leaf, Term):
                words.append(leaf.text)
            elif isinstance(leaf, Phrase):
                words += leaf.terms
    return words


def _respelled(text: str, spellings: Mapping[str, str]) -> str:
    """Replace words of a text. spellings maps folded words to their corrections."""
    pieces, end = [], 0
    for token in tokenize(text):
        if token.text in spellings and token.start >= end:
            typed, spelling = text[token.start : token.end], spellings[token.text]
            if typed.isupper():
                spelling = spelling.upper()
            elif typed[0].isupper():
                spelling = spelling.capitalize()
            pieces += [text[end : token.start], spelling]
            end = token.end
    return "".join([*pieces, text[end:]])


def _misspelled_countries(
    operands: Sequence[Query],
    request: SearchRequest,
    frequencies: Mapping[str, int],
    spellings: Mapping[str, str],
) -> Iterator[Candidate]:
    """Yield a search with country filters in place of possibly misspelled names of countries.

    Each name contains a word that no activity has. Corrections apply to the remaining words. A text
    with more than MAX_MISSPELLED_WORDS such words is in a language that no activity has.
    """
    words = []
    unknown = []
    for number, operand in enumerate(operands):
        word = ""
        match operand:
            case Term(word):
                is_known = frequencies[word] > 0
            case InField("country", Term(word)):
                is_known = word == NOT_STATED or places.to_country(word) is not None
            case _:
                is_known = True
        words.append(word)
        if not is_known:
            unknown.append(number)
    if len(unknown) > MAX_MISSPELLED_WORDS:
        return
    countries = list(find_countries(words, unknown))
    name_words = {number for country in countries for number in range(country.start, country.end)}
    removed = set(name_words)
    for number in reversed(range(len(words))):  # "in", "and" before a name
        if number + 1 in removed and stop_word_languages(words[number]):
            removed.add(number)
    rest = to_text(And(tuple(each for n, each in enumerate(operands) if n not in removed)))
    variant = request.with_text(_respelled(rest, spellings))
    for country in countries:
        country_filter = Filter("country", country.code)
        if country_filter not in variant.included:
            variant = variant.toggled(country_filter)
    if variant.filters != request.filters:
        names = " ".join(words[number] for number in sorted(name_words))
        yield Candidate("use_filters", names, variant)
