"""An index that was updated in any steps gives the same answers as a rebuilt one."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from indexer.content import scan_cache
from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.indexing.sync import SyncOptions, sync
from indexer.query.plan import EXACT_COLUMNS, ID_COLUMN, STEM_COLUMNS, Plan, TermQuery
from indexer.settings import Settings

IDS = st.sampled_from(["a", "b", "c", "d", "sub/e", "sub/f"])
WORDS = st.lists(
    st.sampled_from(["police", "women", "trafficking", "trained"]), min_size=1, max_size=4
)
COUNTRIES = st.lists(st.sampled_from(["PAK", "KEN", "KGZ"]), max_size=2, unique=True)
ALIASES = st.lists(st.sampled_from(["was", "once", "a", "sub/f"]), max_size=1)
COUNTS = (("country",), ("region",), ("year",), ("country", "year"))


def answers(engine: Engine) -> Any:
    """All activities and the results of some searches, without times and generations."""
    with engine.snapshot() as snapshot:
        rows = {
            (s.id, s.digest, s.body, tuple(sorted(s.meta.items()))) for s in snapshot.scan(Plan())
        }
        plans = [
            Plan(TermQuery(column, term), counts=COUNTS, sort="relevance", limit=20)
            for column, term in (
                (EXACT_COLUMNS["body"], "police"),
                (EXACT_COLUMNS["body"], "women"),
                (STEM_COLUMNS["body"], "en:traffick"),
            )
        ]
        results = [
            (m.total, m.counts, [(round(score, 4), stored.id) for score, stored in m.hits])
            for m in snapshot.match(Plan(counts=COUNTS), *plans)
        ]
        words = list(snapshot.terms(EXACT_COLUMNS["body"]))
        return rows, results, list(snapshot.terms(ID_COLUMN)), words


class Editing(RuleBasedStateMachine):
    """Editors change files, and runs index them. model is the expected content of the index."""

    @initialize()
    def begin(self) -> None:
        self.root = Path(tempfile.mkdtemp())
        self.settings = Settings(content=self.root / "content", index=self.root / "index")
        (self.settings.content / "sub").mkdir(parents=True)
        self.model: dict[str, str] = {}  # by id: the text of the last good version
        self.stale = True

    def path(self, id: str) -> Path:
        return self.settings.content / f"{id}.md"

    @rule(id=IDS, words=WORDS, countries=COUNTRIES, aliases=ALIASES)
    def write(self, id: str, words: list[str], countries: list[str], aliases: list[str]) -> None:
        lists = f"country: [{', '.join(countries)}]\naliases: [{', '.join(aliases)}]\n"
        head = f"---\n{lists}year: [2019]\n---\n"
        self.path(id).write_text(head + " ".join(words) + ".\n")
        self.stale = True

    @rule(id=IDS)
    def remove(self, id: str) -> None:
        self.path(id).unlink(missing_ok=True)
        self.stale = True

    @rule(old=IDS, new=IDS)
    def rename(self, old: str, new: str) -> None:
        if self.path(old).exists():
            self.path(old).replace(self.path(new))
            self.stale = True

    @rule(
        id=IDS, how=st.sampled_from(["year: x\n", "country: [Atlantis]\n", "draft: true\n", "[\n"])
    )
    def break_or_draft(self, id: str, how: str) -> None:
        self.path(id).write_text(f"---\n{how}---\nBroken police.\n")
        self.stale = True

    @rule(verify=st.booleans())
    def index(self, verify: bool) -> None:
        summary = sync(
            open_engine(self.settings),
            self.settings.content,
            "a test",
            SyncOptions(verify=verify, allow_deletions=True),
            cache=self.settings.index,
        )
        rejected = {Path(error.path) for error in summary.errors}
        for id in IDS.elements:  # type: ignore[attr-defined]
            path = self.path(id)
            if not path.exists() or "draft: true" in path.read_text():
                self.model.pop(id, None)
            elif path not in rejected:
                self.model[id] = path.read_text()
        self.stale = False

    @rule()
    def delete_the_scan_cache(self) -> None:
        (self.settings.index / scan_cache.FILE_NAME).unlink(missing_ok=True)

    @rule()
    def a_rebuild_gives_the_same_answers(self) -> None:
        self.index(verify=False)
        copy = Settings(content=self.settings.content, index=self.root / "copy")
        shutil.copytree(self.settings.index, copy.index)
        sync(
            open_engine(copy),
            copy.content,
            "a rebuild",
            SyncOptions(rebuild=True, allow_deletions=True),
            cache=copy.index,
        )
        assert answers(open_engine(copy)) == answers(open_engine(self.settings))
        shutil.rmtree(copy.index)

    @invariant()
    def the_index_has_the_last_good_versions(self) -> None:
        if not self.stale:
            with open_engine(self.settings).snapshot() as snapshot:
                bodies = {stored.id: stored.body for stored in snapshot.scan(Plan())}
            assert bodies == {id: text.split("---\n")[2].strip() for id, text in self.model.items()}

    def teardown(self) -> None:
        if hasattr(self, "root"):
            shutil.rmtree(self.root)


class EditingFast(Editing):
    """A subclass, so that the fast suite has separate settings."""


TestIncrementalEqualsRebuild = EditingFast.TestCase
TestIncrementalEqualsRebuild.settings = hypothesis_settings(
    max_examples=12, stateful_step_count=20, deadline=None
)


@pytest.mark.slow
@pytest.mark.timeout(900)
class TestIncrementalEqualsRebuildAtLength(Editing.TestCase):  # type: ignore[name-defined,misc]
    settings = hypothesis_settings(max_examples=200, stateful_step_count=60, deadline=None)
