"""Hashes of ids."""

from __future__ import annotations

import hashlib
from base64 import b32encode

import pytest

from indexer.content.id_hash import MAX_HASH_LENGTH, hash_bytes, hash_range, id_hash


def test_the_hash_is_the_start_of_the_sha_256_in_base32() -> None:
    whole = b32encode(hashlib.sha256(b"2019/kenya-police").digest()).decode().lower()
    assert id_hash("2019/kenya-police") == whole[:12]


@pytest.mark.parametrize("length", range(1, MAX_HASH_LENGTH + 1))
def test_the_range_of_a_prefix_includes_its_hash_and_not_the_next_one(length: int) -> None:
    number = int.from_bytes(hash_bytes(b"kenya"))
    low, high = hash_range(id_hash("kenya")[:length])
    assert low <= number <= high
    assert high - low + 1 == 2 ** (64 - 5 * length)
