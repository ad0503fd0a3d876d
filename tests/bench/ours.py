"""This program's Whoosh engine, searched like indexer.search.service but limited to an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from indexer.content import activity
from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.query.parser import parse
from indexer.search.highlight import find_passage, make_snippet
from indexer.search.matcher import Matchers
from indexer.search.planner import QueryPlanner
from indexer.settings import Settings
from tests.bench import corpus
from tests.bench.corpus import Paragraph
from tests.bench.model import Answer
from tests.bench.peers.base import TOP_HITS, OnStage, ignore_stages
from tests.bench.questions import Question

OWNER = "make bench"


class Ours:
    """This program as a BenchEngine."""

    name = "ours"
    unsupported_kinds: frozenset[str] = frozenset()

    def __init__(self, content: Path) -> None:
        self.content = content
        self.vocabulary = Vocabulary({})
        self.engine: Engine
        self.folder: Path

    def prepare(self, paragraphs: Sequence[Paragraph]) -> list[Activity]:
        return [parse_paragraph(paragraph) for paragraph in paragraphs]

    def build(self, folder: Path, prepared: Sequence[Activity]) -> None:
        with open_engine(Settings(index=folder)).writer(OWNER, 0, rebuild=True) as writer:
            for parsed in prepared:
                writer.put(parsed)
            writer.commit()

    def open(self, folder: Path) -> None:
        self.folder = folder
        self.engine = open_engine(Settings(index=folder))

    def update(self, paragraph: Paragraph) -> None:
        corpus.file_path(self.content, paragraph).write_bytes(paragraph.markdown)
        summary = sync(self.engine, self.content, OWNER, cache=self.folder)
        assert summary.changed == 1, summary

    def finish_merging(self) -> None:
        pass

    def describe_segments(self) -> str:
        return ""

    def search(self, question: Question, on_stage: OnStage = ignore_stages) -> Any:
        request = question.request
        with self.engine.snapshot() as snapshot:
            query = parse(request.text)
            plan = QueryPlanner(snapshot, self.vocabulary, query).plan(query, request)
            on_stage("plan")
            counts = (("country",), ("year",))
            matches = snapshot.match(replace(plan, counts=counts, limit=TOP_HITS))[0]
            on_stage("match and counts")
            hits, matchers = [], Matchers(query.query)
            for _, stored in matches.hits:
                passage = find_passage(matchers[stored.language], stored.text)
                snippet = make_snippet(passage)
                hits.append((stored.id, stored.text, snippet))
            on_stage("hits")
        return matches, hits

    def to_answer(self, raw: Any) -> Answer:
        matches, _ = raw
        countries, years = (
            {value: count for (value,), count in counts.items()} for counts in matches.counts
        )
        return Answer(matches.total, countries, {int(year): n for year, n in years.items()})


def parse_paragraph(paragraph: Paragraph) -> Activity:
    """Return the activity of a paragraph's content file."""
    parsed = activity.parse(paragraph.id, f"{paragraph.id}.md", paragraph.markdown).activity
    assert parsed is not None, paragraph
    return parsed
