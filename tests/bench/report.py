"""Write the results of a run as BENCHMARKS.md."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from indexer.processes import usable_cpus
from tests.bench import reindexing
from tests.bench.growth import QUESTIONS
from tests.bench.http_load import CLIENTS, URLS, WORKERS
from tests.bench.questions import KINDS
from tests.bench.results import OURS, Results
from tests.bench.tables import kind_label, megabytes, met_or_not, milliseconds, table
from tests.bench.targets import target_rows

REPORT = Path("BENCHMARKS.md")
PACKAGES = ("whoosh", "tantivy", "datasette", "granian", "flask", "numpy")
MISSING = "–"  # in the cell of a table


def markdown(results: Results) -> str:
    """Return the report."""
    lines = [
        "# Benchmarks",
        "",
        _introduction(results),
        "",
        f"Written by `make bench`. All figures are from one run. {machine()}",
        "",
        f"Corpus: {results.corpus}, {results.paragraphs:,} paragraphs. "
        "A tenth of them have two countries.",
        "",
        "## Targets",
        "",
        *table(["", "target", "measured", ""], list(target_rows(results))),
        "",
        *_search_section(results),
        *_stages_section(results),
        *_answers_section(results),
        *_indexing_section(results),
        *_http_section(results),
        *_reindexing_section(results),
        *_growth_section(results),
    ]
    if results.skipped:
        lines += ["## Not measured in this run", "", *(f"- {part}" for part in results.skipped), ""]
    return "\n".join(lines)


def _introduction(results: Results) -> str:
    """Return five sentences for a reader who looks once."""
    rows = list(target_rows(results))
    missed = [row[0] for row in rows if row[-1] != met_or_not(True)]
    outcome = f"This run met {len(rows) - len(missed)} of {len(rows)} targets"
    if missed:
        outcome += f" and missed these: {'; '.join(missed)}"
    names = [*results.peers(), *(["Datasette"] if results.datasette else [])]
    return (
        f"This report compares Activity Search with {', '.join(names) or 'no peers'}, on the same "
        f"questions about the same {results.paragraphs:,} paragraphs. Before anything is timed, "
        "our answers are compared with a reference model, and a difference ends the run. A ratio "
        "is a peer's time divided by ours, so a ratio above 1 means that Activity Search is "
        f"faster. {outcome}. Times depend on the machine, so compare ratios within a report, not "
        "times between reports."
    )


def machine() -> str:
    """Describe the machine and the versions of the software in sentences."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{model}, {usable_cpus()} cores, {memory:.0f} GB; "
        f"15-minute load average {os.getloadavg()[2]:.1f}. "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{', '.join(_versions())}."
    )


def _versions() -> Iterator[str]:
    for name in PACKAGES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            continue


def _search_section(results: Results) -> list[str]:
    timings, peers = results.timings, results.peers()
    head = ["kind", "questions", "ours", "p99", "p99 / median"]
    for peer in peers:
        head += [peer, "p99", "ratio"]
    rows = []
    for selected in (False, True):
        for kind in KINDS:
            ours = timings.median(OURS, kind, selected)
            if ours is None:
                continue
            p99 = timings.p99(OURS, kind, selected)
            count = len(timings.seconds[OURS, kind, selected])
            row = [kind_label(kind, selected), str(count)]
            row += [milliseconds(ours), milliseconds(p99), f"{p99 / ours:.1f}"]
            for peer in peers:
                theirs = timings.median(peer, kind, selected)
                if theirs:
                    p99 = timings.p99(peer, kind, selected)
                    row += [milliseconds(theirs), milliseconds(p99), f"{theirs / ours:.2f}"]
                else:
                    row += [MISSING] * 3
            rows.append(row)
    return [
        "## One search",
        "",
        "An answer is the total, the counts of countries and years, and the top 10 with stored "
        "text and a snippet. The indexes have had 50 commits of one file. No engine caches "
        "answers. Questions with a country repeat the texts of the others, so ours reuses their "
        "plans; all other questions are new to the engine. Times are in milliseconds; a ratio is "
        "a peer's median divided by ours. The filter of a selected country does not apply to the "
        "counts of countries. Stock Whoosh answers three questions of each kind, and no fuzzy "
        "ones: of three fuzzy questions in another run, one took 17 seconds and one took 19 "
        "minutes.",
        "",
        *table(head, rows),
        "",
    ]


def _stages_section(results: Results) -> list[str]:
    stages = results.timings.stages
    columns = [
        (engine, stage)
        for engine in (OURS, "tantivy")
        for stage in dict.fromkeys(
            stage for key, times in stages.items() if key[0] == engine for stage in times
        )
    ]
    rows = []
    for selected in (False, True):
        for kind in KINDS:
            row = [kind_label(kind, selected)]
            for engine, stage in columns:
                times = stages.get((engine, kind, selected), {}).get(stage)
                row.append(f"{sorted(times)[len(times) // 2] * 1e6:.0f}" if times else MISSING)
            rows.append(row)
    return [
        "## Stages of a search",
        "",
        "Medians in microseconds.",
        "",
        *table(["kind", *(f"{engine}: {stage}" for engine, stage in columns)], rows),
        "",
    ]


