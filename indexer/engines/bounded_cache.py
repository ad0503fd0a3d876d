"""A cache of computed values with a maximum size."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any


class BoundedCache:
    """A thread-safe mapping of a limited size. The least recently used values are dropped first."""

    def __init__(self, max_values: int) -> None:
        self._max_values = max_values
        self._values: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable) -> Any:
        """Return the cached value of a key, or None."""
        value = self._values.get(key)
        if value is not None:
            try:
                self._values.move_to_end(key)
            except KeyError:  # another thread has dropped it
                pass
        return value

    def put(self, key: Hashable, value: Any) -> None:
        """Cache a value, and drop others if there are too many."""
        self._values[key] = value
        while len(self._values) > self._max_values:
            try:
                self._values.popitem(last=False)
            except KeyError:  # other threads have dropped all
                pass

    def get_or_compute(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        """Return the cached value of a key, or compute and cache it.

        Two threads may compute the same value; the result is identical.
        """
        if (value := self.get(key)) is None:
            value = compute()
            self.put(key, value)
        return value
