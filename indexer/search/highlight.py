"""(query, stored text) -> Spans; no engine is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from indexer.query.ast import And, Fuzzy, InField, Or, Phrase, Prefix, Query, Term
from indexer.query.parser import max_edits
from indexer.text.analysis import (
    STOP_WORDS,
    Token,
    can_stem,
    fold_to_ascii,
    primary_subtag,
    stem,
    tokenize,
)

LENGTH = 280  # characters, about three lines
LEAD = 60  # characters kept before the first match of the window


class Span(NamedTuple):
    """A piece of a snippet; matched says whether a word of the query stands there."""

    text: str
    matched: bool = False


def leaves(query: Query) -> Iterator[Term | Prefix | Fuzzy | Phrase]:
    """What of a query can be seen in the body: nothing negated, nothing of another field."""
    match query:
        case And(children) | Or(children):
            for child in children:
                yield from leaves(child)
        case InField(name, child) if name == "body":
            yield from leaves(child)
        case Term() | Prefix() | Fuzzy() | Phrase():
            yield query


_REST = re.compile(r"[a-z0-9]*")
_GAP = re.compile(r"[^a-z0-9]+")


class Highlighter:
    """Finds where the words of a query stand in the texts of one language."""

    def __init__(self, query: Query, language: str) -> None:
        self._language = language if can_stem(language) else ""
        wanted = list(leaves(query))
        telling = [
            leaf for leaf in wanted if not (isinstance(leaf, Term) and leaf.text in STOP_WORDS)
        ]
        self._single = [leaf for leaf in telling or wanted if not isinstance(leaf, Phrase)]
        self._phrases = [leaf.terms for leaf in telling or wanted if isinstance(leaf, Phrase)]
        self._words = {leaf.text for leaf in self._single if isinstance(leaf, Term)}
        self._roots = {stem(word, language) for word in self._words} if self._language else set()
        self._known: dict[str, bool] = {}
        self._starts = self._common_starts()

    def _common_starts(self) -> list[str] | None:
        """What every word to be marked begins with one of; None where that cannot be told."""
        found: set[str] = set()
        for leaf in self._single:
            if isinstance(leaf, Term) and self._language:
                if primary_subtag(self._language) != "en":
                    return None
                # Porter2 changes no more than the last two letters of what it leaves.
                root = stem(leaf.text, "en").partition(":")[2]
                found |= {root[: max(1, len(root) - 2)], leaf.text}
            else:
                found.add(leaf.text[:1] if isinstance(leaf, Fuzzy) else leaf.text)
        if not all(
            text.isascii()
            for text in (*found, *(word for words in self._phrases for word in words))
        ):
            return None
        return [
            start for start in found if not any(start != o and start.startswith(o) for o in found)
        ]

    def _is_wanted(self, word: str) -> bool:
        """Whether a folded word matches by itself."""
        if (answer := self._known.get(word)) is None:
            answer = (
                word in self._words
                or any(
                    word.startswith(leaf.text)
                    if isinstance(leaf, Prefix)
                    else isinstance(leaf, Fuzzy)
                    and word[:1] == leaf.text[:1]
                    and OSA.distance(word, leaf.text, score_cutoff=max_edits(leaf.text))
                    <= max_edits(leaf.text)
                    for leaf in self._single
                )
                or (bool(self._roots) and stem(word, self._language) in self._roots)
            )
            self._known[word] = answer
        return answer

    def find(self, text: str) -> list[Token]:
        """The words of a text that match, in their order."""
        if self._starts is not None:
            ascii = text if text.isascii() else fold_to_ascii(text)
            if ascii is not None and len(ascii) == len(text):  # each letter where it was
                return self._find_plain(ascii.lower(), self._starts)
        tokens = list(tokenize(text))
        found = {n for n, token in enumerate(tokens) if self._is_wanted(token.text)}
        texts = [token.text for token in tokens] if self._phrases else []
        for words in self._phrases:
            for n in range(len(texts) - len(words) + 1):
                if texts[n : n + len(words)] == list(words):
                    found.update(range(n, n + len(words)))
        return [tokens[n] for n in sorted(found)]

    def _find_plain(self, text: str, starts: list[str]) -> list[Token]:
        """The same in an ASCII text, lowered: looking only where a word begins as one to be marked."""
        rest, known, find = _REST.match, self._known, text.find
        found = {
            token.start: token for words in self._phrases for token in _side_by_side(text, words)
        }
        for start in starts:
            at = find(start)
            while at >= 0:
                if at and text[at - 1].isalnum():  # inside a word
                    at = find(start, at + 1)
                    continue
                word = rest(text, at)[0]  # type: ignore[index]
                end = at + len(word)
                wanted = known.get(word)
                if self._is_wanted(word) if wanted is None else wanted:
                    found[at] = Token(word, at, end)
                at = find(start, end)
        return [found[at] for at in sorted(found)]


def _side_by_side(text: str, words: Sequence[str]) -> Iterator[Token]:
    """Each of the words wherever they stand one after the other in an ASCII text, lowered.

    A regular expression would be compiled for every phrase, which takes longer than ten texts do.
    """
    first = words[0]
    at = text.find(first)
    while at >= 0:
        begin, tokens = at, []
        for word in words:
            end = begin + len(word)
            if (
                not text.startswith(word, begin)
                or (begin and text[begin - 1].isalnum())
                or text[end : end + 1].isalnum()
            ):
                break
            tokens.append(Token(word, begin, end))
            gap = _GAP.match(text, end)
            begin = gap.end() if gap else end
        else:
            yield from tokens
        at = text.find(first, at + 1)


@lru_cache(256)
def highlighter(query: Query, language: str) -> Highlighter:
    """The Marker of a query and a language, the last ones kept."""
    return Highlighter(query, language)


class Highlighters(dict[str, Highlighter]):
    """The Markers of a query by language, so that a page of results does not look for the same one again and again."""

    def __init__(self, query: Query) -> None:
        super().__init__()
        self._query = query

    def __missing__(self, language: str) -> Highlighter:
        found = self[language] = highlighter(self._query, language)
        return found


def make_snippet(highlighter: Highlighter, text: str, skip: int = 0) -> tuple[Span, ...]:
    """The piece of a text with the most different matched words, whole words, every match marked.

    Where nothing matches, the text from the offset skip on. "…" stands where the text goes on.
    """
    hits = highlighter.find(text)
    if not hits:
        return _cut(text, skip if skip < len(text) else 0, [])
    return _cut(text, _begin(text, _richest(hits)) if len(text) > LENGTH else 0, hits)


def _richest(hits: list[Token]) -> int:
    """Where the first piece begins that holds as many different matched words as any."""
    kinds = len({hit.text for hit in hits})
    best, most, last = hits[0].start, 0, 0
    inside: dict[str, int] = {}
    for first, hit in enumerate(hits):
        while last < len(hits) and (last <= first or hits[last].end <= hit.start + LENGTH - LEAD):
            word = hits[last].text
            inside[word] = inside.get(word, 0) + 1
            last += 1
        if len(inside) > most:
            best, most = hit.start, len(inside)
            if most == kinds:
                break
        inside[hit.text] -= 1
        if not inside[hit.text]:
            del inside[hit.text]
    return best


def _begin(text: str, best: int) -> int:
    """Where a piece begins so that the match at best has words before it."""
    if best <= LEAD:
        return 0
    space = text.find(" ", best - LEAD - 1, best)
    if space >= 0:
        return space + 1
    start = best - LEAD  # a script without spaces begins anywhere
    return start + next((token.start for token in tokenize(text[start:best])), LEAD)


def _cut(text: str, begin: int, hits: list[Token]) -> tuple[Span, ...]:
    """The piece of a text from begin on, LENGTH long at most, in which the hits are marked."""
    end = len(text)
    if end - begin > LENGTH:
        end = text.rfind(" ", begin, begin + LENGTH)
        if end <= begin + LENGTH // 2:  # no space near: a script without them, or one endless word
            end = begin + LENGTH
    at = begin
    spans = [Span("… ")] if begin else []
    for start, stop in _merged(text, hits):
        if stop > end:
            break
        if start < at:
            continue
        if start > at:
            spans.append(Span(text[at:start]))
        spans.append(Span(text[start:stop], True))
        at = stop
    if at < end:
        spans.append(Span(text[at:end]))
    if end < len(text):
        spans.append(Span(" …"))
    return tuple(spans)


def _merged(text: str, hits: list[Token]) -> list[tuple[int, int]]:
    """The ranges of the hits; those with nothing but a hyphen or apostrophe between are one."""
    ranges: list[tuple[int, int]] = []
    last = -2
    for _, start, end in hits:
        if start <= last + 1 and not text[last:start].strip("-‐‑'’"):
            ranges[-1] = ranges[-1][0], max(last, end)
        else:
            ranges.append((start, end))
        last = ranges[-1][1]
    return ranges
