"""What an application holds between requests: the engine, and labels that follow their file."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import quote

from flask import Flask, current_app, request

import indexer
from indexer.content.activity import Activity, InvalidActivity, is_id
from indexer.content.vocabulary import VOCABULARY_FILE, Vocabulary
from indexer.engines.base import Engine, EngineError, Generation, Snapshot
from indexer.query.plan import Column, Plan, TermQuery
from indexer.schema import NOT_STATED
from indexer.search import zero_result_log
from indexer.search.more_like_this import SimilarActivity, more_like_this
from indexer.search.request import SearchRequest
from indexer.settings import Settings
from webapp.i18n.locale import current_locale, gettext
from webapp.middleware.http_cache import NO_CACHE_KEY
from webapp.ops.metrics import Counters
from webapp.ops.reindex_jobs import ReindexJobs

_PACKAGES = (Path(__file__).parent, Path(indexer.__file__).parent)


def _program() -> str:
    """A digest of the program's files: a deployment from git changes answers without a new version."""
    digest = hashlib.blake2b(indexer.__version__.encode(), digest_size=8)
    for package in _PACKAGES:
        for path in sorted(
            p for p in package.rglob("*") if p.is_file() and "__pycache__" not in p.parts
        ):
            digest.update(path.read_bytes())
    return digest.hexdigest()


class AppState:
    """The engine and the labels of one application."""

    def __init__(self, settings: Settings, engine: Engine, counters: Counters) -> None:
        self.settings, self.engine, self.counters = settings, engine, counters
        self.reindex_jobs = ReindexJobs(settings)
        self._content = settings.content
        self._stamp: tuple[int, int] | None = None
        self._vocabulary = Vocabulary({})
        self._program = _program()

    def vocabulary(self) -> Vocabulary:
        """The labels in the reader's language, read again when the editors' vocabulary has changed; a broken one changes nothing."""
        self._follow()
        return self._vocabulary.in_locale(current_locale(), gettext)

    def _follow(self) -> None:
        try:
            stat = (self._content / VOCABULARY_FILE).stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
        except OSError:
            return
        if stamp != self._stamp:
            with suppress(InvalidActivity):
                self._vocabulary = Vocabulary.load(self._content)
            self._stamp = stamp

    def site(self) -> str:
        """The site's own address, without a slash at its end."""
        return self.settings.url or request.host_url.rstrip("/")

    def edit_url(self, id: str) -> str:
        """Where an activity's file is edited; empty where that is not set."""
        place = self.settings.edit_url
        path = f"{quote(id)}.md"
        return (
            place.replace("{path}", path)
            if "{path}" in place
            else place and f"{place.rstrip('/')}/{path}"
        )

    def version(self) -> str | None:
        """What every answer depends on beside its address: program, generation, vocabulary. None without an index."""
        try:
            with self.engine.snapshot() as snapshot:
                generation = snapshot.generation
        except EngineError:
            return None
        self._follow()
        return f"{self._program} {generation.number} {generation.indexed_at} {self._stamp}"


def app_state(app: Flask) -> AppState:
    """The state that create_app gave an application."""
    return cast("AppState", app.extensions["activities"])


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """An activity, what is like it, and the generation that both are of."""

    stored: Activity
    generation: Generation
    more_like_this: tuple[SimilarActivity, ...]


def find_activity(snapshot: Snapshot, id: str) -> Activity | None:
    """The activity of an id or of a former one; an id that cannot be one is never looked up."""
    id = id.removesuffix("/")
    if not is_id(id):
        return None
    found = snapshot.get(id)[0]
    if found is None and id != NOT_STATED:  # which is what has no aliases
        query = TermQuery(Column("aliases", "value"), id)
        hits = snapshot.match(Plan(query, limit=1))[0].hits
        found = hits[0][1] if hits else None
    return found


def activity_page(app: Flask, id: str) -> ActivityPage | None:
    """What there is to say of the activity of an id or of a former one; of the latter, not what is like it."""
    with app_state(app).engine.snapshot() as snapshot:
        stored = find_activity(snapshot, id)
        if stored is None:
            return None
        return ActivityPage(
            stored, snapshot.generation, more_like_this(snapshot, stored) if stored.id == id else ()
        )


def log_zero_results(wanted: SearchRequest, total: int) -> None:
    """Log a search without hits, where that is wanted; its answer is not kept, so that each time counts."""
    log = app_state(current_app).settings.query_log
    if log and wanted.text and not total:
        request.environ[NO_CACHE_KEY] = True
        zero_result_log.append(log, wanted)
