"""The performance targets, and the measured value of each."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.questions import KINDS_OF_MOST_WORDS
from tests.bench.results import OURS, Results
from tests.bench.tables import kind_label, megabytes, met_or_not, milliseconds
from tests.bench.timing import geometric_mean

# Kinds with many matches, which must be 20 times faster than SQLite.
KINDS_WITH_MANY_MATCHES = (
    "common",
    "or",
    "or of 3",
    "not",
    "prefix 3",
    "prefix 2",
    "everything",
)

Key = tuple[str, bool]  # kind of question, whether a country is selected
Row = list[str]


def target_rows(results: Results) -> Iterator[Row]:
    """Yield a table row for each target that the run measured."""
    yield from _search_targets(results)
    yield from _indexing_targets(results)
    yield from _serving_targets(results)
    yield from _growth_targets(results)


def _row(subject: str, target: str, measured: str, met: bool) -> Row:
    return [subject, target, measured, met_or_not(met)]


def _keys(results: Results) -> list[Key]:
    return sorted(
        {(kind, selected) for engine, kind, selected in results.timings.seconds if engine == OURS}
    )


def _ratios(results: Results, peer: str) -> dict[Key, float]:
    """Return how many times slower a peer's median is than ours."""
    ratios = {}
    for kind, selected in _keys(results):
        theirs = results.timings.median(peer, kind, selected)
        ours = results.timings.median(OURS, kind, selected)
        if theirs and ours:
            ratios[kind, selected] = theirs / ours
    return ratios


def _lowest(ratios: dict[Key, float]) -> str:
    key = min(ratios, key=lambda key: ratios[key])
    return f"{ratios[key]:.1f} times in the worst kind ({kind_label(*key)})"


def _search_targets(results: Results) -> Iterator[Row]:
    peers = results.peers()
    if "stock Whoosh" in peers:
        ratios = _ratios(results, "stock Whoosh")
        yield _row(
            "search, each kind, against stock Whoosh",
            "200 times faster",
            _lowest(ratios),
            min(ratios.values()) >= 200,
        )
    if "SQLite FTS5" in peers:
        ratios = _ratios(results, "SQLite FTS5")
        yield _row(
            "search, each kind, against SQLite FTS5",
            "faster in each",
            _lowest(ratios),
            min(ratios.values()) > 1,
        )
        ratios = {key: ratio for key, ratio in ratios.items() if key[0] in KINDS_WITH_MANY_MATCHES}
        yield _row(
            "common, OR, NOT, prefix, everything, against SQLite FTS5",
            "20 times faster",
            _lowest(ratios),
            min(ratios.values()) >= 20,
        )
    if "tantivy" in peers:
        times = {key: 1 / ratio for key, ratio in _ratios(results, "tantivy").items()}
        mean = geometric_mean(list(times.values()))
        slowest = max(times, key=lambda key: times[key])
        yield _row(
            "search against tantivy, geometric mean", "0.6 of its time", f"{mean:.2f}", mean <= 0.6
        )
        yield _row(
            "search against tantivy, slowest kind",
            "1.3 of its time",
            f"{times[slowest]:.2f} ({kind_label(*slowest)})",
            times[slowest] <= 1.3,
        )
    timings = results.timings
    spread = {
        key: timings.p99(OURS, *key) / (timings.median(OURS, *key) or 1) for key in _keys(results)
    }
    medians = [
        timings.median(OURS, *key) for key in _keys(results) if key[0] in KINDS_OF_MOST_WORDS
    ]
    if known := [seconds for seconds in medians if seconds]:
        yield _row(
            "searches with most of the words, median of each kind",
            "under 3 ms",
            f"{milliseconds(max(known))} ms in the worst kind",
            max(known) < 0.003,
        )
    if spread:
        widest = max(spread, key=lambda key: spread[key])
        yield _row(
            "p99 of each kind",
            "under 10 times its median",
            f"{spread[widest]:.1f} ({kind_label(*widest)})",
            spread[widest] < 10,
        )


def _indexing_targets(results: Results) -> Iterator[Row]:
    peers, ours = results.peers(), results.builds[OURS]
    for peer, limit in (("stock Whoosh", 1 / 30), ("SQLite FTS5", 1.3), ("tantivy", 1.2)):
        if peer in peers:
            ratio = ours.seconds / results.builds[peer].seconds
            target = f"{1 / limit:.0f} times faster" if limit < 1 else f"{limit} of its time"
            measured = f"{1 / ratio:.1f} times" if limit < 1 else f"{ratio:.2f}"
            subject = f"indexing parsed paragraphs against {peer}"
            yield _row(subject, target, measured, ratio <= limit)
    if results.rebuild:
        ratio = results.rebuild.seconds / ours.seconds
        yield _row(
            "rebuild from files, relative to indexing parsed paragraphs",
            "at most 2.5",
            f"{ratio:.2f}",
            ratio <= 2.5,
        )
        if results.after_edits:
            ratio = results.rebuild.seconds / results.after_edits.seconds
            yield _row(
                "`activities index` after 10 files changed, relative to the rebuild",
                "under 1/6",
                f"1/{ratio:.1f}",
                ratio > 6,
            )
    if "SQLite FTS5" in peers:
        own_size, their_size = results.sizes[OURS], results.sizes["SQLite FTS5"]
        yield _row(
            "index size, relative to SQLite's file",
            "at most 1",
            f"{own_size / their_size:.2f}",
            own_size <= their_size,
        )


def _serving_targets(results: Results) -> Iterator[Row]:
    if results.worker_memory is not None:
        yield _row(
            "Private_Dirty of a worker after 1,000 searches",
            "under 80 MB",
            f"{megabytes(results.worker_memory)} MB",
            results.worker_memory < 80e6,
        )
    if results.page and results.datasette:
        ratio = results.page.pages_per_second / results.datasette.pages_per_second
        yield _row(
            "pages per second against Datasette", "20 times", f"{ratio:.1f} times", ratio >= 20
        )
        ratio = results.datasette.p50 / results.page.p50
        yield _row(
            "p50 of one client against Datasette",
            "10 times lower",
            f"{ratio:.1f} times",
            ratio >= 10,
        )


def _growth_targets(results: Results) -> Iterator[Row]:
    if results.growth:
        first, last = results.growth[0], results.growth[-1]
        yield _row(
            f"indexing {last.paragraphs:,} paragraphs",
            "under 2 GB",
            f"{megabytes(last.peak_anonymous)} MB without page cache",
            last.peak_anonymous < 2e9,
        )
        time_ratio = last.query_seconds / first.query_seconds
        match_ratio = last.matches / max(first.matches, 1)
        yield _row(
            "growth of the search time, smallest to largest corpus",
            "no more than the matches",
            f"{time_ratio:.1f} times; matches {match_ratio:.1f} times",
            time_ratio <= match_ratio,
        )
