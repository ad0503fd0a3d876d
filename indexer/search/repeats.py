"""Repeated activities: those whose text nearly has the same words, perhaps of another year.

indexer.text.resemblance has the measure. Each engine counts how many terms an activity shares, so
both return the same activities, without an index of signatures.
"""

from __future__ import annotations

from dataclasses import dataclass

from indexer.content.activity import Activity, heading
from indexer.engines.base import Snapshot
from indexer.query.plan import Column, ConstantQuery, MostQuery, OrQuery, Plan, TermQuery
from indexer.text.resemblance import MIN_RESEMBLANCE, compared_terms, resemblance

MAX_REPEATS = 20
MAX_CANDIDATES = 100  # of which more than MAX_REPEATS are compared only if texts repeat often
FREQUENT_SHARE = 0.3  # of the terms of a text, which are not looked up; below MIN_RESEMBLANCE
_BODY = Column("body", "exact")
_MIN_PERCENT = round(MIN_RESEMBLANCE * 100)


@dataclass(frozen=True, slots=True)
class Repeat:
    """An activity whose text repeats that of another activity."""

    activity: Activity
    heading: str
    resemblance: float  # from MIN_RESEMBLANCE to 1


def repeats(snapshot: Snapshot, activity: Activity) -> tuple[Repeat, ...]:
    """Return up to MAX_REPEATS activities that repeat an activity, the most similar first.

    The activity is in the snapshot. Of more than MAX_CANDIDATES activities that share enough terms,
    those that share most are compared. Raises EngineError.
    """
    terms = compared_terms(activity.text, activity.language)
    if not terms:
        return ()
    matches = snapshot.match(_candidates(snapshot, terms))[0]
    compared = [
        (score, other)
        for _, other in matches.hits
        if other.id != activity.id
        and (score := resemblance(terms, compared_terms(other.text, other.language)))
        >= MIN_RESEMBLANCE
    ]
    compared.sort(key=lambda pair: (-pair[0], pair[1].id))
    return tuple(
        Repeat(other, heading(other.meta.get("title", ()), other.text), score)
        for score, other in compared[:MAX_REPEATS]
    )


def _candidates(snapshot: Snapshot, terms: frozenset[str]) -> Plan:
    """Return a plan for the activities that share enough terms, the highest number first.

    Two texts of resemblance s share at least s times the terms of each. The most frequent terms are
    not looked up, because they take most of the time; the minimum counts all of them as shared. The
    text itself has all the other terms, so the best sum of shares is their number.
    """
    frequencies = snapshot.frequencies(_BODY, sorted(terms))
    left_out = int(len(terms) * FREQUENT_SHARE)
    rarest = sorted(terms, key=lambda term: (frequencies.get(term, 0), term))
    rarest = rarest[: len(terms) - left_out]
    minimum = -(-len(terms) * _MIN_PERCENT // 100) - left_out
    children = tuple(ConstantQuery(TermQuery(_BODY, term), 1.0) for term in rarest)
    enough = MostQuery(children, (1,) * len(children), 100 * minimum // len(children))
    return Plan(OrQuery(()), most=enough, sort="relevance", limit=MAX_CANDIDATES + 1)
