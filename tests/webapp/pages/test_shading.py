"""Classes of counts have about the same number of cells, and a key that names each count."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from webapp.pages.shading import SHADES, Shading

COUNTS = st.lists(st.integers(1, 10_000), min_size=1, max_size=200)


def test_one_large_count_does_not_pale_the_others() -> None:
    counts = [*range(1, 20), 10_000]
    assert {Shading.of(counts).shade(count) for count in counts[:-1]} == {1, 2, 3, 4, 5}


@given(COUNTS)
def test_every_count_is_in_the_range_of_its_class(counts: list[int]) -> None:
    shading = Shading.of(counts)
    assert len(shading.ranges) <= SHADES
    for count in counts:
        assert sum(low <= count <= high for low, high in shading.ranges) == 1
    assert shading.shade(max(counts)) == SHADES


@given(COUNTS)
def test_a_larger_count_never_has_a_weaker_shade(counts: list[int]) -> None:
    shades = [Shading.of(counts).shade(count) for count in sorted(counts)]
    assert shades == sorted(shades)


def test_no_activities_have_no_shade() -> None:
    assert Shading.of([]).shade(0) == Shading.of([3]).shade(0) == 0
    assert Shading.of([0, 1200, 7]).key() == [(1, "7"), (5, "1,200")]
