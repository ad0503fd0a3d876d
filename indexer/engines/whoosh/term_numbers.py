"""The words of many texts as numbers, computed by array arithmetic. They equal analysis.words().

In almost every text, each character has a lower-case form that does not depend on its neighbours,
so a whole batch is lowered and split at once. Any other text is analysed by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from indexer.engines.whoosh.array_file import Array
from indexer.text.analysis import MAX_TERM_LENGTH, spaced_words, words

# Limits of the texts analysed at a time. A batch fits into the processor's cache.
TEXTS_PER_BATCH = 256
CHARACTERS_PER_BATCH = 500_000
HASH_SLOTS = 2**18  # size of the hash table: 1 MB, which stays in the cache; a power of two
_SEPARATOR = b"\x01"
_KEY_BYTES = 16  # longest word, in bytes, that fits into two 64-bit numbers
# Masks for the first and the second eight bytes, by the length of the word.
_FIRST_MASK, _SECOND_MASK = (
    np.array([256 ** min(max(n - skipped, 0), 8) - 1 for n in range(_KEY_BYTES + 2)], np.uint64)
    for skipped in (0, 8)
)
# Lowercase letters and digits. Keep the bytes of UTF-8 and the separator; all else is a space.
_FOLD = bytes(
    byte if byte >= 0x80 or byte == 1 else ord(chr(byte).lower()) if chr(byte).isalnum() else 0x20
    for byte in range(256)
)


class WordNumbering(dict[bytes, int]):
    """Map words to numbers, in the order in which they first occur. Number 0 separates texts.

    Almost all words have at most 16 bytes, so two 64-bit numbers hold the whole word. These are
    looked up by array arithmetic in a hash table of HASH_SLOTS slots, without collision handling:
    a slot belongs to the first word that hashes to it, and the whole key is compared. Every other
    word takes a dictionary look-up, one at a time.
    """

    def __init__(self) -> None:
        self[_SEPARATOR] = 0
        self.words = [_SEPARATOR]  # by number
        self._slot_number = np.zeros(HASH_SLOTS, np.uint32)
        # The first and the second eight bytes of each word in the hash table, by number.
        self._first, self._second = np.zeros(1024, np.uint64), np.zeros(1024, np.uint64)
        self._first[0] = _SEPARATOR[0]
        self._used_slots = {_hash_slots(self._first[:1], self._second[:1]).item()}

    def __missing__(self, token: bytes) -> int:
        if len(token) > MAX_TERM_LENGTH // 4:  # a long word may be truncated
            (word,) = words(token.decode())
            if word.encode() != token:
                self[token] = number = self[word.encode()]
                return number
        self[token] = number = len(self.words)
        self.words.append(token)
        return number

    def numbers(self, data: bytes) -> Array:
        """Return the numbers of the tokens in data.

        Tokens are separated by spaces; data begins and ends with a space.
        """
        letters = np.frombuffer(data, np.uint8) != 0x20
        edges = np.flatnonzero(letters[1:] != letters[:-1]) + 1
        starts = np.ascontiguousarray(edges[::2])
        lengths = np.minimum(edges[1::2] - starts, _KEY_BYTES + 1)
        padded = data + bytes(_KEY_BYTES)
        # Overlapping view: eight_bytes[i] is the number in bytes i to i + 7.
        eight_bytes = np.ndarray(len(data) + 8, "<u8", padded, strides=(1,))
        first, second = eight_bytes[starts], eight_bytes[starts + 8]
        first &= _FIRST_MASK.take(lengths)
        second &= _SECOND_MASK.take(lengths)
        slots = _hash_slots(first, second)
        numbers = self._slot_number.take(slots)
        candidates = numbers.astype(np.intp)
        differs = self._first.take(candidates) != first
        differs |= self._second.take(candidates) != second
        differs |= lengths > _KEY_BYTES
        misses = np.flatnonzero(differs)
        for at, low, high in zip(
            misses.tolist(), edges[2 * misses].tolist(), edges[2 * misses + 1].tolist(), strict=True
        ):
            numbers[at] = number = self[data[low:high]]
            slot = int(slots[at])
            if high - low <= _KEY_BYTES and slot not in self._used_slots:
                self._used_slots.add(slot)
                self._slot_number[slot] = number
                if number >= len(self._first):
                    extension = np.zeros(max(number, 1024), np.uint64)
                    self._first = np.concatenate((self._first, extension))
                    self._second = np.concatenate((self._second, extension))
                self._first[number], self._second[number] = first[at], second[at]
        return numbers


def _hash_slots(first: Array, second: Array) -> Array:
    """Return the hash slots of words: the highest bits of a multiplicative (Fibonacci) hash."""
    mixed = second * np.uint64(0xC2B2AE3D27D4EB4F)
    mixed ^= first
    mixed *= np.uint64(0x9E3779B97F4A7C15)  # odd, near 2**64 / golden ratio
    mixed >>= np.uint64(64 - HASH_SLOTS.bit_length() + 1)
    return mixed.view(np.int64)


def number_words(texts: Sequence[str], numbering: WordNumbering) -> Array:
    """Return the numbers of the words of all texts, in order, with a 0 after each text."""
    batches = []
    for texts_of_batch in _batches(texts):
        batch = [spaced_words(text).replace("\x01", " ").encode() for text in texts_of_batch]
        joined = b" \x01 ".join([b"", *batch, b""])
        # Cut off the separator before the first text.
        batches.append(numbering.numbers(joined.translate(_FOLD)[len(_SEPARATOR) + 1 :]))
    return np.concatenate(batches) if batches else np.zeros(0, np.uint32)


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the texts in batches. Only a batch of one text has more than CHARACTERS_PER_BATCH."""
    start = characters = 0
    for end, text in enumerate(texts):
        characters += len(text)
        if end > start and (end - start >= TEXTS_PER_BATCH or characters > CHARACTERS_PER_BATCH):
            yield texts[start:end]
            start, characters = end, len(text)
    if texts:
        yield texts[start:]
