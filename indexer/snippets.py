"""(query, stored text) -> Spans; no engine is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from indexer.analysis import STOP_WORDS, Token, can_stem, stem, tokenize
from indexer.query import And, Boost, Fuzzy, InField, Or, Phrase, Prefix, Query, Term, edits

LENGTH = 280  # characters, about three lines
LEAD = 60  # characters kept before the first match of the window


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a snippet; matched says whether a word of the query stands there."""

    text: str
    matched: bool = False


def leaves(query: Query) -> Iterator[Term | Prefix | Fuzzy | Phrase]:
    """What of a query can be seen in the body: nothing negated, nothing of another field."""
    match query:
        case And(children) | Or(children):
            for child in children:
                yield from leaves(child)
        case Boost(child):
            yield from leaves(child)
        case InField(name, child) if name == "body":
            yield from leaves(child)
        case Term() | Prefix() | Fuzzy() | Phrase():
            yield query


def matched(query: Query, tokens: list[Token], language: str) -> list[int]:
    """The positions of a text that a query's words stand at, ascending."""
    found: set[int] = set()
    stems = [stem(t.text, language) for t in tokens] if can_stem(language) else [""] * len(tokens)
    wanted = list(leaves(query))
    telling = [leaf for leaf in wanted if not (isinstance(leaf, Term) and leaf.text in STOP_WORDS)]
    for leaf in telling or wanted:
        match leaf:
            case Term(text):
                root = stem(text, language) if can_stem(language) else None
                found.update(
                    n
                    for n, t in enumerate(tokens)
                    if t.text == text or (root is not None and stems[n] == root)
                )
            case Prefix(text):
                found.update(n for n, t in enumerate(tokens) if t.text.startswith(text))
            case Fuzzy(text):
                most = edits(text)
                found.update(n for n, t in enumerate(tokens) if t.text[:1] == text[:1]
                             and OSA.distance(t.text, text, score_cutoff=most) <= most)  # fmt: skip
            case Phrase(words):
                texts = [t.text for t in tokens]
                for n in range(len(texts) - len(words) + 1):
                    if texts[n : n + len(words)] == list(words):
                        found.update(range(n, n + len(words)))
    return sorted(found)


def snippet(query: Query, text: str, language: str, skip: int = 0) -> tuple[Span, ...]:
    """The piece of a text with the most different matched words, whole words, every match marked.

    Where nothing matches, the text from the offset skip on. "…" stands where the text goes on.
    """
    tokens = list(tokenize(text))
    hits = [tokens[n] for n in matched(query, tokens, language)]
    if not hits:
        return tuple(_cut(text, skip if skip < len(text) else 0, []))
    if len(text) <= LENGTH:
        return tuple(_cut(text, 0, hits))
    best = max(
        (hit.start for hit in hits),
        key=lambda start: (
            len({h.text for h in hits if start <= h.start and h.end <= start + LENGTH - LEAD}),
            -start,
        ),
    )
    begin = 0 if best <= LEAD else next((t.start for t in tokens if t.start >= best - LEAD), best)
    return tuple(_cut(text, begin, hits))


def _cut(text: str, begin: int, hits: list[Token]) -> Iterator[Span]:
    end = len(text)
    if end - begin > LENGTH:
        end = text.rfind(" ", begin, begin + LENGTH)
        if end <= begin + LENGTH // 2:  # no space near: a script without them, or one endless word
            end = begin + LENGTH
    at = begin
    if begin:
        yield Span("… ")
    for start, stop in _merged(text, hits):
        if start < at or stop > end:
            continue
        if start > at:
            yield Span(text[at:start])
        yield Span(text[start:stop], matched=True)
        at = stop
    if at < end:
        yield Span(text[at:end])
    if end < len(text):
        yield Span(" …")


def _merged(text: str, hits: list[Token]) -> Iterator[tuple[int, int]]:
    """The ranges of the hits; those with nothing but a hyphen or apostrophe between are one."""
    current: tuple[int, int] | None = None
    for hit in hits:
        if current and hit.start <= current[1] + 1 and not text[current[1] : hit.start].strip("-‐‑'’"):
            current = (current[0], max(current[1], hit.end))
        else:
            if current:
                yield current
            current = (hit.start, hit.end)
    if current:
        yield current
