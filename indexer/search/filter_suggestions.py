"""Filters read from the words of a search: "trafficking in Pakistan since 2018".

The filters are suggestions and are never applied automatically.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from indexer.content.vocabulary import Vocabulary
from indexer.query.parser import ParsedQuery
from indexer.schema import NOT_STATED, RANGE_FIELD, facet_group
from indexer.search.names import (
    NameMatch,
    QueryWords,
    find_known_names,
    is_acronym,
    query_words,
)
from indexer.search.request import Filter, SearchRequest
from indexer.search.results import FilterSuggestion, ZeroResultSuggestion
from indexer.text.analysis import stop_word_languages

MAX_TEXT_LENGTH = 300  # characters; a longer text is a passage, not a search by country or year

# Words that connect a name to adjacent words, in addition to the English stop words.
_CONNECTING_WORDS = frozenset(
    (
        "about during since between within across "
        "a au aux d dans de des du en entre et l la le les par pour sur "
        "al con del el las los o para por sobre y "
        "в во для и на о об по с со из к у "
        "في من على الى و عن "
        "在 的 和 与"
    ).split()
)


class FilterProposal(NamedTuple):
    """A FilterSuggestion without its numbers of activities."""

    names: tuple[str, ...]
    request: SearchRequest
    undated_request: SearchRequest | None


def filter_proposals(
    parsed: ParsedQuery, request: SearchRequest, vocabulary: Vocabulary
) -> list[FilterProposal]:
    """Return searches with filters in place of the names in the text of a request.

    The first request replaces all names. If the names belong to several facet groups, a request for
    each group follows. A name stays in the text if the request already filters its facet group.
    """
    if len(request.text) > MAX_TEXT_LENGTH or not parsed.plain:
        return []
    words = query_words(request.text)
    names = find_known_names(words, vocabulary)
    matches = _compatible(_without_filtered(names, request))
    groups = dict.fromkeys(facet_group(match.field) for match in matches)
    selections = [matches]
    if len(groups) > 1:
        selections += [[m for m in matches if facet_group(m.field) == group] for group in groups]
    return [_proposal(request, words, selection) for selection in selections if selection]


def requests_of(proposals: Sequence[FilterProposal]) -> Iterator[SearchRequest]:
    """Yield the requests to count for filter_suggestions(), in order."""
    for proposal in proposals:
        yield proposal.request
        if proposal.undated_request is not None:
            yield proposal.undated_request


def filter_suggestions(
    proposals: Sequence[FilterProposal], totals: Iterator[int]
) -> tuple[FilterSuggestion, ...]:
    """Return the proposals that have results, given the totals of requests_of().

    Proposals for single facet groups are dropped if the proposal for all groups has results.
    """
    suggestions = []
    for names, request, undated in proposals:
        total = next(totals)
        undated_total = 0 if undated is None else next(totals)
        if undated_total <= total:
            undated, undated_total = None, 0
        if total or undated:
            suggestions.append(FilterSuggestion(names, request, total, undated, undated_total))
    if suggestions and suggestions[0].names == proposals[0].names:
        del suggestions[1:]
    return tuple(suggestions)


def zero_result_suggestions(
    suggestions: Sequence[FilterSuggestion],
) -> Iterator[ZeroResultSuggestion]:
    """Convert filter suggestions to suggestions for a search without results."""
    for suggestion in suggestions:
        names = ", ".join(suggestion.names)
        if suggestion.total:
            yield ZeroResultSuggestion("use_filters", names, suggestion.request, suggestion.total)
        if suggestion.undated_request is not None:
            yield ZeroResultSuggestion(
                "use_filters", names, suggestion.undated_request, suggestion.undated_total
            )


def _without_filtered(
    matches: Collection[NameMatch], request: SearchRequest
) -> Iterator[NameMatch]:
    """Yield matches whose facet group has no filter and whose values are not excluded."""
    filtered = {facet_group(item.field) for item in request.included}
    if request.range:
        filtered.add(facet_group(RANGE_FIELD))
    excluded = {(item.field, item.value) for item in request.excluded}
    for match in matches:
        is_excluded = any((match.field, value) in excluded for value in match.values)
        if facet_group(match.field) not in filtered and not is_excluded:
            yield match


def _compatible(matches: Iterator[NameMatch]) -> list[NameMatch]:
    """Return matches without overlapping words, in order; longer matches are preferred.

    A request has a single range of years, so any other years stay in the text.
    """
    chosen: list[NameMatch] = []
    taken: set[int] = set()
    for match in sorted(matches, key=lambda match: -len(match.words)):
        time = [m for m in chosen if m.field == RANGE_FIELD]
        is_second_range = match.field == RANGE_FIELD and any(m.years or match.years for m in time)
        if taken.isdisjoint(match.words) and not is_second_range:
            chosen.append(match)
            taken.update(match.words)
    return sorted(chosen, key=lambda match: match.words)


def _proposal(
    request: SearchRequest, words: QueryWords, matches: Sequence[NameMatch]
) -> FilterProposal:
    removed = {n for match in matches for n in match.words}
    names = dict.fromkeys(_name_as_typed(match, request.text, words) for match in matches)
    filtered = request.with_text(_remaining_text(request.text, words, removed))
    # Regions first: a country inside a region narrows it.
    for match in sorted(matches, key=lambda match: match.field != "region"):
        for value in match.values:
            item = Filter(match.field, value)
            filtered = filtered if item in filtered.included else filtered.toggled(item)
        if match.years is not None:
            first, last = match.years
            filtered = replace(filtered, year_from=first, year_to=last)
    undated = None
    if any(match.field == RANGE_FIELD for match in matches):
        undated = filtered.with_filter(Filter(RANGE_FIELD, NOT_STATED))
    return FilterProposal(tuple(names), filtered, undated)


def _name_as_typed(match: NameMatch, text: str, words: QueryWords) -> str:
    """Return a match as typed, including connecting words between its words."""
    between = set(range(match.start, match.end)).difference(match.words)
    if not all(_is_connecting(words, n) for n in between):
        return match.name
    return text[words.spans[match.start][0] : words.spans[match.end - 1][1]]


def _remaining_text(text: str, words: QueryWords, removed: Collection[int]) -> str:
    """Return a text without some words, and without the connecting words next to them."""
    parts = []
    start = 0
    for end in (*sorted(removed), len(words.words)):
        first, last = start, end
        while first < last and start and _is_connecting(words, first):
            first += 1
        while first < last and end in removed and _is_connecting(words, last - 1):
            last -= 1
        if first < last:
            parts.append(text[words.spans[first][0] : words.spans[last - 1][1]])
        start = end + 1
    return " ".join(parts)


def _is_connecting(words: QueryWords, n: int) -> bool:
    word = words.words[n]
    is_function_word = word in _CONNECTING_WORDS or "en" in stop_word_languages(word)
    return is_function_word and not is_acronym(words.typed[n])
