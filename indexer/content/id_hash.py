"""Hashes of ids: short references to activities, for addresses that name many of them."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from functools import lru_cache

# Digits of a hash, of 5 bits each. Two of 100,000 ids share 10 digits with a probability of
# 1 in 200,000, and 12 digits with one of 1 in 200 million.
MIN_HASH_LENGTH, MAX_HASH_LENGTH = 10, 12
HASH_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648, base32, in lower case


@lru_cache(2 * 500)  # the addresses in a page repeat the hashes of a selection
def id_hash(id: str) -> str:
    """Return the hash of an id: the first MAX_HASH_LENGTH digits of its SHA-256 in base32."""
    return b32encode(hash_bytes(id.encode())).decode().lower()[:MAX_HASH_LENGTH]


def hash_bytes(id: bytes) -> bytes:
    """Return the first 8 bytes of the SHA-256 of an id."""
    return hashlib.sha256(id).digest()[:8]


def hash_range(prefix: str) -> tuple[int, int]:
    """Return the lowest and the highest number that hash_bytes() can be with a prefix of digits."""
    number = 0
    for digit in prefix:
        number = number << 5 | HASH_DIGITS.index(digit)
    free_bits = 64 - 5 * len(prefix)
    return number << free_bits, (number + 1 << free_bits) - 1
