"""The figures as Markdown: each target beside what was measured."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from indexer.processes import usable_cpus
from tests.bench import load
from tests.bench.http_load import CLIENTS, URLS, WORKERS, Load
from tests.bench.load import Held
from tests.bench.questions import KINDS
from tests.bench.scale import Scaled
from tests.bench.timing import Spent, Timings, geometric_mean

REPORT = Path("BENCHMARKS.md")
OURS = "ours"
PEERS = ("stock Whoosh", "SQLite FTS5", "tantivy")
WIDE = (
    "common",
    "or",
    "or of 3",
    "not",
    "prefix 3",
    "prefix 2",
    "everything",
)  # 20 times faster than SQLite
PACKAGES = ("whoosh", "tantivy", "datasette", "granian", "flask", "numpy")


@dataclass(slots=True)
class Results:
    """All that one run measured; what was left out of it is in skipped, with the reason."""

    corpus: str = ""
    paragraphs: int = 0
    timings: Timings = field(default_factory=Timings)
    builds: dict[str, Spent] = field(default_factory=dict)
    rebuild: Spent | None = None
    after_edits: Spent | None = None
    updates: dict[str, float] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    segments: dict[str, str] = field(default_factory=dict)
    worker_memory: int | None = None
    page: Load | None = None
    api: Load | None = None
    datasette: Load | None = None
    held: list[Held] = field(default_factory=list)
    scaled: list[Scaled] = field(default_factory=list)
    checked: int = 0
    skipped: list[str] = field(default_factory=list)


def markdown(results: Results) -> str:
    """The whole report."""
    peers = [peer for peer in PEERS if peer in results.builds]
    lines = [
        "# Benchmarks",
        "",
        f"Made by `make bench`; every figure is of one run. {machine()}",
        "",
        f"Corpus: {results.corpus}, {results.paragraphs:,} paragraphs, a tenth of them with two countries.",
        "",
        "## Targets",
        "",
        *table(["", "at least", "measured", ""], list(_targets(results, peers))),
        "",
        "## One search",
        "",
        "Top 10 with stored text and a snippet, total, counts of countries and years; after "
        "50 one-file commits; nothing is remembered from one search to the next and none is asked twice. "
        "Milliseconds; ratios are a peer's median by ours. With a country selected its filter does not apply to the counts of countries. "
        "Stock Whoosh is asked three questions of a class, and no near spellings: of three that it was asked in another run "
        "one took 17 seconds and one 19 minutes.",
        "",
        *table(*_queries(results, peers)),
        "",
        "## Where the time goes",
        "",
        "Medians of the stages in microseconds.",
        "",
        *table(*_stages(results, peers)),
        "",
        "## Whether the answers are the same",
        "",
        f"Total and all counts of {results.checked} of our answers were compared with plain counting over the words of "
        "`indexer.text.analysis` before anything was timed: all are equal. Share of a peer's answers that equal ours:",
        "",
        *table(
            ["", *peers],
            [[kind, *(_share(results, peer, kind) for peer in peers)] for kind in KINDS],
        ),
        "",
        "Words are drawn so that Porter's first stemmer (FTS5) and his second (the others) agree on their forms, and pairs "
        "of words so that the phrase of stems is the phrase of words. What is left differs because FTS5 and tantivy "
        "keep stems alone: a misspelt word or a beginning is compared with those; because they do not fold what we "
        "fold; and because a beginning of two letters stands for all words where ours takes the 200 commonest.",
        "",
        "## Indexing",
        "",
        *table(*_indexing(results, peers)),
    ]
    if results.page and results.datasette and results.api:
        served = [("page", results.page), ("API", results.api), ("Datasette", results.datasette)]
        rows = [
            [
                name,
                f"{load.pages_per_second:,.0f}",
                _ms(load.p50),
                _ms(load.first),
                str(load.failures),
            ]
            for name, load in served
        ]
        lines += [
            "",
            "## Over HTTP",
            "",
            f"wrk, {URLS} different addresses, {CLIENTS} clients; ours with {WORKERS} workers, Datasette as it serves "
            "itself, its facets exact (no time limit), over the first country of each paragraph only. Our workers keep "
            "answers until the index changes; the last figure but one is of addresses asked for the first time.",
            "",
            *table(
                ["", "a second", "p50 of one client, ms", "p50 the first time, ms", "failed"], rows
            ),
        ]
    if results.held:
        rows = [
            [
                f"{h.activities:,}",
                f"{h.requests:,}",
                str(h.errors),
                str(h.generations),
                _ms(h.p50),
                _ms(h.p99),
                _mb(h.memory_before),
                _mb(h.memory_after),
                f"{h.memory_after / h.memory_before - 1:+.1%}",
                _mb(h.watcher_before),
                _mb(h.watcher_after),
            ]
            for h in results.held
        ]
        lines += [
            "",
            "## Searching while reindexing",
            "",
            f"{load.CLIENTS} clients for {load.SECONDS} seconds against `activities serve --watch` with {WORKERS} workers, "
            "while a file is saved each second; memory is Private_Dirty of the workers together, and of the watcher.",
            "",
            *table(
                [
                    "activities",
                    "requests",
                    "errors",
                    "new generations",
                    "p50, ms",
                    "p99, ms",
                    "MB before",
                    "MB after",
                    "growth",
                    "watcher, MB before",
                    "after",
                ],
                rows,
            ),
        ]
    if results.scaled:
        rows = [
            [
                f"{s.paragraphs:,}",
                f"{s.build_seconds:.1f}",
                _mb(s.peak_pss),
                _mb(s.peak_anonymous),
                _mb(s.index_bytes),
                f"{s.matches:,.0f}",
                _ms(s.query_seconds),
                _mb(s.private_dirty),
            ]
            for s in results.scaled
        ]
        lines += [
            "",
            "## Growth",
            "",
            "The corpus repeated with changed words; building includes making and parsing the paragraphs.",
            "",
            *table(
                [
                    "paragraphs",
                    "build, s",
                    "peak, MB",
                    "without page cache",
                    "index, MB",
                    "matches, median",
                    "search, ms",
                    "private after 400 searches, MB",
                ],
                rows,
            ),
        ]
    if results.skipped:
        lines += ["", "## Left out of this run", "", *(f"- {reason}" for reason in results.skipped)]
    return "\n".join(lines) + "\n"


def machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = usable_cpus()
    return (
        f"{model}, {cores} cores, {memory:.0f} GB; load of its last 15 minutes {os.getloadavg()[2]:.1f}. Python "
        f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}, {', '.join(_versions())}."
    )


def _versions() -> Iterator[str]:
    for name in PACKAGES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            continue


def _targets(results: Results, peers: Sequence[str]) -> Iterator[list[str]]:
    timings = results.timings
    cells = sorted(
        {(kind, selected) for engine, kind, selected in timings.seconds if engine == OURS}
    )

    def ratios(peer: str) -> dict[tuple[str, bool], float]:
        """How many times slower the peer is, by class."""
        found = {}
        for kind, selected in cells:
            theirs, own = timings.median(peer, kind, selected), timings.median(OURS, kind, selected)
            if theirs and own:
                found[kind, selected] = theirs / own
        return found

    def worst(found: dict[tuple[str, bool], float]) -> str:
        cell = min(found, key=lambda c: found[c])
        return f"{found[cell]:.1f} times in the worst ({_cell(*cell)})"

    if "stock Whoosh" in peers:
        found = ratios("stock Whoosh")
        yield _row(
            "search, every class, against stock Whoosh",
            "200 times faster",
            worst(found),
            min(found.values()) >= 200,
        )
    if "SQLite FTS5" in peers:
        found = ratios("SQLite FTS5")
        yield _row(
            "search, every class, against SQLite FTS5",
            "faster in each",
            worst(found),
            min(found.values()) > 1,
        )
        wide = {cell: ratio for cell, ratio in found.items() if cell[0] in WIDE}
        yield _row(
            "common, OR, NOT, prefix, everything, against SQLite FTS5",
            "20 times faster",
            worst(wide),
            min(wide.values()) >= 20,
        )
    if "tantivy" in peers:
        inverse = {cell: 1 / ratio for cell, ratio in ratios("tantivy").items()}
        mean = geometric_mean(list(inverse.values()))
        slowest = max(inverse, key=lambda c: inverse[c])
        yield _row(
            "search against tantivy, geometric mean", "0.6 of its time", f"{mean:.2f}", mean <= 0.6
        )
        yield _row(
            "search against tantivy, slowest class",
            "1.3 of its time",
            f"{inverse[slowest]:.2f} ({_cell(*slowest)})",
            inverse[slowest] <= 1.3,
        )
    if cells:
        spread = {c: timings.p99(OURS, *c) / (timings.median(OURS, *c) or 1) for c in cells}
        widest = max(spread, key=lambda c: spread[c])
        yield _row(
            "p99 of any class",
            "under 10 times its median",
            f"{spread[widest]:.1f} ({_cell(*widest)})",
            spread[widest] < 10,
        )
    own = results.builds[OURS]
    for peer, times in (("stock Whoosh", 1 / 30), ("SQLite FTS5", 1.3), ("tantivy", 1.2)):
        if peer in peers:
            ratio = own.seconds / results.builds[peer].seconds
            wanted = f"{1 / times:.0f} times faster" if times < 1 else f"{times} of its time"
            shown = f"{1 / ratio:.1f} times" if times < 1 else f"{ratio:.2f}"
            yield _row(f"indexing parsed paragraphs against {peer}", wanted, shown, ratio <= times)
    if results.rebuild:
        ratio = results.rebuild.seconds / own.seconds
        yield _row(
            "whole rebuild from files, by indexing parsed paragraphs",
            "2.5 at most",
            f"{ratio:.2f}",
            ratio <= 2.5,
        )
        if results.after_edits:
            ratio = results.rebuild.seconds / results.after_edits.seconds
            yield _row(
                "`activities index` after 10 files changed, by the rebuild",
                "under 1/6",
                f"1/{ratio:.1f}",
                ratio > 6,
            )
    if "SQLite FTS5" in peers:
        yield _row(
            "index size by SQLite's file",
            "1 at most",
            f"{results.sizes[OURS] / results.sizes['SQLite FTS5']:.2f}",
            results.sizes[OURS] <= results.sizes["SQLite FTS5"],
        )
    if results.worker_memory is not None:
        yield _row(
            "Private_Dirty of a worker after 1,000 searches",
            "under 80 MB",
            f"{_mb(results.worker_memory)} MB",
            results.worker_memory < 80e6,
        )
    if results.page and results.datasette:
        ratio = results.page.pages_per_second / results.datasette.pages_per_second
        yield _row(
            "pages a second against Datasette", "20 times", f"{ratio:.1f} times", ratio >= 20
        )
        ratio = results.datasette.p50 / results.page.p50
        yield _row(
            "p50 of one client against Datasette",
            "10 times lower",
            f"{ratio:.1f} times",
            ratio >= 10,
        )
    if results.scaled:
        first, last = results.scaled[0], results.scaled[-1]
        yield _row(
            f"indexing {last.paragraphs:,} paragraphs",
            "under 2 GB",
            f"{_mb(last.peak_anonymous)} MB without page cache",
            last.peak_anonymous < 2e9,
        )
        grown, matched = (
            last.query_seconds / first.query_seconds,
            last.matches / max(first.matches, 1),
        )
        yield _row(
            "search time, smallest to largest",
            "no faster than the matches",
            f"{grown:.1f} times; matches {matched:.1f}",
            grown <= matched,
        )


def _row(what: str, wanted: str, measured: str, met: bool) -> list[str]:
    return [what, wanted, measured, "met" if met else "**not met**"]


def _queries(results: Results, peers: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    timings = results.timings
    heads = ["class", "asked", "ours", "p99", "p99 / median"]
    heads += [head for peer in peers for head in (peer, "p99", "ratio")]
    rows = []
    for selected in (False, True):
        for kind in KINDS:
            own = timings.median(OURS, kind, selected)
            if own is None:
                continue
            p99 = timings.p99(OURS, kind, selected)
            row = [
                _cell(kind, selected),
                str(len(timings.seconds[OURS, kind, selected])),
                _ms(own),
                _ms(p99),
                f"{p99 / own:.1f}",
            ]
            for peer in peers:
                theirs = timings.median(peer, kind, selected)
                row += (
                    [_ms(theirs), _ms(timings.p99(peer, kind, selected)), f"{theirs / own:.2f}"]
                    if theirs
                    else ["–"] * 3
                )
            rows.append(row)
    return heads, rows


def _stages(results: Results, peers: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    stages = results.timings.stages
    shown = [engine for engine in (OURS, "tantivy") if engine == OURS or engine in peers]
    names = {
        engine: list(
            dict.fromkeys(
                stage for cell, found in stages.items() if cell[0] == engine for stage in found
            )
        )
        for engine in shown
    }
    heads = ["class", *(f"{engine}: {stage}" for engine in shown for stage in names[engine])]
    rows = []
    for selected in (False, True):
        for kind in KINDS:
            found = [
                stages.get((engine, kind, selected), {}).get(stage)
                for engine in shown
                for stage in names[engine]
            ]
            rows.append(
                [
                    _cell(kind, selected),
                    *(f"{_middle(times) * 1e6:.0f}" if times else "–" for times in found),
                ]
            )
    return heads, rows


def _indexing(results: Results, peers: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    rows = []
    for name in (OURS, *peers):
        built = results.builds[name]
        rows.append(
            [
                name,
                f"{built.seconds:.2f}",
                f"{built.cores:.1f}",
                f"{results.updates[name] * 1000:.1f}" if name in results.updates else "–",
                _mb(results.sizes[name]),
                results.segments.get(name, ""),
            ]
        )
    for name, taken in (
        ("`activities index --rebuild`, from files", results.rebuild),
        ("`activities index`, 10 files changed", results.after_edits),
    ):
        if taken:
            rows.append([name, f"{taken.seconds:.2f}", f"{taken.cores:.1f}", "", "", ""])
    return [
        "parsed paragraphs → index",
        "s",
        "cores",
        "commit of one, ms (ours: the scan of all files included)",
        "MB after 50 commits",
        "",
    ], rows


def _share(results: Results, peer: str, kind: str) -> str:
    found = results.timings.compared.get((peer, kind))
    return f"{sum(found)}/{len(found)}" if found else "–"


def _cell(kind: str, selected: bool) -> str:
    return f"{kind}, country" if selected else kind


def _middle(times: Sequence[float]) -> float:
    return sorted(times)[len(times) // 2]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.3f}" if seconds < 0.1 else f"{seconds * 1000:.0f}"


def _mb(size: int) -> str:
    return f"{size / 1e6:,.1f}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)]
