"""The results of a run of `make bench`."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.bench.growth import GrowthResult
from tests.bench.http_load import HttpLoad
from tests.bench.reindexing import ReindexingLoad
from tests.bench.timing import Duration, Timings

OURS = "ours"  # the name of this program's engine
PEERS = ("stock Whoosh", "SQLite FTS5", "tantivy")


@dataclass(slots=True)
class Results:
    """Everything that a run measured. Dictionaries have the names of engines as keys."""

    corpus: str = ""  # name
    paragraphs: int = 0
    timings: Timings = field(default_factory=Timings)
    builds: dict[str, Duration] = field(default_factory=dict)  # from parsed paragraphs
    rebuild: Duration | None = None  # `activities index --rebuild`
    after_edits: Duration | None = None  # `activities index` after edits
    updates: dict[str, float] = field(default_factory=dict)  # seconds of a commit of one paragraph
    sizes: dict[str, int] = field(default_factory=dict)  # bytes
    segments: dict[str, str] = field(default_factory=dict)
    worker_memory: int | None = None  # bytes
    page: HttpLoad | None = None
    api: HttpLoad | None = None
    datasette: HttpLoad | None = None
    reindexing: list[ReindexingLoad] = field(default_factory=list)
    growth: list[GrowthResult] = field(default_factory=list)
    checked: int = 0  # answers that were compared with the reference model
    skipped: list[str] = field(default_factory=list)  # parts that were not measured, and why

    def peers(self) -> list[str]:
        """Return the names of the measured peers."""
        return [peer for peer in PEERS if peer in self.builds]
