"""This program's own engine, asked as indexer.search.service asks it, for as much as the peers are asked."""

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
from indexer.search.highlight import make_snippet
from indexer.search.matcher import Matchers
from indexer.search.planner import QueryPlanner
from indexer.settings import Settings
from tests.bench import corpus
from tests.bench.corpus import Paragraph
from tests.bench.model import Answer
from tests.bench.peers.base import TOP, Lap, no_laps
from tests.bench.questions import Question

OWNER = "make bench"


class Ours:
    name = "ours"
    lacks: frozenset[str] = frozenset()

    def __init__(self, content: Path) -> None:
        self.content = content
        self.vocabulary = Vocabulary({})
        self.engine: Engine
        self.folder: Path

    def prepare(self, paragraphs: Sequence[Paragraph]) -> list[Activity]:
        return [parsed(paragraph) for paragraph in paragraphs]

    def build(self, folder: Path, prepared: Sequence[Activity]) -> None:
        with open_engine(Settings(index=folder)).writer(OWNER, 0, rebuild=True) as writer:
            for one in prepared:
                writer.put(one)
            writer.commit()

    def open(self, folder: Path) -> None:
        self.folder = folder
        self.engine = open_engine(Settings(index=folder))

    def update(self, paragraph: Paragraph) -> None:
        corpus.path(self.content, paragraph).write_bytes(paragraph.markdown)
        summary = sync(self.engine, self.content, OWNER, cache=self.folder)
        assert summary.changed == 1, summary

    def settle(self) -> None:
        pass

    def segments(self) -> str:
        return ""

    def ask(self, question: Question, lap: Lap = no_laps) -> Any:
        request = question.request
        with self.engine.snapshot() as snapshot:
            query = parse(request.text)
            plan = QueryPlanner(snapshot, self.vocabulary, query).plan(query.query, request)
            lap("plan")
            found = snapshot.match(replace(plan, counts=(("country",), ("year",)), limit=TOP))[0]
            lap("match and counts")
            hits, matchers = [], Matchers(query.query)
            for _, stored in found.hits:
                hits.append(
                    (stored.id, stored.text, make_snippet(matchers[stored.language], stored.text))
                )
            lap("hits")
        return found, hits

    def read(self, raw: Any) -> Answer:
        found, _ = raw
        countries, years = (
            {value: n for (value,), n in counted.items()} for counted in found.counts
        )
        return Answer(found.total, countries, {int(year): n for year, n in years.items()})


def parsed(paragraph: Paragraph) -> Activity:
    """The activity of a paragraph's file."""
    found = activity.parse(paragraph.id, f"{paragraph.id}.md", paragraph.markdown).activity
    assert found is not None, paragraph
    return found
