"""Complete the last word of a query text from the words of the index."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from indexer.engines.base import Snapshot
from indexer.query.ast import Prefix
from indexer.query.parser import MIN_PREFIX_LENGTH
from indexer.query.plan import EXACT_COLUMNS, EngineQuery, OrQuery, PhraseQuery, Plan
from indexer.text.analysis import STOP_WORDS, Token, is_unspaced, tokenize

MAX_WORDS = 5
MAX_FOLLOWING_WORDS = 30  # expansions of a single letter that are counted after the word before it
MAX_PHRASE_WORDS = 3  # of the words before a single letter
MAX_SAMPLES = 50  # activities that are read for the letters after an unspaced word
MAX_ADDED_LETTERS = 4  # of an unspaced script
_HIRAGANA = re.compile("[\u3041-\u309f]")
MIN_SHARE = 0.6  # of the continuations, that agree in the next letter of a word


def completed_texts(snapshot: Snapshot, text: str) -> Iterator[str]:
    """Yield a text with its last word completed, the best completion first.

    Nothing is yielded if the text ends in query syntax. Before a single letter, the words before
    it decide: "united k" becomes "united kingdom". In a script without spaces between words, the
    letters that follow the typed ones in the activities are added.
    """
    tokens = list(tokenize(text))
    last = text.rsplit(maxsplit=1)[-1]
    if not tokens or (last.strip("-\"'’(") and (last[-1] in '*~)"' or ":" in last)):
        return
    final = tokens[-1]
    if is_unspaced(final.text):
        yield from _unspaced(snapshot, text, tokens)
        return
    before = text[: final.start]
    if len(final.text) >= MIN_PREFIX_LENGTH:
        columns = tuple(EXACT_COLUMNS.values())
        for word, _ in snapshot.expand(Prefix(final.text), columns, MAX_WORDS).terms:
            yield before + word
    else:
        for word in _following_words(snapshot, tokens):
            yield before + word


def _following_words(snapshot: Snapshot, tokens: Sequence[Token]) -> list[str]:
    """Return the words that begin with a single last letter and follow the words before it."""
    previous = tuple(token.text for token in tokens[-MAX_PHRASE_WORDS:-1])
    if not previous:
        return []
    columns = tuple(EXACT_COLUMNS.values())
    words = [
        word
        for word, _ in snapshot.expand(Prefix(tokens[-1].text), columns, MAX_FOLLOWING_WORDS).terms
        if word not in STOP_WORDS
    ]
    plans = [Plan(_phrase((*previous, word))) for word in words]
    totals = [matches.total for matches in snapshot.match(*plans)] if plans else []
    counted = [(total, word) for total, word in zip(totals, words, strict=True) if total]
    return [word for _, word in sorted(counted, key=lambda pair: -pair[0])[:MAX_WORDS]]


def _unspaced(snapshot: Snapshot, text: str, tokens: Sequence[Token]) -> Iterator[str]:
    """Yield a text in a script without spaces, itself and with the letters that follow it."""
    start = len(tokens) - 1
    while start and is_unspaced(tokens[start - 1].text) and _are_adjacent(*tokens[start - 1 :][:2]):
        start -= 1
    run = [token.text for token in tokens[start:]]
    if len(run) < MIN_PREFIX_LENGTH:
        return
    plan = replace(Plan(_phrase(tuple(run))), sort="relevance", limit=MAX_SAMPLES)
    hits = snapshot.match(plan)[0].hits
    following = Counter(
        continuation
        for _, activity in hits
        for continuation in _continuations(activity.text, run)
        if continuation
    )
    for words in _common_beginnings(following):
        yield text + words
    if hits:
        yield text


def _continuations(text: str, run: Sequence[str]) -> Iterator[str]:
    """Yield the unspaced letters that follow each occurrence of a run of terms in a text.

    In Japanese, hiragana mostly begin a particle or an ending, so they end a word.
    """
    tokens = list(tokenize(text))
    terms = [token.text for token in tokens]
    for n in range(len(terms) - len(run) + 1):
        if terms[n : n + len(run)] != run:
            continue
        first = end = n + len(run)
        while (
            end < len(tokens)
            and end - first < MAX_ADDED_LETTERS
            and is_unspaced(terms[end])
            and not _HIRAGANA.match(terms[end])
            and _are_adjacent(tokens[end - 1], tokens[end])
        ):
            end += 1
        yield text[tokens[first].start : tokens[end - 1].end] if end > first else ""


def _common_beginnings(continuations: Counter[str]) -> Iterator[str]:
    """Yield the commonest beginnings of continuations.

    Each begins with another letter, and goes on as long as most continuations agree.
    """
    by_letter: Counter[str] = Counter()
    for text, count in continuations.items():
        by_letter[text[0]] += count
    for letter, _ in by_letter.most_common(MAX_WORDS - 1):
        beginning = letter
        while True:
            longer: Counter[str] = Counter()
            total = 0
            for text, count in continuations.items():
                if text.startswith(beginning):
                    total += count
                    if len(text) > len(beginning):
                        longer[text[: len(beginning) + 1]] += count
            best = longer.most_common(1)
            if not best or best[0][1] < MIN_SHARE * total:
                break
            beginning = best[0][0]
        yield beginning


def _phrase(terms: tuple[str, ...]) -> EngineQuery:
    return OrQuery(tuple(PhraseQuery(column, terms) for column in EXACT_COLUMNS.values()))


def _are_adjacent(left: Token, right: Token) -> bool:
    return left.end == right.start
