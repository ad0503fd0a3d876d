"""The cache of computed values."""

from __future__ import annotations

from indexer.engines.bounded_cache import BoundedCache


def test_a_full_cache_drops_the_least_recently_used_value() -> None:
    cache = BoundedCache(2)
    cache.put("first", 1)
    cache.put("second", 2)
    assert cache.get("first") == 1
    cache.put("third", 3)
    assert [cache.get(key) for key in ("first", "second", "third")] == [1, None, 3]
