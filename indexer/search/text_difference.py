"""The difference between two versions of a text: the new words, and the number of deleted ones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from rapidfuzz.distance import Indel

from indexer.engines.budget import spend
from indexer.text.analysis import Token, tokenize

MAX_CHARACTERS = 200_000  # of both versions; longer texts are not compared
MAX_PAIRS = 40_000_000  # of a changed word of each version: the work and the memory (5 MB)
CHARACTERS_PER_POSTING = 4
PAIRS_PER_POSTING = 40


class TextDifference(NamedTuple):
    """The words by which a text differs from its former version."""

    new: list[Token]  # runs of new words in the text, in order
    new_words: int
    gone_words: int


def text_difference(before: str, after: str) -> TextDifference | None:
    """Compare two versions of a text word by word; None if that would take too long.

    Punctuation is ignored. Words are compared with their capitals and accents.
    """
    length = len(before) + len(after)
    if length > MAX_CHARACTERS:
        return None
    spend(length // CHARACTERS_PER_POSTING)
    tokens = list(tokenize(after))
    old = [before[token.start : token.end] for token in tokenize(before)]
    new = [after[token.start : token.end] for token in tokens]
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    changed_old, changed_new = old[start : len(old) - end], new[start : len(new) - end]
    pairs = len(changed_old) * len(changed_new)
    if pairs > MAX_PAIRS:
        return None
    spend(pairs // PAIRS_PER_POSTING)
    is_new = [False] * len(new)
    gone = 0
    for operation in Indel.opcodes(changed_old, changed_new):
        if operation.tag != "equal":
            gone += operation.src_end - operation.src_start
            low, high = start + operation.dest_start, start + operation.dest_end
            is_new[low:high] = [True] * (high - low)
    return TextDifference(_runs(after, tokens, is_new), sum(is_new), gone)


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    """Return how many words both sequences begin with."""
    pairs = zip(left, right, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))


def _runs(text: str, tokens: Sequence[Token], is_new: Sequence[bool]) -> list[Token]:
    """Return adjacent new words as one token."""
    runs = []
    for new, group in groupby(zip(tokens, is_new, strict=True), key=lambda pair: pair[1]):
        if new:
            words = [token for token, _ in group]
            start, end = words[0].start, words[-1].end
            runs.append(Token(text[start:end], start, end))
    return runs
