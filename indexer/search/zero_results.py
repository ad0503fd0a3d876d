"""Suggestions for a search with few results or none.

With few results, the suggestions correct spellings and names of countries. Without results, they
also complete a word, remove a filter or words, or match most or any of the words. If none of these
changes leads to results, suggestions combine two of them.
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
from indexer.query.forms import WordForms
from indexer.query.parser import MIN_PREFIX_LENGTH
from indexer.query.sentences import OPERATORS
from indexer.schema import NOT_STATED, RANGE_FIELD, TEXT_FIELDS
from indexer.search.country_spelling import find_countries
from indexer.search.matcher import leaves
from indexer.search.request import Filter, SearchRequest, YearRange
from indexer.search.results import SuggestionKind, WordsAndFilter
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
    subject: str | Filter | YearRange | WordsAndFilter
    request: SearchRequest


def candidates(
    query: Query,
    request: SearchRequest,
    snapshot: Snapshot,
    matches: Matches,
    forms: WordForms,
) -> Iterator[Candidate]:
    """Return up to MAX_CANDIDATES suggestions for a search, the most promising first.

    matches contains the results of the search, forms the forms of its words. A search with more
    than FEW_RESULTS results with all words has no suggestions.
    """
    if matches.total_all > FEW_RESULTS:
        return iter(())
    return islice(_candidates(query, request, snapshot, matches.total, forms), MAX_CANDIDATES)


def combined_candidates(
    query: Query, request: SearchRequest, snapshot: Snapshot, forms: WordForms
) -> Iterator[Candidate]:
    """Return up to MAX_CANDIDATES suggestions that change a search twice.

    They are for a search without results that no suggestion of candidates() leads to results.
    """
    return islice(_combined_candidates(query, request, snapshot, forms), MAX_CANDIDATES)


def _combined_candidates(
    query: Query, request: SearchRequest, snapshot: Snapshot, forms: WordForms
) -> Iterator[Candidate]:
    filters: list[Filter | YearRange] = [*request.effective, *request.excluded]
    if request.range is not None:
        filters.append(request.range)
    if not filters:
        return
    operands = _operands(query)
    absent = _absent(operands, word_frequencies(_searched_words(query), snapshot), forms)
    unfiltered = request.without_filters()
    words, text = _without(operands, absent)
    if text:
        for item in filters:
            rest = _without_filter(request, item).with_text(text)
            yield Candidate("drop_words_and_filter", WordsAndFilter(words, item), rest)
    if len(filters) > 1:
        yield Candidate("drop_filters", "", unfiltered)
        if text:
            yield Candidate("drop_words_and_filters", words, unfiltered.with_text(text))
    if request.match and len(operands) > 1:
        yield Candidate("match_most_without_filters", "", unfiltered.matching(None))
    if known := _known(operands, absent):
        any_word = unfiltered.with_text(to_text(Or(known)))
        yield Candidate("match_any_without_filters", "", any_word)
    if request.text:
        yield Candidate("drop_text", "", request.with_text(""))


def _operands(query: Query) -> tuple[Query, ...]:
    """Return the parts of a query that activities must all match."""
    if isinstance(query, And):
        return query.children
    return () if isinstance(query, MatchAll) else (query,)


def _absent(
    operands: Sequence[Query], frequencies: Mapping[str, int], forms: WordForms
) -> list[Query]:
    """Return the operands that no activity matches, because a word of them occurs nowhere.

    frequencies: of the words outside negations. A word with other forms is not absent.
    """

    def is_absent(query: Query) -> bool:
        match query:
            case Term(word):
                return not (frequencies[word] or forms.get(word))
            case Phrase(words):
                return not all(frequencies[word] for word in words)
            case Or(children):
                return all(map(is_absent, children))
            case And(children):
                return any(map(is_absent, children))
            case InField(field, child):
                return field in TEXT_FIELDS and is_absent(child)
        return False

    return [operand for operand in operands if is_absent(operand)]


def _without(operands: Sequence[Query], absent: Sequence[Query]) -> tuple[str, str]:
    """Return the absent operands as text, and the text without them.

    Both are empty if nothing is absent, or if the other operands are only negations.
    """
    rest = tuple(operand for operand in operands if operand not in absent)
    if not absent or all(isinstance(operand, Not) for operand in rest):
        return "", ""
    return to_text(And(tuple(absent))), to_text(And(rest))


def _known(operands: Sequence[Query], absent: Sequence[Query]) -> tuple[Query, ...]:
    """Return the alternatives of a search for any of the operands; empty if it has only one."""
    known = tuple(
        operand for operand in operands if operand not in absent and not isinstance(operand, Not)
    )
    return known if len(known) > 1 else ()


def _without_filter(request: SearchRequest, item: Filter | YearRange) -> SearchRequest:
    return request.toggled(item) if isinstance(item, Filter) else request.without_range()


def _candidates(
    query: Query, request: SearchRequest, snapshot: Snapshot, total: int, forms: WordForms
) -> Iterator[Candidate]:
    operands = _operands(query)
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
    absent = _absent(operands, frequencies, forms)
    words, text = _without(operands, absent)
    if text:
        kind: SuggestionKind = "drop_words" if len(absent) > 1 else "drop_word"
        yield Candidate(kind, words, request.with_text(text))
    for item in (*request.effective, *request.excluded):
        yield Candidate("drop_filter", item, request.toggled(item))
    if (years := request.range) is not None:
        yield Candidate("drop_filter", years, request.without_range())
    yield from _with_undated(request)
    yield from _with_fewer_words(operands, absent, request)


def _with_fewer_words(
    operands: Sequence[Query], absent: Sequence[Query], request: SearchRequest
) -> Iterator[Candidate]:
    """Yield searches for most words, for any word, and for all words but one."""
    if request.match and len(operands) > 1:
        yield Candidate("match_most", "", request.matching(None))
    if known := _known(operands, absent):
        text = to_text(Or(known))
        yield Candidate("match_any", text, request.with_text(text))
    for number, operand in enumerate(operands):
        rest = (*operands[:number], *operands[number + 1 :])
        if [operand] != absent and any(not isinstance(other, Not) for other in rest):
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
