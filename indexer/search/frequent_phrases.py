"""Frequent phrases of a collection: pairs of words that a person would search for.

A pair of frequent adjacent words is often not a phrase: in "women and girls subject to violence",
"girls subject" is none. The words around it show this in any language with spaces between words. A
phrase stands next to different words, and it can begin and end a clause.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from indexer.content.activity import Activity
from indexer.text.analysis import Token, stop_words, tokenize
from indexer.text.place_names import find_places

MAX_SHARE = 0.25  # of the texts; a phrase in more of them says nothing about the collection
MIN_SHARE = 0.01  # of the texts; a phrase is in at least two of them
MAX_PHRASES = 12
MAX_TEXT_LENGTH = 5_000  # characters of a text that are read
MIN_WORD_LENGTH = 4
MAX_NEIGHBOUR_SHARE = 0.5  # of the occurrences of a pair, next to the same word
HYPHENS = "-‐‑"

_Pair = tuple[str, str]  # folded words


class _Occurrence(NamedTuple):
    """A pair of adjacent words in a text. A neighbour is "" at the start or end of a clause."""

    pair: _Pair
    typed: str
    before: str
    after: str


@dataclass(slots=True)
class _Contexts:
    """The forms and the neighbours of a pair in all texts."""

    texts: int = 0  # with the pair
    typed: Counter[str] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)

    def add(self, occurrence: _Occurrence) -> None:
        self.typed[occurrence.typed] += 1
        self.before[occurrence.before] += 1
        self.after[occurrence.after] += 1

    @property
    def is_phrase(self) -> bool:
        """Whether the pair stands next to different words, and not only between commas."""
        sides = self.before, self.after
        return all(map(_is_varied, sides)) and any(any(side) for side in sides)

    @property
    def clause_ends(self) -> int:
        """0 if the pair ends no clause, 1 if it does, and 2 if it begins one too."""
        return (1 + bool(self.before[""])) if self.after[""] else 0


def frequent_phrases(activities: Sequence[Activity]) -> list[str]:
    """Return up to MAX_PHRASES phrases as most texts write them, the best first.

    The best phrases begin and end clauses; of equals, those whose words occur together most
    often, compared with chance, are better. No two phrases share a word, and none names a place.
    """
    contexts: defaultdict[_Pair, _Contexts] = defaultdict(_Contexts)
    frequencies: Counter[str] = Counter()
    for activity in activities:
        pairs = set()
        for text in _texts(activity):
            tokens = list(tokenize(text))
            frequencies.update({token.text for token in tokens})
            for occurrence in _occurrences(text, tokens, stop_words(activity.language)):
                contexts[occurrence.pair].add(occurrence)
                pairs.add(occurrence.pair)
        for pair in pairs:
            contexts[pair].texts += 1
    phrases: list[str] = []
    used: set[str] = set()
    for pair in _ranked(contexts, frequencies, len(activities)):
        if not used.intersection(pair) and not list(find_places(pair)):
            used.update(pair)
            phrases.append(contexts[pair].typed.most_common(1)[0][0])
            if len(phrases) == MAX_PHRASES:
                break
    return phrases


def _texts(activity: Activity) -> Iterator[str]:
    yield from map(str, activity.meta.get("title", ()))
    yield activity.text[:MAX_TEXT_LENGTH]


def _occurrences(text: str, tokens: list[Token], stop: frozenset[str]) -> Iterator[_Occurrence]:
    """Yield the pairs of words of a text that can be phrases."""
    # Whether a space is all that separates a word from the next one.
    joined = [text[left.end : right.start] == " " for left, right in pairwise(tokens)]
    for n, (left, right) in enumerate(pairwise(tokens)):
        around = text[max(0, left.start - 1) : left.start] + text[right.end : right.end + 1]
        is_part = any(character in HYPHENS for character in around)  # of a compound word
        if joined[n] and not is_part and _is_content(left, stop) and _is_content(right, stop):
            before = tokens[n - 1].text if n and joined[n - 1] else ""
            after = tokens[n + 2].text if n + 1 < len(joined) and joined[n + 1] else ""
            typed = text[left.start : right.end]
            yield _Occurrence((left.text, right.text), typed, before, after)


def _is_content(token: Token, stop: frozenset[str]) -> bool:
    word = token.text
    return len(word) >= MIN_WORD_LENGTH and word.isalpha() and word not in stop


def _is_varied(neighbours: Counter[str]) -> bool:
    """Return whether no word is most of the neighbours. Ends of clauses are no words."""
    most = max((n for word, n in neighbours.items() if word), default=0)
    return most <= MAX_NEIGHBOUR_SHARE * neighbours.total()


def _ranked(
    contexts: Mapping[_Pair, _Contexts], frequencies: Mapping[str, int], total: int
) -> list[_Pair]:
    """Return the pairs that are phrases, the best first. frequencies: texts with each word."""
    low, high = max(2, math.ceil(MIN_SHARE * total)), max(2, int(MAX_SHARE * total))

    def key(pair: _Pair) -> tuple[int, float, _Pair]:
        texts = contexts[pair].texts
        # Pointwise mutual information.
        information = math.log(texts * total / (frequencies[pair[0]] * frequencies[pair[1]]))
        return -contexts[pair].clause_ends, -texts * max(0.0, information), pair

    phrases = [pair for pair, each in contexts.items() if low <= each.texts <= high]
    return sorted((pair for pair in phrases if contexts[pair].is_phrase), key=key)