def _answers_section(results: Results) -> list[str]:
    peers = results.peers()
    rows = [[kind, *(_equal_share(results, peer, kind) for peer in peers)] for kind in KINDS]
    return [
        "## Equality of answers",
        "",
        f"Before anything was timed, {results.checked} of our answers were compared with a "
        "reference model that counts the words of `indexer.text.analysis`. All totals and counts "
        "are equal. The table has the share of a peer's answers that equal ours:",
        "",
        *table(["", *peers], rows),
        "",
        "The words were drawn so that Porter's first stemmer (FTS5) and his second (the others) "
        "agree on their forms, and the pairs of words so that the phrase of stems equals the "
        "phrase of words. The remaining differences have three reasons. FTS5 and tantivy index "
        "stems only, so a misspelt word or a prefix is compared with stems. They do not fold all "
        "the characters that we fold. And a prefix of two letters matches all words, where ours "
        "matches the 200 commonest.",
        "",
    ]


def _equal_share(results: Results, peer: str, kind: str) -> str:
    equal = results.timings.compared.get((peer, kind))
    return f"{sum(equal)}/{len(equal)}" if equal else MISSING


def _indexing_section(results: Results) -> list[str]:
    rows = []
    for name in (OURS, *results.peers()):
        build, update = results.builds[name], results.updates.get(name)
        rows.append(
            [
                name,
                f"{build.seconds:.2f}",
                f"{build.cores:.1f}",
                MISSING if update is None else f"{update * 1000:.1f}",
                megabytes(results.sizes[name]),
                results.segments.get(name, ""),
            ]
        )
    for name, duration in (
        ("`activities index --rebuild`, from files", results.rebuild),
        ("`activities index`, 10 files changed", results.after_edits),
    ):
        if duration:
            rows.append([name, f"{duration.seconds:.2f}", f"{duration.cores:.1f}", "", "", ""])
    head = [
        "from parsed paragraphs to an index",
        "s",
        "cores",
        "commit of one paragraph, ms (ours includes the scan of all files)",
        "MB after 50 commits",
        "",
    ]
    return ["## Indexing", "", *table(head, rows), ""]


def _http_section(results: Results) -> list[str]:
    if not (results.page and results.datasette and results.api):
        return []
    rows = [
        [
            name,
            f"{load.pages_per_second:,.0f}",
            milliseconds(load.p50),
            milliseconds(load.first),
            str(load.failures),
        ]
        for name, load in (
            ("page", results.page),
            ("API", results.api),
            ("Datasette", results.datasette),
        )
    ]
    head = ["", "per second", "p50 of one client, ms", "p50 of first requests, ms", "failures"]
    return [
        "## Over HTTP",
        "",
        f"wrk with {URLS} different addresses and {CLIENTS} clients. Ours has {WORKERS} workers. "
        "Datasette has its default workers, exact facets (no time limit), and only the first "
        "country of each paragraph. Our workers cache answers until the index changes; first "
        "requests are not cached.",
        "",
        *table(head, rows),
        "",
    ]


def _reindexing_section(results: Results) -> list[str]:
    if not results.reindexing:
        return []
    rows = [
        [
            f"{load.activities:,}",
            f"{load.requests:,}",
            str(load.errors),
            str(load.generations),
            milliseconds(load.p50),
            milliseconds(load.p99),
            megabytes(load.memory_before),
            megabytes(load.memory_after),
            f"{load.memory_after / load.memory_before - 1:+.1%}",
            megabytes(load.watcher_before),
            megabytes(load.watcher_after),
        ]
        for load in results.reindexing
    ]
    head = ["activities", "requests", "errors", "new generations", "p50, ms", "p99, ms"]
    head += ["MB before", "MB after", "growth", "watcher, MB before", "watcher, MB after"]
    return [
        "## Searching while reindexing",
        "",
        f"{reindexing.CLIENTS} clients for {reindexing.SECONDS} seconds against "
        f"`activities serve --watch` with {WORKERS} workers, while a file is saved every second. "
        "Memory is the Private_Dirty of all workers together, and of the watcher.",
        "",
        *table(head, rows),
        "",
    ]


def _growth_section(results: Results) -> list[str]:
    if not results.growth:
        return []
    rows = [
        [
            f"{result.paragraphs:,}",
            f"{result.build_seconds:.1f}",
            megabytes(result.peak_pss),
            megabytes(result.peak_anonymous),
            megabytes(result.index_bytes),
            f"{result.matches:,.0f}",
            milliseconds(result.query_seconds),
            megabytes(result.private_dirty),
        ]
        for result in results.growth
    ]
    head = ["paragraphs", "build, s", "peak, MB", "peak without page cache, MB", "index, MB"]
    head += ["matches, median", "search, ms", f"private after {QUESTIONS} searches, MB"]
    return [
        "## Growth",
        "",
        "The corpus is repeated with changed words. Building includes making and parsing the "
        "paragraphs.",
        "",
        *table(head, rows),
        "",
    ]
