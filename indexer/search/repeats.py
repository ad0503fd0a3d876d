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
_BODY = Column("body", "exact")


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
    matches = snapshot.match(_candidates(terms))[0]
    found = [
        (score, other)
        for _, other in matches.hits
        if other.id != activity.id
        and (score := resemblance(terms, compared_terms(other.text, other.language)))
        >= MIN_RESEMBLANCE
    ]
    found.sort(key=lambda pair: (-pair[0], pair[1].id))
    return tuple(
        Repeat(other, heading(other.meta.get("title", ()), other.text), score)
        for score, other in found[:MAX_REPEATS]
    )


def _candidates(terms: frozenset[str]) -> Plan:
    """Return a plan for the activities with enough of the terms, those with most terms first.

    A text of resemblance s to a text has at least the share s of its terms. The text itself has all
    of them, so the best sum of shares is their number.
    """
    children = tuple(ConstantQuery(TermQuery(_BODY, term), 1.0) for term in sorted(terms))
    enough = MostQuery(children, (1,) * len(children), round(MIN_RESEMBLANCE * 100))
    return Plan(OrQuery(()), most=enough, sort="relevance", limit=MAX_CANDIDATES + 1)
