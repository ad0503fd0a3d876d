"""Test collections: documents, queries and relevance judgements in the BEIR layout.

Source of the layout: Thakur et al. 2021, BEIR. A folder has corpus.jsonl, queries.jsonl and
qrels.tsv or qrels/test.tsv, each also gzip-compressed.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from indexer.content.activity import Activity
from indexer.content.files import check_folder

Qrels = Mapping[str, Mapping[str, int]]  # query id -> document id -> grade


@dataclass(frozen=True, slots=True)
class Collection:
    """A test collection."""

    name: str
    activities: Mapping[str, Activity]  # by document id, in the order of the corpus
    queries: Mapping[str, str]  # only queries with a relevant document
    qrels: Qrels
    classes: Mapping[str, str] = field(default_factory=dict)  # of queries, where stated

    def graded(self, query: str) -> Mapping[str, int]:
        """Return the judged documents of a query with their grades."""
        return self.qrels[query]


def load(folder: Path) -> Collection:
    """Load a collection. Raises FileNotFoundError if a file is missing."""
    content = folder / "content"
    activities = dict(_content(content) if content.is_dir() else _corpus(folder))
    qrels = _qrels(folder)
    relevant = {query for query, grades in qrels.items() if any(g > 0 for g in grades.values())}
    queries, classes = {}, {}
    for row in _json_lines(folder, "queries.jsonl"):
        if row["_id"] in relevant:
            queries[row["_id"]] = row["text"]
            if "class" in row:
                classes[row["_id"]] = row["class"]
    return Collection(folder.name, activities, queries, qrels, classes)


def _content(folder: Path) -> Iterator[tuple[str, Activity]]:
    """Yield the activities of a content folder."""
    for file, parsed in check_folder(folder):
        if parsed.activity is not None:
            yield file.id, parsed.activity


def _corpus(folder: Path) -> Iterator[tuple[str, Activity]]:
    for row in _json_lines(folder, "corpus.jsonl"):
        yield row["_id"], _activity(row)


def _activity(row: Mapping[str, str]) -> Activity:
    text, title = row.get("text", ""), row.get("title", "")
    language = row.get("language", "en")
    meta: dict[str, tuple[str | int, ...]] = {"language": (language,)}
    if title:
        meta["title"] = (title,)
    return Activity(row["_id"], row["_id"], text, language, meta, text)


def _qrels(folder: Path) -> Qrels:
    name = "qrels.tsv"
    if not any((folder / f"{name}{suffix}").exists() for suffix in ("", ".gz")):
        name = "qrels/test.tsv"
    qrels: dict[str, dict[str, int]] = defaultdict(dict)
    for line in list(_lines(folder, name))[1:]:  # the first line names the columns
        query, document, grade = line.split("\t")
        qrels[query][document] = int(grade)
    return qrels


def _json_lines(folder: Path, name: str) -> Iterator[Mapping[str, str]]:
    for line in _lines(folder, name):
        yield json.loads(line)


def _lines(folder: Path, name: str) -> Iterator[str]:
    """Yield the non-empty lines of a file, or of its compressed form."""
    path = folder / name
    compressed = folder / f"{name}.gz"
    data = gzip.decompress(compressed.read_bytes()) if compressed.exists() else path.read_bytes()
    yield from filter(str.strip, data.decode().splitlines())
