"""Activities that are about the same: those that share the words an activity is told from others by."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from indexer.content.activity import Activity, heading
from indexer.engines.base import Snapshot
from indexer.query.ast import Or, Term
from indexer.query.plan import (
    EXACT_COLUMNS,
    STEM_COLUMNS,
    OrQuery,
    Plan,
    TermQuery,
)
from indexer.search.highlight import highlighter
from indexer.text.analysis import STOP_WORDS, can_stem, stems, tokenize

WORDS = 12  # that an activity is asked by: more only find what shares common words
LEAST = 2  # words shared; one alone is chance
LIMIT = 5
COMMON = 0.1  # a word that more of all activities have tells little; in few activities, FEW of them
FEW = 10


@dataclass(frozen=True, slots=True)
class SimilarActivity:
    """An activity like another, and the words of that other one that it has too, the most telling first."""

    stored: Activity
    heading: str
    words: tuple[str, ...]


def more_like_this(snapshot: Snapshot, stored: Activity) -> tuple[SimilarActivity, ...]:
    """The activities most like one, at most LIMIT, best first, each sharing LEAST words or more.

    An activity is asked by the WORDS terms of its text with the highest tf·idf, tf = 1 + ln(frequency), idf =
    ln(N/n) (Manning, Raghavan, Schütze: Introduction to Information Retrieval, 6.2 and 6.4.1), any of which may
    match; the engine scores. Words of another language are other words. Raises EngineError.
    """
    column = (STEM_COLUMNS if can_stem(stored.language) else EXACT_COLUMNS)["body"]
    total = snapshot.generation.activities
    (indexed,) = snapshot.get(stored.id)
    own = int(
        indexed is not None and indexed.digest == stored.digest
    )  # a draft is not among those that are counted
    tokens = [
        token
        for token in tokenize(stored.text)
        if token.text not in STOP_WORDS and not token.text.isdecimal()
    ]
    exact = [token.text for token in tokens]
    roots = stems(exact, stored.language) or exact
    words = dict(zip(reversed(roots), reversed(tokens), strict=True))  # the first of each
    weights: dict[str, float] = {}
    in_all = snapshot.frequencies(column, list(dict.fromkeys(roots)))
    for root, frequency in Counter(roots).items():
        count = in_all.get(root, 0)
        if own < count <= max(total * COMMON, FEW):
            weights[root] = (1 + math.log(frequency)) * math.log(total / count)
    telling = sorted(weights, key=lambda root: (-weights[root], root))[:WORDS]
    asked = OrQuery(tuple(TermQuery(column, root) for root in telling))
    marked = highlighter(Or(tuple(Term(words[root].text) for root in telling)), stored.language)
    made: list[SimilarActivity] = []
    for _, other in snapshot.match(Plan(asked, sort="relevance", limit=2 * LIMIT))[0].hits:
        there = [token.text for token in marked.find(other.text)]
        both = {*(stems(there, stored.language) or there)}
        shared = tuple(
            stored.text[words[root].start : words[root].end] for root in telling if root in both
        )
        if other.id != stored.id and len(shared) >= LEAST and len(made) < LIMIT:
            made.append(
                SimilarActivity(other, heading(other.meta.get("title", ()), other.text), shared)
            )
    return tuple(made)
