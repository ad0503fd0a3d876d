"""Write the results of `make bench-opensearch` as a section of BENCHMARKS.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from statistics import median

from tests.bench.questions import KINDS
from tests.bench.report import MISSING, REPORT, machine
from tests.bench.sections import with_section
from tests.bench.tables import met_or_not, table
from tests.bench.timing import percentile_99
from tests.cluster.parts import VERSION

HEADING = "## On an OpenSearch cluster"
CLIENTS = 4  # that send requests concurrently to measure the bare throughput
# The overhead of a page may be the larger of these: seconds, and a share of the bare time.
MAX_OVERHEAD_SECONDS = 0.005
MAX_OVERHEAD_SHARE = 0.3
MIN_BULK_SPEED = 0.8  # relative to the bare speed


@dataclass
class ClusterRun:
    """The results for a number of nodes and of paragraphs. Times are in seconds.

    "Bare" is the time of the same requests when a plain HTTP client sends them.
    """

    nodes: int
    paragraphs: int
    corpus: str = ""  # name
    making: list[float] = field(default_factory=list)  # the documents, with text analysis
    ours_bulk: list[float] = field(default_factory=list)  # first bulk request to last response
    bare_bulk: list[float] = field(default_factory=list)
    commit: list[float] = field(default_factory=list)  # until all is visible and replicated
    one_edit: list[float] = field(default_factory=list)  # a commit of one paragraph
    bytes: int = 0  # of one generation, without replicas
    segments: int = 0
    checked: int = 0  # answers that were compared with the reference model
    requests: dict[str, float] = field(default_factory=dict)  # mean of a page, by kind
    ours: dict[str, list[float]] = field(default_factory=dict)  # each page, by kind
    bare: dict[str, list[float]] = field(default_factory=dict)  # the requests of each page
    a_second: float = 0.0  # bare requests per second from CLIENTS concurrent clients
    export: float = 0.0  # all paragraphs, by a scan


def write(runs: Sequence[ClusterRun]) -> None:
    """Write the section to BENCHMARKS.md."""
    REPORT.write_text(with_section(REPORT.read_text(), HEADING, "\n".join(_section(runs))))


def _section(runs: Sequence[ClusterRun]) -> Iterator[str]:
    yield from (
        HEADING,
        "",
        f"Written by `make bench-opensearch`: OpenSearch {VERSION}, "
        f"opensearch-py {version('opensearch-py')}. All nodes run on this one machine with 1 GB of "
        f"heap each. {machine()} Corpus: {runs[0].corpus}; for a million paragraphs it is repeated "
        f"with changed words. {sum(run.checked for run in runs)} answers were compared with a "
        "reference model: all totals and counts are equal.",
        "",
        "### Against the bare engine",
        "",
        *table(["", "target", "measured", ""], list(_targets(runs))),
        "",
        *_indexing_section(runs),
    )
    for run in runs:
        yield from _pages_section(run)


def _indexing_section(runs: Sequence[ClusterRun]) -> list[str]:
    head = ["nodes", "paragraphs", "documents made", "ours", "bare", "speed", "runs"]
    head += ["paragraphs per second", "whole commit", "one paragraph", "size", "export of all"]
    rows = []
    for run in runs:
        making, bulk = median(run.making), median(run.ours_bulk)
        rows.append(
            [
                str(run.nodes),
                f"{run.paragraphs:,}",
                f"{making:.1f} s",
                f"{bulk:.1f} s",
                f"{median(run.bare_bulk):.1f} s" if run.bare_bulk else MISSING,
                f"{_bulk_speed(run):.2f}" if run.bare_bulk else MISSING,
                str(len(run.ours_bulk)),
                f"{run.paragraphs / (making + bulk):,.0f}",
                f"{median(run.commit):.1f} s",
                f"{median(run.one_edit):.2f} s",
                f"{run.bytes / 1e6:,.0f} MB",
                f"{run.export:.1f} s",
            ]
        )
    return [
        "### Indexing",
        "",
        'The columns "ours" and "bare" are the time from the first bulk request to the last bulk '
        'response. "Documents made" is the time before that to prepare the documents, '
        "with the analysis of their texts, on one of the cores that the cluster uses too. Bare: a "
        "plain HTTP client sends the same requests, as many concurrently, to an index with the "
        "same settings. Times are medians of the runs, which take turns. A commit ends when all "
        "paragraphs are visible and, with a second node, replicated. One paragraph: a commit of it "
        "alone. Size: one generation, without replicas.",
        "",
        *table(head, rows),
        "",
    ]


def _pages_section(run: ClusterRun) -> list[str]:
    head = ["", "pages", "ours", "p99", "bare", "p99", "ours − bare", "ratio", "requests"]
    return [
        f"### Pages, {_nodes(run)}, {run.paragraphs:,} paragraphs",
        "",
        "Medians in milliseconds. Ours is a whole page: 20 results with snippets, and all facets. "
        "Half of the pages have a selected country. Bare: a plain HTTP client sends the same "
        "requests and only reads the responses. Each page is measured in both ways, one after the "
        "other; ours − bare is the median of the differences. Requests: of a page to the "
        "engine, without the request for the pointer every 0.2 s.",
        "",
        *table(head, [_page_row(kind, run) for kind in KINDS if kind in run.ours]),
        "",
        f"Bare, from {CLIENTS} concurrent clients: {run.a_second:.0f} requests per second.",
        "",
    ]


def _nodes(run: ClusterRun) -> str:
    return f"{run.nodes} node{'s' if run.nodes > 1 else ''}"


def _targets(runs: Sequence[ClusterRun]) -> Iterator[list[str]]:
    for run in runs:
        place = f"{_nodes(run)}, {run.paragraphs:,}"
        if run.bare_bulk:
            speed = _bulk_speed(run)
            yield [
                f"bulk indexing, {place}",
                f"{MIN_BULK_SPEED} of the bare speed",
                f"{speed:.2f}",
                met_or_not(speed >= MIN_BULK_SPEED),
            ]
        overhead = {kind: _overhead(run, kind) for kind in run.ours}
        allowed = {
            kind: max(MAX_OVERHEAD_SECONDS, MAX_OVERHEAD_SHARE * median(run.bare[kind]))
            for kind in overhead
        }
        worst = max(overhead, key=lambda kind: overhead[kind] / allowed[kind])
        share = overhead[worst] / median(run.bare[worst])
        yield [
            f"a page of each kind, {place}",
            "at most 5 ms or 30 % over bare",
            f"{_milliseconds(overhead[worst])} ms, {share:.0%} in the worst kind ({worst})",
            met_or_not(overhead[worst] <= allowed[worst]),
        ]


def _page_row(kind: str, run: ClusterRun) -> list[str]:
    ours, bare = run.ours[kind], run.bare[kind]
    return [
        kind,
        str(len(ours)),
        _milliseconds(median(ours)),
        _milliseconds(percentile_99(ours)),
        _milliseconds(median(bare)),
        _milliseconds(percentile_99(bare)),
        _milliseconds(_overhead(run, kind)),
        f"{median(ours) / median(bare):.2f}",
        f"{run.requests[kind]:.1f}",
    ]


def _overhead(run: ClusterRun, kind: str) -> float:
    """Return the median of ours − bare. Each difference is between times of the same page."""
    return median(ours - bare for ours, bare in zip(run.ours[kind], run.bare[kind], strict=True))


def _bulk_speed(run: ClusterRun) -> float:
    return median(run.bare_bulk) / median(run.ours_bulk)


def _milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.1f}"
