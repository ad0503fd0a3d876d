"""Measures of rankings against relevance judgements, computed by ir-measures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import AP, R, nDCG

from tests.relevance.collection import Collection
from tests.relevance.rankings import Rankings

PERMUTATIONS = 10_000
SIGNIFICANCE = 0.05
_MEASURES = {"nDCG@10": nDCG @ 10, "MAP": AP, "recall@100": R @ 100}
MEASURES = tuple(_MEASURES)


@dataclass(frozen=True, slots=True)
class Scores:
    """The measures of one system on one collection."""

    by_query: Mapping[str, Mapping[str, float]]  # measure -> query -> value
    empty: int  # queries without any result

    def mean(self, measure: str) -> float:
        """Return the mean of a measure over all queries."""
        return float(np.mean(list(self.by_query[measure].values())))


def evaluate(collection: Collection, rankings: Rankings) -> Scores:
    """Measure the rankings of all queries of a collection."""
    qrels = [
        ir_measures.Qrel(query, document, grade)
        for query in collection.queries
        for document, grade in collection.qrels[query].items()
    ]
    run = [
        ir_measures.ScoredDoc(query, document, float(-rank))
        for query in collection.queries
        for rank, document in enumerate(rankings[query])
    ]
    values: dict[str, dict[str, float]] = defaultdict(
        lambda: dict.fromkeys(collection.queries, 0.0)
    )
    names = {measure: name for name, measure in _MEASURES.items()}
    for metric in ir_measures.iter_calc(list(names), qrels, run):
        values[names[metric.measure]][metric.query_id] = metric.value
    for name in _MEASURES:
        values[name]  # all zero where no query has a result
    return Scores(dict(values), sum(not rankings[query] for query in collection.queries))


def p_value(ours: Scores, theirs: Scores, measure: str) -> float:
    """Return the two-sided p-value of a paired randomisation test of the means.

    Source: Smucker, Allan and Carterette 2007, "A comparison of statistical significance tests
    for information retrieval evaluation".
    """
    first, second = ours.by_query[measure], theirs.by_query[measure]
    differences = np.array([first[query] - second[query] for query in first])
    signs = np.random.default_rng(0).choice((-1, 1), (PERMUTATIONS, len(differences)))
    means = np.abs(signs @ differences)
    return float(
        (np.count_nonzero(means >= abs(differences.sum()) - 1e-12) + 1) / (PERMUTATIONS + 1)
    )
