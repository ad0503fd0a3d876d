"""Many texts -> their terms as numbers, at the speed of bytes.split(); the terms are those of analysis.terms.

Nearly every text is ASCII but for some punctuation and accents. There a word is a run of letters
and digits, and folding one changes letter by letter, so that all of a batch can be folded and split
at once. A text with anything else is analysed by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.analysis import MAX_TERM, plain, terms
from indexer.arrays import Array

BATCH = 512  # texts at a time: the joined text stays in the processor's cache
_SEPARATOR = b"\x01"
# Letters and digits lowered, bytes of UTF-8 and the separator kept, all else a space.
_FOLD = bytes(
    byte if byte >= 0x80 or byte == 1 else ord(chr(byte).lower()) if chr(byte).isalnum() else 0x20
    for byte in range(256)
)


class Vocabulary(dict[bytes, int]):
    """Terms -> numbers, in the order they were first met; words has the way back. Number 0 separates texts."""

    def __init__(self) -> None:
        self[_SEPARATOR] = 0
        self.words = [_SEPARATOR]

    def __missing__(self, token: bytes) -> int:
        if len(token) > MAX_TERM:  # capped as analysis.py caps: by characters
            capped = token.decode()[:MAX_TERM].encode()
            if capped != token:
                self[token] = number = self[capped]
                return number
        self[token] = number = len(self.words)
        self.words.append(token)
        return number


def _easy(text: str) -> bytes:
    """A text as bytes whose runs of letters and digits, folded by _FOLD, are its terms."""
    if not text.isascii():
        folded = plain(text)
        if folded is None:
            return " ".join(terms(text)).encode()
        text = folded
    if "\x01" in text:
        text = text.replace("\x01", " ")
    return text.encode()


def numbered(texts: Sequence[str], vocabulary: Vocabulary) -> Array:
    """The terms of all texts in order, as numbers, a 0 after each text."""
    found = []
    look_up = vocabulary.__getitem__
    for start in range(0, len(texts), BATCH):
        joined = b" \x01 ".join(map(_easy, texts[start : start + BATCH])) + b" \x01"
        tokens = joined.translate(_FOLD).split()
        found.append(np.fromiter(map(look_up, tokens), np.uint32, len(tokens)))
    return np.concatenate(found) if found else np.zeros(0, np.uint32)
