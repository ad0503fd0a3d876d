"""The memory of exports: a briefing of the largest size, and a workbook of many rows."""

from __future__ import annotations

import subprocess
import sys

import pytest

# Each text has a run of its own for every word, which is the most elements for its length.
EXPORT = """
import sys
from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Generation
from indexer.search.export import export
from indexer.search.request import SearchRequest
from tests.memory import peak_memory
from webapp.search_state import search_source

format, count, text = sys.argv[1], int(sys.argv[2]), sys.argv[3] * int(sys.argv[4])
rows = (
    Activity(f"a-{n}", "", text + str(n), "en", {"source": (f"https://a.example/{n}",),
             "country": ("PAK", "EGY"), "year": (2000 + n % 15,)}, text + str(n),
             "2026-01-02T03:04:05Z")
    for n in range(count)
)
generation = Generation(1, "2026-01-02T03:04:05Z", "", count)
source = search_source(SearchRequest(), count, generation, "https://a.example")
size = sum(map(len, export(format, source, rows, Vocabulary({}))))
print(size, peak_memory() // 1024)
"""


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("format", "count", "text", "times", "limit"),
    [
        ("docx", 2_000, "**bold** plain ", 332, 300),  # 10 million characters
        ("xlsx", 80_000, "plain ", 20, 200),  # more activities than a sheet has links
    ],
)
def test_the_largest_export_stays_below_its_memory_limit(
    format: str, count: int, text: str, times: int, limit: int
) -> None:
    run = subprocess.run(
        [sys.executable, "-c", EXPORT, format, str(count), text, str(times)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    size, memory = map(int, run.stdout.split())
    assert size > 1_000_000
    assert memory < limit, f"{memory} MB"
