"""The section of BENCHMARKS.md about a cluster, made of what `make bench-opensearch` measured."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from tests.bench.questions import KINDS
from tests.bench.report import REPORT, machine, table
from tests.cluster.parts import VERSION

HEADING = "## On an OpenSearch cluster"
CLIENTS = 4  # that ask at once where answers a second are counted
OVERHEAD = 0.005, 0.3  # seconds, or of the bare time, whichever is larger
BULK = 0.8  # of the bare speed


@dataclass
class Cell:
    """What was measured with a number of nodes and of paragraphs. Times are seconds."""

    nodes: int
    paragraphs: int
    corpus: str = ""
    making: list[float] = field(
        default_factory=list
    )  # the documents, with the analysis of their texts
    ours_bulk: list[float] = field(
        default_factory=list
    )  # from the first bulk request to the last bulk answer
    bare_bulk: list[float] = field(default_factory=list)  # the same requests
    commit: list[float] = field(default_factory=list)  # until it is visible, with its copies
    one_edit: list[float] = field(default_factory=list)  # a commit of one paragraph
    bytes: int = 0
    segments: int = 0
    checked: int = 0
    requests: dict[str, float] = field(default_factory=dict)  # to the engine for a page, by kind
    ours: dict[str, list[float]] = field(default_factory=dict)  # a page, by kind
    bare: dict[str, list[float]] = field(default_factory=dict)  # the same requests for it
    a_second: float = 0.0  # of these, bare, from CLIENTS at once
    export: float = 0.0  # every paragraph, by a scan


def section_of(report: Path) -> str:
    """The section as it stands in a report; "" where there is none."""
    text = report.read_text() if report.exists() else ""
    at = text.find(f"\n{HEADING}\n")
    return text[at + 1 :] if at >= 0 else ""


def with_section(text: str, section: str) -> str:
    """A report with this section, in the place of the one it has."""
    at = text.find(f"\n{HEADING}\n")
    return (
        f"{(text[:at] if at >= 0 else text).rstrip()}\n\n{section.strip()}\n" if section else text
    )


def write(cells: Sequence[Cell]) -> None:
    """Put the section into BENCHMARKS.md."""
    REPORT.write_text(with_section(REPORT.read_text(), "\n".join(_lines(cells))))


def _lines(cells: Sequence[Cell]) -> Iterator[str]:
    yield from (
        HEADING,
        "",
        f"Made by `make bench-opensearch`: OpenSearch {VERSION}, opensearch-py {version('opensearch-py')}, all nodes on this one machine "
        f"with 1 GB of heap each. {machine()} Corpus: {cells[0].corpus}, for a million over and over with words of their own. "
        f"Totals and counts of {sum(cell.checked for cell in cells)} answers were compared with plain counting: all are equal.",
        "",
    )
    yield from (
        "### Against the bare engine",
        "",
        *table(["", "at least", "measured", ""], list(_targets(cells))),
        "",
    )
    yield from (
        "### Indexing",
        "",
        "Seconds from the first bulk request to the answer to the last one; beside it those in which their documents were made, with the "
        "analysis of their texts, before there was a request (on one of the cores that the cluster has too). Bare: the same requests sent again by a plain HTTP client, as many at once, into an index of the same settings; medians of as many runs, taking "
        "turns. A commit is over when all of it can be found, and the copies of each shard, where there is a second node, are "
        "there. One paragraph: a commit of it alone. Size: of one generation, without copies.",
        "",
        *table(
            [
                "nodes",
                "paragraphs",
                "documents made",
                "ours",
                "bare",
                "speed",
                "runs",
                "paragraphs a second",
                "whole commit",
                "one paragraph",
                "size",
                "every paragraph exported",
            ],
            [
                [
                    str(cell.nodes),
                    f"{cell.paragraphs:,}",
                    f"{_median(cell.making):.1f} s",
                    f"{_median(cell.ours_bulk):.1f} s",
                    f"{_median(cell.bare_bulk):.1f} s" if cell.bare_bulk else "–",
                    f"{_speed(cell):.2f}" if cell.bare_bulk else "–",
                    str(len(cell.ours_bulk)),
                    f"{cell.paragraphs / (_median(cell.making) + _median(cell.ours_bulk)):,.0f}",
                    f"{_median(cell.commit):.1f} s",
                    f"{_median(cell.one_edit):.2f} s",
                    f"{cell.bytes / 1e6:,.0f} MB",
                    f"{cell.export:.1f} s",
                ]
                for cell in cells
            ],
        ),
        "",
    )
    for cell in cells:
        yield from (
            f"### Pages, {cell.nodes} node{'s' if cell.nodes > 1 else ''}, {cell.paragraphs:,} paragraphs",
            "",
            "Medians in milliseconds: the whole page (20 results with snippets, all facets), half of them with a country ticked, and the same "
            "requests by a plain HTTP client that only reads the answer. Each page is asked both ways, one after the other; ours − bare "
            "is the median of their differences. What a page asks: requests to the engine, besides one look at the "
            "pointer in 0.2 s.",
            "",
            *table(
                ["", "pages", "ours", "p99", "bare", "p99", "ours − bare", "ratio", "requests"],
                [_row(kind, cell) for kind in KINDS if kind in cell.ours],
            ),
            "",
            f"{CLIENTS} at once, bare: {cell.a_second:.0f} a second.",
            "",
        )


def _targets(cells: Sequence[Cell]) -> Iterator[list[str]]:
    for cell in cells:
        where = f"{cell.nodes} node{'s' if cell.nodes > 1 else ''}, {cell.paragraphs:,}"
        if cell.bare_bulk:
            speed = _speed(cell)
            yield [
                f"bulk indexing, {where}",
                f"{BULK} of the bare speed",
                f"{speed:.2f}",
                _met(speed >= BULK),
            ]
        over = {kind: _overhead(cell, kind) for kind in cell.ours}
        allowed = {kind: max(OVERHEAD[0], OVERHEAD[1] * _median(cell.bare[kind])) for kind in over}
        worst = max(over, key=lambda kind: over[kind] / allowed[kind])
        yield [
            f"a page, every kind, {where}",
            "5 ms or 30 % more than bare",
            f"{_ms(over[worst])} ms, {over[worst] / _median(cell.bare[worst]):.0%} in the worst ({worst})",
            _met(over[worst] <= allowed[worst]),
        ]


def _row(kind: str, cell: Cell) -> list[str]:
    ours, bare = cell.ours[kind], cell.bare[kind]
    return [
        kind,
        str(len(ours)),
        _ms(_median(ours)),
        _ms(_p99(ours)),
        _ms(_median(bare)),
        _ms(_p99(bare)),
        _ms(_overhead(cell, kind)),
        f"{_median(ours) / _median(bare):.2f}",
        f"{cell.requests[kind]:.1f}",
    ]


def _overhead(cell: Cell, kind: str) -> float:
    """How much longer a page takes than its requests bare: of the same pages, so that it is not the questions that differ."""
    return _median(
        [ours - bare for ours, bare in zip(cell.ours[kind], cell.bare[kind], strict=True)]
    )


def _speed(cell: Cell) -> float:
    return _median(cell.bare_bulk) / _median(cell.ours_bulk)


def _met(met: bool) -> str:
    return "met" if met else "**not met**"


def _median(found: Sequence[float]) -> float:
    return statistics.median(found)


def _p99(found: Sequence[float]) -> float:
    return sorted(found)[math.ceil(0.99 * len(found)) - 1]


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.1f}"
