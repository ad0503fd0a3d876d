"""Find repeated activities in a content folder: texts that nearly have the same words.

Comparing all pairs of texts would take hours with 100,000 activities. Texts are compared only if
their MinHash signatures agree in a band of BAND_HASHES hashes. Two texts of resemblance s agree in
at least one band with the probability 1 - (1 - s**4)**64: 99.9997 % at MIN_RESEMBLANCE.
Source: Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, 3.3 and 3.4.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from indexer.text.resemblance import MIN_RESEMBLANCE, compared_terms

BANDS = 64
BAND_HASHES = 4
# A text is compared with this number of later texts of a band. Thousands of texts may agree in a
# band if they all repeat one text, and each pair need not be compared to group them.
MAX_COMPARED = 5
_SEED = 20_260_821  # the same groups in every run

_Numbers = npt.NDArray[Any]


class RepeatFinder:
    """Groups activities whose texts repeat each other. indexer.text.resemblance has the measure."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._term_numbers: dict[str, int] = {}
        self._terms = array("I")  # term numbers, sorted within each text
        self._starts = array("Q", [0])  # of each text in _terms, and the end of the last text

    def add(self, id: str, text: str, language: str) -> None:
        """Add an activity. A text that has only stop words and numbers repeats no other text."""
        terms = compared_terms(text, language)
        if not terms:
            return
        numbers = self._term_numbers
        self._ids.append(id)
        self._terms.extend(sorted(numbers.setdefault(term, len(numbers)) for term in terms))
        self._starts.append(len(self._terms))

    def groups(self) -> list[tuple[str, ...]]:
        """Return the groups of at least two activities, and the ids of each group, ascending.

        Each activity of a group repeats at least one other activity of the group.
        """
        parents = list(range(len(self._ids)))

        def root(number: int) -> int:
            while parents[number] != number:
                parents[number] = number = parents[parents[number]]
            return number

        for number, other in self._candidates():
            roots = root(number), root(other)
            if roots[0] != roots[1] and self._is_repeat(number, other):
                parents[roots[0]] = roots[1]
        groups: dict[int, list[str]] = defaultdict(list)
        for number, id in enumerate(self._ids):
            groups[root(number)].append(id)
        return sorted(tuple(sorted(ids)) for ids in groups.values() if len(ids) > 1)

    def _is_repeat(self, number: int, other: int) -> bool:
        terms, other_terms = (self._terms[slice(*self._bounds(n))] for n in (number, other))
        shared = len(set(terms).intersection(other_terms))
        return shared / (len(terms) + len(other_terms) - shared) >= MIN_RESEMBLANCE

    def _bounds(self, number: int) -> Sequence[int]:
        return self._starts[number : number + 2]

    def _candidates(self) -> Iterator[tuple[int, int]]:
        """Yield the pairs of numbers of activities that agree in a band."""
        if len(self._ids) < 2:
            return
        terms = np.frombuffer(self._terms, np.uint32).astype(np.uint64)
        starts = np.frombuffer(self._starts, np.uint64)[:-1].astype(np.int64)
        hashed = _mixed(terms + np.uint64(1))  # 0 would be mixed to 0
        for seeds in np.random.default_rng(_SEED).integers(
            0, 2**63, (BANDS, BAND_HASHES), np.uint64
        ):
            keys = np.zeros(len(self._ids), np.uint64)
            for seed in seeds:
                # An odd factor makes another permutation of the 64-bit numbers.
                lowest = np.minimum.reduceat(hashed * (seed | np.uint64(1)), starts)
                keys = _mixed(keys ^ lowest)
            order = np.argsort(keys, kind="stable")
            differs = np.flatnonzero(np.diff(keys[order])) + 1
            bounds = np.concatenate(([0], differs, [len(order)]))
            for start in np.flatnonzero(np.diff(bounds) > 1).tolist():
                yield from _near_pairs(order[bounds[start] : bounds[start + 1]].tolist())


def _near_pairs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    for position, number in enumerate(numbers):
        for other in numbers[position + 1 : position + 1 + MAX_COMPARED]:
            yield number, other


def _mixed(values: _Numbers) -> _Numbers:
    """Return a pseudo-random 64-bit number for each number.

    Source: the finalizer of SplitMix64, in G. Steele, D. Lea, C. Flood, Fast splittable
    pseudorandom number generators, 2014.
    """
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    values ^= values >> np.uint64(31)
    return values
