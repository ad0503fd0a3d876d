"""Classes of counts for maps and tables: each class has about the same number of cells.

With equal steps, one large country would make all others look alike.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

SHADES = 5


@dataclass(frozen=True, slots=True)
class Shading:
    """Quantile classes of positive counts, lowest first."""

    ranges: tuple[tuple[int, int], ...]  # the smallest and the largest count of each class

    @classmethod
    def of(cls, counts: Iterable[int]) -> Shading:
        """Return at most SHADES classes of the counts. Equal counts are in the same class."""
        ordered = sorted(count for count in counts if count > 0)
        distinct = sorted(set(ordered))
        if len(distinct) <= SHADES:
            return cls(tuple((count, count) for count in distinct))
        ranges: list[tuple[int, int]] = []
        start = 0
        for number in range(1, SHADES + 1):
            end = max(start + 1, round(number * len(ordered) / SHADES))
            while end < len(ordered) and ordered[end] == ordered[end - 1]:
                end += 1
            if start < len(ordered):
                end = min(end, len(ordered))
                ranges.append((ordered[start], ordered[end - 1]))
            start = end
        return cls(tuple(ranges))

    def shade(self, count: int) -> int:
        """Return the shade of a count from 1 to SHADES; 0 for no activities.

        With few classes, the shades are spread, so that the highest is always the strongest.
        """
        if count <= 0 or not self.ranges:
            return 0
        number = bisect_left([high for _, high in self.ranges], count)
        return self._shade_of_class(min(number, len(self.ranges) - 1))

    def key(self) -> list[tuple[int, str]]:
        """Return the shade and the counts of each class, such as (2, "5–12")."""
        return [
            (self._shade_of_class(n), f"{low:,}" if low == high else f"{low:,}–{high:,}")
            for n, (low, high) in enumerate(self.ranges)
        ]

    def _shade_of_class(self, number: int) -> int:
        steps = len(self.ranges) - 1
        return SHADES if not steps else 1 + round(number * (SHADES - 1) / steps)
