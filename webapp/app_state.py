"""The state of an application between requests: engine, settings, vocabulary and synonyms."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import cast

from flask import Flask, request

import indexer
from indexer.content.scan_cache import stored_path
from indexer.content.site import Site, site_file
from indexer.content.synonyms import Synonyms, synonyms_file
from indexer.content.vocabulary import Vocabulary, vocabulary_file
from indexer.engines.base import Engine, EngineError
from indexer.settings import Settings, edit_address
from webapp.i18n import messages
from webapp.i18n.locale import current_locale, gettext
from webapp.ops.metrics import Counters
from webapp.ops.reindex_jobs import ReindexJobs

_PACKAGES = (Path(__file__).parent, Path(indexer.__file__).parent)


@functools.cache
def _program_digest() -> str:
    """Return a digest of the program's files.

    A deployment from Git can change responses without a new version number.
    """
    digest = hashlib.blake2b(indexer.__version__.encode(), digest_size=8)
    for package in _PACKAGES:
        files = (path for path in package.rglob("*") if path.is_file())
        for path in sorted(path for path in files if "__pycache__" not in path.parts):
            digest.update(path.read_bytes())
    return digest.hexdigest()


class AppState:
    """The engine, the settings, the vocabulary and the synonyms of one application."""

    def __init__(self, settings: Settings, engine: Engine, counters: Counters) -> None:
        """Create the state. The files of the vocabulary and the synonyms are read on first use."""
        self.settings, self.engine, self.counters = settings, engine, counters
        self.reindex_jobs = ReindexJobs(settings)
        content, index = settings.content, settings.index
        self._vocabulary = vocabulary_file(content, index)
        self._synonyms = synonyms_file(content, index)
        self._site = site_file(content, index)
        self._program_digest = _program_digest()

    def vocabulary(self) -> Vocabulary:
        """Return the vocabulary in the current locale.

        The file is read again when it changes. A malformed file leaves the last vocabulary in
        place; without the file, values have their default labels.
        """
        return self._vocabulary.value().in_locale(current_locale(), gettext)

    def synonyms(self) -> Synonyms:
        """Return the synonyms.

        The file is read again when it changes. A malformed file leaves the last synonyms in place.
        """
        return self._synonyms.value()

    def collection(self) -> Site:
        """Return the settings of the collection: its name, its tagline and the text about it.

        The file is read again when it changes. Without a name or tagline, the program has its own.
        """
        settings = self._site.value()
        return settings._replace(
            name=settings.name or gettext(messages.SITE),
            tagline=settings.tagline or gettext(messages.TAGLINE),
        )

    def site(self) -> str:
        """Return the site's own address, without a trailing slash."""
        return self.settings.url or request.host_url.rstrip("/")

    def edit_url(self, id: str) -> str:
        """Return the address where an activity's file is edited; empty unless configured."""
        template = self.settings.edit_url
        if not template:
            return ""
        return edit_address(template, stored_path(self.settings.index, id))

    def version(self) -> str | None:
        """Return the version that all responses depend on; None without an index.

        The version consists of the program's digest, the generation of the index and the digests
        of the settings files, which are the same in all workers.
        """
        try:
            with self.engine.snapshot() as snapshot:
                generation = snapshot.generation
        except EngineError:
            return None
        return (
            f"{self._program_digest} {generation.number} {generation.indexed_at}"
            f" {self._vocabulary.digest()} {self._synonyms.digest()} {self._site.digest()}"
        )


def app_state(app: Flask) -> AppState:
    """Return the state that create_app gave an application."""
    return cast("AppState", app.extensions["activities"])
