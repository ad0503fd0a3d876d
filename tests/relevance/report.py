"""Write the results of `make relevance` as a section of BENCHMARKS.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.bench.report import REPORT
from tests.bench.sections import with_section
from tests.bench.tables import table
from tests.relevance.collection import Collection
from tests.relevance.measures import MEASURES, SIGNIFICANCE, Scores, p_value

HEADING = "## Relevance"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The page and the baseline on one collection, measured in the same run."""

    collection: Collection
    page: Scores
    baseline: Scores
    share: float  # mean share of the collection that the page finds

    def by_class(self) -> dict[str, list[float]]:
        """Return the nDCG@10 of each query, by class. Empty if the collection has no classes."""
        values: dict[str, list[float]] = {}
        for query, name in self.collection.classes.items():
            values.setdefault(name, []).append(self.page.by_query["nDCG@10"][query])
        return values


def write_section(evaluations: Sequence[Evaluation]) -> None:
    """Write the section to BENCHMARKS.md."""
    REPORT.write_text(with_section(REPORT.read_text(), HEADING, "\n".join(section(evaluations))))


def section(evaluations: Sequence[Evaluation]) -> Iterator[str]:
    """Yield the lines of the section."""
    yield from [
        HEADING,
        "",
        "Written by `make relevance`. The page is the search page for a query as typed, without "
        "filters; bm25s is a plain BM25 with English stemming and stop words, run on the same "
        "documents. ir-measures computes the measures. “Nothing found” is the share of queries "
        "without any result, “shown” the mean share of the collection that the page finds. A "
        f"difference of nDCG@10 is significant if p is below {SIGNIFICANCE} (paired randomisation "
        "test).",
        "",
    ]
    columns = ["collection", "documents", "queries", "system", *MEASURES, "nothing found", "shown"]
    yield from table([*columns, "p of nDCG@10"], [row for e in evaluations for row in _rows(e)])
    yield ""
    for evaluation in evaluations:
        if classes := evaluation.by_class():
            yield f"nDCG@10 of the page on {evaluation.collection.name}, by class of query:"
            yield ""
            rows = [
                [name, f"{len(values)}", f"{sum(values) / len(values):.3f}"]
                for name, values in sorted(classes.items())
            ]
            yield from table(["class", "queries", "nDCG@10"], rows)
            yield ""


def _rows(evaluation: Evaluation) -> Iterator[list[str]]:
    collection = evaluation.collection
    queries = len(collection.queries)
    p = p_value(evaluation.page, evaluation.baseline, "nDCG@10")
    systems = (
        ("page", evaluation.page, f"{evaluation.share:.1%}", f"{p:.3f}"),
        ("bm25s", evaluation.baseline, "", ""),
    )
    for name, scores, share, p_text in systems:
        values = [f"{scores.mean(measure):.3f}" for measure in MEASURES]
        documents = f"{len(collection.activities):,}"
        empty = f"{scores.empty / queries:.1%}"
        yield [collection.name, documents, f"{queries}", name, *values, empty, share, p_text]
