"""A draft as search would show it, and what it would change: indexed beside, in an index of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from indexer.content.activity import Activity, ParsedFile, parse, slug
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.query.plan import Plan
from indexer.schema import FACETS, NOT_STATED
from indexer.search.more_like_this import SimilarActivity, more_like_this
from indexer.search.request import SearchRequest
from indexer.search.results import SearchPage
from indexer.search.service import search
from indexer.settings import Settings


@dataclass(frozen=True, slots=True)
class CountChange:
    """A value of a facet whose count the draft would change."""

    field: str
    value: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a draft would be: how a search shows it, what it replaces, what it changes, and what it is like."""

    page: SearchPage  # of the draft alone: no hit where the words do not find it
    replaces: Activity | None  # the activity of its id, in the index now
    changes: tuple[CountChange, ...]
    total: int  # of activities, with the draft
    more_like_this: tuple[SimilarActivity, ...]


def read(path: Path, content: Path) -> ParsedFile:
    """The draft in a file, inside or outside the content folder: its id is its path there, or its name. Raises OSError."""
    inside = path.resolve().is_relative_to(content.resolve())
    name = (
        path.resolve().relative_to(content.resolve()).with_suffix("").as_posix()
        if inside
        else slug(path.stem)
    )
    return parse(name or "draft", str(path), path.read_bytes())


def preview(engine: Engine, draft: Activity, words: str, vocabulary: Vocabulary) -> Preview:
    """Compare a draft with the newest generation. Raises EngineError."""
    draft = draft._replace(
        meta={name: values for name, values in draft.meta.items() if name != "draft"}
    )
    with tempfile.TemporaryDirectory(prefix="activities-preview-") as folder:
        beside = open_engine(Settings(index=Path(folder)))
        with beside.writer("activities preview", 1.0) as writer:
            writer.put(draft)
            writer.commit()
        page = search(beside, SearchRequest(words), vocabulary)
        with beside.snapshot() as snapshot:
            (stored,) = snapshot.get(draft.id)
    with engine.snapshot() as snapshot:
        (replaced,) = snapshot.get(draft.id)
        plan = Plan(counts=tuple((name,) for name in FACETS))
        answer = snapshot.match(plan)[0]
        counts = {
            name: {key[0]: n for key, n in found.items()}
            for name, found in zip(FACETS, answer.counts, strict=True)
        }
        like = more_like_this(snapshot, stored) if stored else ()
    return Preview(
        page,
        replaced,
        tuple(_changes(counts, replaced, draft)),
        answer.total + (replaced is None),
        like,
    )


def _changes(
    counts: Mapping[str, Mapping[str, int]], replaced: Activity | None, draft: Activity
) -> list[CountChange]:
    found = []
    for name in FACETS:
        now = {str(value) for value in draft.meta.get(name, (NOT_STATED,))}
        then = (
            {str(value) for value in replaced.meta.get(name, (NOT_STATED,))} if replaced else set()
        )
        for value in sorted(now ^ then):
            before = counts[name].get(value, 0)
            found.append(CountChange(name, value, before, before + (1 if value in now else -1)))
    return found
