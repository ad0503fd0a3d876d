"""Preview: a draft as a search result, and its effect on the facet counts.

The draft is indexed in a separate temporary index.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from indexer.content.activity import Activity, ParsedFile, parse
from indexer.content.files import read_rules
from indexer.content.synonyms import NO_SYNONYMS, Synonyms
from indexer.content.values import slug
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
    """A facet value whose number of activities the draft changes."""

    field: str
    value: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Preview:
    """The effect of indexing a draft."""

    page: SearchPage  # a search of the draft alone; no hit if the query does not match it
    replaces: Activity | None  # the indexed activity with the id of the draft
    changes: tuple[CountChange, ...]
    total: int  # activities in the index, with the draft
    more_like_this: tuple[SimilarActivity, ...]


def read_draft(path: Path, content: Path, index: Path) -> ParsedFile:
    """Parse a content file inside or outside the content folder. Raises OSError.

    index: the index folder, which has the last good versions of settings files. The id is the path
    inside the content folder, or the file name of a file outside it.
    """
    resolved, folder = path.resolve(), content.resolve()
    if resolved.is_relative_to(folder):
        id = resolved.relative_to(folder).with_suffix("").as_posix()
    else:
        id = slug(path.stem)
    rules, _ = read_rules(content, index)
    return parse(id or "draft", str(path), path.read_bytes(), rules)


def preview(
    engine: Engine,
    draft: Activity,
    text: str,
    vocabulary: Vocabulary,
    synonyms: Synonyms = NO_SYNONYMS,
) -> Preview:
    """Compare a draft with the newest generation. Raises EngineError.

    text is a query to search the draft with.
    """
    meta = {name: values for name, values in draft.meta.items() if name != "draft"}
    draft = draft._replace(meta=meta)
    with tempfile.TemporaryDirectory(prefix="activities-preview-") as folder:
        draft_engine = open_engine(Settings(index=Path(folder)))
        with draft_engine.writer("activities preview", 1.0) as writer:
            writer.put(draft)
            writer.commit()
        page = search(draft_engine, SearchRequest(text), vocabulary, synonyms)
        with draft_engine.snapshot() as snapshot:
            (indexed_draft,) = snapshot.get(draft.id)
    with engine.snapshot() as snapshot:
        (replaced,) = snapshot.get(draft.id)
        matches = snapshot.match(Plan(counts=tuple((name,) for name in FACETS)))[0]
        counts = {
            name: {value: n for (value,), n in field_counts.items()}
            for name, field_counts in zip(FACETS, matches.counts, strict=True)
        }
        similar = more_like_this(snapshot, indexed_draft) if indexed_draft else ()
    total = matches.total + (replaced is None)
    return Preview(page, replaced, tuple(_changes(counts, replaced, draft)), total, similar)


def _changes(
    counts: Mapping[str, Mapping[str, int]], replaced: Activity | None, draft: Activity
) -> list[CountChange]:
    """Return a change for each facet value that only one of two versions states."""
    changes = []
    for name in FACETS:
        new = _facet_values(draft, name)
        old = _facet_values(replaced, name) if replaced else set()
        for value in sorted(new ^ old):
            before = counts[name].get(value, 0)
            changes.append(CountChange(name, value, before, before + (1 if value in new else -1)))
    return changes


def _facet_values(activity: Activity, field: str) -> set[str]:
    return {str(value) for value in activity.meta.get(field, (NOT_STATED,))}
