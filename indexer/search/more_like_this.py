"""More like this: activities that share the most distinctive words of an activity."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from indexer.content.activity import Activity, heading
from indexer.engines.base import Snapshot
from indexer.query.ast import Or, Term
from indexer.query.plan import EXACT_COLUMNS, STEM_COLUMNS, Column, OrQuery, Plan, TermQuery
from indexer.search.matcher import matcher
from indexer.text.analysis import STOP_WORDS, Token, can_stem, stems, tokenize

MAX_QUERY_WORDS = 12  # more words would only find activities that share common words
MIN_SHARED_WORDS = 2  # a single shared word is chance
MAX_SIMILAR = 5
# A word in more than this share of the activities, and in more than this number of them, is not
# distinctive.
MAX_DOCUMENT_SHARE = 0.1
MAX_DOCUMENT_COUNT = 10


@dataclass(frozen=True, slots=True)
class SimilarActivity:
    """An activity similar to another one."""

    activity: Activity
    heading: str
    # The shared words as written in the activity it is similar to, the most distinctive first.
    words: tuple[str, ...]


def more_like_this(snapshot: Snapshot, activity: Activity) -> tuple[SimilarActivity, ...]:
    """Return up to MAX_SIMILAR activities that share MIN_SHARED_WORDS or more, best first.

    The query is any of the MAX_QUERY_WORDS terms of the text with the highest tf·idf; the engine
    scores. Words of different languages are never the same. Raises EngineError.
    """
    column = (STEM_COLUMNS if can_stem(activity.language) else EXACT_COLUMNS)["body"]
    tokens = [
        token
        for token in tokenize(activity.text)
        if token.text not in STOP_WORDS and not token.text.isdecimal()
    ]
    texts = [token.text for token in tokens]
    index_terms = stems(texts, activity.language) or texts
    first_tokens: dict[str, Token] = {}  # the first occurrence, by term
    for term, token in zip(index_terms, tokens, strict=True):
        first_tokens.setdefault(term, token)
    terms = _distinctive_terms(snapshot, activity, column, Counter(index_terms))
    query = OrQuery(tuple(TermQuery(column, term) for term in terms))
    term_matcher = matcher(
        Or(tuple(Term(first_tokens[term].text) for term in terms)), activity.language
    )
    similar: list[SimilarActivity] = []
    # Twice as many hits: the activity itself and those that share a single word are dropped.
    plan = Plan(query, sort="relevance", limit=2 * MAX_SIMILAR)
    for _, other in snapshot.match(plan)[0].hits:
        matches = [token.text for token in term_matcher.find(other.text)]
        other_terms = {*(stems(matches, activity.language) or matches)}
        words = tuple(
            activity.text[first_tokens[term].start : first_tokens[term].end]
            for term in terms
            if term in other_terms
        )
        if other.id != activity.id and len(words) >= MIN_SHARED_WORDS:
            title = heading(other.meta.get("title", ()), other.text)
            similar.append(SimilarActivity(other, title, words))
        if len(similar) == MAX_SIMILAR:
            break
    return tuple(similar)


def _distinctive_terms(
    snapshot: Snapshot, activity: Activity, column: Column, frequencies: Counter[str]
) -> list[str]:
    """Return the terms with the highest tf·idf, where tf = 1 + ln(frequency) and idf = ln(N/n).

    Terms of no other activity, and of too many, are left out. Source: Manning, Raghavan, Schütze:
    Introduction to Information Retrieval, 6.2 and 6.4.1.
    """
    total = snapshot.generation.activities
    (indexed,) = snapshot.get(activity.id)
    # 1 if the counts include the activity itself; a draft is not in the index.
    own_count = int(indexed is not None and indexed.digest == activity.digest)
    document_counts = snapshot.frequencies(column, list(frequencies))
    weights: dict[str, float] = {}
    for term, frequency in frequencies.items():
        count = document_counts.get(term, 0)
        if own_count < count <= max(total * MAX_DOCUMENT_SHARE, MAX_DOCUMENT_COUNT):
            weights[term] = (1 + math.log(frequency)) * math.log(total / count)
    return sorted(weights, key=lambda term: (-weights[term], term))[:MAX_QUERY_WORDS]
