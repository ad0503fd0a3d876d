"""Many texts -> their terms as numbers, by array arithmetic; the terms are those of analysis.terms.

Nearly every text is ASCII but for some punctuation and accents. There a word is a run of letters
and digits, and folding one changes letter by letter, so that all of a batch can be folded and split
at once. A text with anything else is analysed by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.engines.whoosh.array_file import Array
from indexer.text.analysis import MAX_TERM, plain, tokenize

BATCH = 256  # texts at a time: the joined text stays in the processor's cache
SLOTS = 2**18  # of the table of terms: 1 MB, near the processor; frequent terms come first
_SEPARATOR = b"\x01"
_WIDE = 16  # bytes of a term that are compared as two numbers
_FIRST, _NEXT = (
    np.array([256 ** min(max(n - skipped, 0), 8) - 1 for n in range(_WIDE + 2)], np.uint64)
    for skipped in (0, 8)
)
# Letters and digits lowered, bytes of UTF-8 and the separator kept, all else a space.
_FOLD = bytes(
    byte if byte >= 0x80 or byte == 1 else ord(chr(byte).lower()) if chr(byte).isalnum() else 0x20
    for byte in range(256)
)


class TermNumbering(dict[bytes, int]):
    """Terms -> numbers, in the order they were first met; words has the way back. Number 0 separates texts.

    Of terms of up to 16 bytes, nearly all, two numbers of 64 bits hold the bytes themselves. They are looked
    up by array arithmetic in a table of SLOTS, each of the first term that hashes to it, and compared whole;
    what is not found so is looked up one by one.
    """

    def __init__(self) -> None:
        self[_SEPARATOR] = 0
        self.words = [_SEPARATOR]
        self._table = np.zeros(SLOTS, np.uint32)
        # Of each word, the first eight bytes and the next.
        self._first, self._second = np.zeros(1024, np.uint64), np.zeros(1024, np.uint64)
        self._first[0] = _SEPARATOR[0]
        self._taken = {_slots(self._first[:1], self._second[:1]).item()}

    def __missing__(self, token: bytes) -> int:
        if len(token) > MAX_TERM:  # capped as analysis.py caps: by characters
            capped = token.decode()[:MAX_TERM].encode()
            if capped != token:
                self[token] = number = self[capped]
                return number
        self[token] = number = len(self.words)
        self.words.append(token)
        return number

    def numbers(self, data: bytes) -> Array:
        """The numbers of the tokens between the spaces of data, which begins and ends with one."""
        letters = np.frombuffer(data, np.uint8) != 0x20
        edges = np.flatnonzero(letters[1:] != letters[:-1]) + 1
        starts = np.ascontiguousarray(edges[::2])
        lengths = np.minimum(edges[1::2] - starts, _WIDE + 1)
        padded = data + bytes(_WIDE)
        eight = np.ndarray(
            len(data) + 8, "<u8", padded, strides=(1,)
        )  # the eight bytes from each byte on
        first, second = eight[starts], eight[starts + 8]
        first &= _FIRST.take(lengths)
        second &= _NEXT.take(lengths)
        slots = _slots(first, second)
        found = self._table.take(slots)
        known = found.astype(np.intp)
        differs = self._first.take(known) != first
        differs |= self._second.take(known) != second
        differs |= lengths > _WIDE
        others = np.flatnonzero(differs)
        for at, low, high in zip(
            others.tolist(), edges[2 * others].tolist(), edges[2 * others + 1].tolist(), strict=True
        ):
            found[at] = number = self[data[low:high]]
            slot = int(slots[at])
            if high - low <= _WIDE and slot not in self._taken:
                self._taken.add(slot)
                self._table[slot] = number
                if number >= len(self._first):
                    more = np.zeros(max(number, 1024), np.uint64)
                    self._first, self._second = (
                        np.concatenate((part, more)) for part in (self._first, self._second)
                    )
                self._first[number], self._second[number] = first[at], second[at]
        return found


def _slots(first: Array, second: Array) -> Array:
    """The slots of terms: the highest bits of a product with odd numbers near 2**64 / golden ratio."""
    mixed = second * np.uint64(0xC2B2AE3D27D4EB4F)
    mixed ^= first
    mixed *= np.uint64(0x9E3779B97F4A7C15)
    mixed >>= np.uint64(64 - SLOTS.bit_length() + 1)
    return mixed.view(np.int64)


def _easy(text: str) -> bytes:
    """A text as bytes whose runs of letters and digits, folded by _FOLD, are its terms."""
    if not text.isascii():
        folded = plain(text)
        if folded is None:
            return " ".join(token.text for token in tokenize(text)).encode()
        text = folded
    if "\x01" in text:
        text = text.replace("\x01", " ")
    return text.encode()


def numbered(texts: Sequence[str], vocabulary: TermNumbering) -> Array:
    """The terms of all texts in order, as numbers, a 0 after each text."""
    found = []
    for start in range(0, len(texts), BATCH):
        joined = b" \x01 ".join([b"", *map(_easy, texts[start : start + BATCH]), b""])
        # The separator before the first text is cut off.
        found.append(vocabulary.numbers(joined.translate(_FOLD)[len(_SEPARATOR) + 1 :]))
    return np.concatenate(found) if found else np.zeros(0, np.uint32)
