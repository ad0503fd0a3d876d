"""Snippets: the part of a stored text with the most matches, with the matches marked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from indexer.search.matcher import Matcher
from indexer.text.analysis import Token, tokenize

MAX_SNIPPET_LENGTH = 280  # characters, about three lines
MAX_LEAD_LENGTH = 60  # characters before the first match


class Span(NamedTuple):
    """A piece of a snippet."""

    text: str
    matched: bool = False  # a match of the query


# Faster than Span(), which a page of results calls for each piece of each snippet.
_new_span: Callable[[type[Span], tuple[str, bool]], Span] = tuple.__new__


class Passage(NamedTuple):
    """A whole text with its matches, of which a page shows the part with the most matches."""

    text: str
    matches: tuple[tuple[int, int], ...] = ()  # offsets of each match: start and end
    start: int = 0  # offset of the words before the best match; 0 without a match
    best: int = 0  # offset of the match that begins the part with the most distinct matches

    def spans(self, start: int, end: int) -> list[Span]:
        """Return the text from start to end, with the matches marked."""
        return _spans(self.text, start, end, self.matches)


_START, _END = Span("… "), Span(" …")  # of a snippet, where the text continues


def find_passage(matcher: Matcher, text: str) -> Passage:
    """Find the matches in a text, and the part with the most distinct matching words."""
    return make_passage(text, matcher.find(text))


def make_passage(text: str, matches: list[Token]) -> Passage:
    """Return a text with its matches, in order, and the part with the most distinct ones."""
    if not matches:
        return Passage(text)
    if len(matches) == 1:
        _, best, end, _ = matches[0]
        return Passage(text, ((best, end),), _snippet_start(text, best), best)
    best = _best_match(matches)
    ranges = tuple(_merged_ranges(text, matches))
    return Passage(text, ranges, _snippet_start(text, best), best)


def make_snippet(passage: Passage, skip: int = 0) -> tuple[Span, ...]:
    """Return the snippet of a text, with "…" where the text continues.

    The snippet has the most distinct matching words, and starts between words. Without a match it
    starts at the offset skip.
    """
    text, matches, start, _ = passage
    if not matches:
        start = skip if skip < len(text) else 0
    elif len(text) <= MAX_SNIPPET_LENGTH:
        start = 0
    return _cut(text, matches, start)


def _best_match(matches: list[Token]) -> int:
    """Return the offset of the first window with the most distinct matching words."""
    width = MAX_SNIPPET_LENGTH - MAX_LEAD_LENGTH
    distinct = len({text for text, _, _, _ in matches})
    if distinct == 1 or matches[-1].end <= matches[0].start + width:
        return matches[0].start
    best, most, last = matches[0].start, 0, 0
    in_window: dict[str, int] = {}
    for first, match in enumerate(matches):
        while last < len(matches) and (last <= first or matches[last].end <= match.start + width):
            word = matches[last].text
            in_window[word] = in_window.get(word, 0) + 1
            last += 1
        if len(in_window) > most:
            best, most = match.start, len(in_window)
            if most == distinct:
                break
        in_window[match.text] -= 1
        if not in_window[match.text]:
            del in_window[match.text]
    return best


def _snippet_start(text: str, match_start: int) -> int:
    """Return the start of a snippet that has some words before a match."""
    if match_start <= MAX_LEAD_LENGTH:
        return 0
    start = match_start - MAX_LEAD_LENGTH
    space = text.find(" ", start - 1, match_start)
    if space >= 0:
        return space + 1
    # No spaces, as in Chinese: start at a token.
    tokens = tokenize(text[start:match_start])
    return start + next((token.start for token in tokens), MAX_LEAD_LENGTH)


def _cut(text: str, matches: tuple[tuple[int, int], ...], start: int) -> tuple[Span, ...]:
    """Return the snippet that starts at an offset, with the matches in it marked."""
    end = len(text)
    if end - start > MAX_SNIPPET_LENGTH:
        limit = start + MAX_SNIPPET_LENGTH
        end = text.rfind(" ", start, limit)
        if end <= start + MAX_SNIPPET_LENGTH // 2:  # no spaces, or an extremely long word
            end = limit
    spans = [_START] if start else []
    spans += _spans(text, start, end, matches)
    if end < len(text):
        spans.append(_END)
    return tuple(spans)


def _spans(text: str, start: int, end: int, matches: Iterable[tuple[int, int]]) -> list[Span]:
    """Return the pieces of a text from start to end. A match that crosses an end is cut there."""
    spans = []
    pos = start
    for match_start, match_end in matches:
        if match_start >= end:
            break
        if match_end <= pos:
            continue
        if match_start > pos:
            spans.append(_new_span(Span, (text[pos:match_start], False)))
            pos = match_start
        match_end = min(match_end, end)
        spans.append(_new_span(Span, (text[pos:match_end], True)))
        pos = match_end
    if pos < end:
        spans.append(_new_span(Span, (text[pos:end], False)))
    return spans


def _merged_ranges(text: str, matches: list[Token]) -> list[tuple[int, int]]:
    """Return the ranges of the matches, merging those separated by a hyphen or apostrophe."""
    ranges: list[tuple[int, int]] = []
    last = -2  # the end of the last range
    for _, start, end, _ in matches:
        if start <= last + 1 and not text[last:start].strip("-‐‑'’"):
            last = max(last, end)
            ranges[-1] = ranges[-1][0], last
        else:
            last = end
            ranges.append((start, end))
    return ranges
