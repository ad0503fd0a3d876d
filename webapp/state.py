"""What an application holds between requests: the engine, and labels that follow their file."""

from __future__ import annotations

from typing import cast

from flask import Flask

from indexer.activity import InvalidActivity, is_id
from indexer.engines import Engine
from indexer.labels import VOCABULARY, Labels
from indexer.plan import Plan, Stored
from indexer.query import InField, Term
from indexer.settings import Settings


class State:
    """The engine and the labels of one application."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.engine = engine
        self._content = settings.content
        self._stamp: tuple[int, int] | None = None
        self._labels = Labels({})

    def labels(self) -> Labels:
        """The labels, read again when the editors' vocabulary has changed; a broken one changes nothing."""
        try:
            stat = (self._content / VOCABULARY).stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
        except OSError:
            return self._labels
        if stamp != self._stamp:
            try:
                self._labels = Labels.load(self._content)
            except InvalidActivity:
                pass
            self._stamp = stamp
        return self._labels


def state(app: Flask) -> State:
    """The state that create_app gave an application."""
    return cast("State", app.extensions["activities"])


def find(app: Flask, id: str) -> Stored | None:
    """The activity of an id or of a former one; an id that cannot be one is never looked up."""
    id = id.removesuffix("/")
    if not is_id(id):
        return None
    with state(app).engine.snapshot() as snapshot:
        found = snapshot.get(id)[0]
        if found is None:
            hits = snapshot.match(Plan(InField("aliases", Term(id)), limit=1))[0].hits
            found = hits[0][1] if hits else None
        return found
