"""What grows with the collection: `python -m tests.bench.scale SIZE FOLDER` builds and asks one size."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from indexer.engines.factory import open_engine
from indexer.settings import Settings
from tests.bench import corpus
from tests.bench.indexing import fresh, peak, rollup, size
from tests.bench.ours import OWNER, Ours, parsed
from tests.bench.questions import Question
from tests.bench.timing import corpus_out_of_the_way, spent

SIZES = (10_000, 100_000, 1_000_000)
KINDS = ("common", "mid", "rare", "and", "or", "phrase common", "prefix 3", "not")
ASKED = 400


@dataclass(slots=True)
class Scaled:
    """One size: bytes, seconds, and the medians of matches and of seconds of the same questions."""

    paragraphs: int
    build_seconds: float = 0.0
    peak_pss: int = 0
    peak_anonymous: int = 0  # the peak without the page cache
    index_bytes: int = 0
    matches: float = 0.0
    query_seconds: float = 0.0
    private_dirty: int = 0


def measure(
    drawn: dict[str, list[Question]], folder: Path, source: Sequence[str]
) -> Iterator[Scaled]:
    """Each size in processes of its own, one to build and one to ask."""
    asked = [question for kind in KINDS for question in drawn[kind]]
    random.Random(4).shuffle(asked)
    (folder / "questions.json").write_text(
        json.dumps([asdict(question) for question in asked[:ASKED]])
    )
    for paragraphs in SIZES:
        own = fresh(folder / f"scale-{paragraphs}")
        found = Scaled(paragraphs)
        for step in ("build", "ask"):
            with subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tests.bench.scale",
                    step,
                    str(paragraphs),
                    str(own),
                    *source,
                ],
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONPATH": "."},
            ) as process:
                most = peak(process)
                assert process.stdout
                said = json.loads(process.stdout.read())
            if step == "build":
                found.peak_pss, found.peak_anonymous = most["Pss"], most["Pss_Anon"]
            for name, value in said.items():
                setattr(found, name, value)
        yield found
        fresh(own).rmdir()


def build(paragraphs: int, folder: Path, base: Sequence[corpus.Paragraph]) -> dict[str, float]:
    """Index the corpus over and over, never holding all of it; making the paragraphs is in the time."""

    def work() -> None:
        with open_engine(Settings(index=folder)).writer(OWNER, 0, rebuild=True) as writer:
            for one in corpus.repeated(base, paragraphs):
                writer.put(parsed(one))
            writer.commit()

    return {"build_seconds": spent(work).seconds, "index_bytes": size(folder)}


def ask(folder: Path) -> dict[str, float]:
    """The same questions of any size, half of them first to warm up."""
    engine = Ours(folder)
    engine.open(folder)
    rows = json.loads((folder.parent / "questions.json").read_text())
    asked = [Question(row["kind"], tuple(row["words"])) for row in rows]
    for question in asked[: len(asked) // 2]:
        engine.ask(question)
    matches, seconds = [], []
    with corpus_out_of_the_way():
        for question in asked[len(asked) // 2 :]:
            raw: list[object] = []
            seconds.append(spent(lambda q=question, r=raw: r.append(engine.ask(q))).seconds)  # type: ignore[misc]
            matches.append(engine.read(raw[0]).total)
    return {
        "matches": statistics.median(matches),
        "query_seconds": statistics.median(seconds),
        "private_dirty": rollup(os.getpid(), "Private_Dirty"),
    }


def main(step: str, paragraphs: str, folder: str, path: str = "", limit: str = "") -> None:
    if step == "ask":
        found = ask(Path(folder))
    else:
        most = min(int(paragraphs), int(limit) if limit else int(paragraphs))
        base = corpus.load(Path(path), most) if path else corpus.generated(min(most, 100_000))
        found = build(int(paragraphs), Path(folder), base)
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
