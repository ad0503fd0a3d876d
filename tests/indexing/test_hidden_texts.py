"""No sequence of edits, runs and rollbacks makes a hidden text public."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.content import scan_cache
from indexer.engines.base import Engine, EngineError
from indexer.engines.factory import open_engine
from indexer.indexing.rollback import roll_back
from indexer.indexing.sync import SyncOptions, sync
from indexer.query.plan import Plan
from indexer.settings import Settings

IDS = ("a", "b", "c")
HIDING = (
    "---\ndraft: yes\n---\n{}\n",
    "---\npublished: false\nyear: x\n---\n{}\n",
    "---\ntitle: a: b\nDraft: true\n---\n{}\n",
)
STEPS = st.one_of(
    st.tuples(st.just("save"), st.sampled_from(IDS)),
    st.tuples(st.just("hide"), st.sampled_from(IDS)),
    st.tuples(st.just("break"), st.sampled_from(IDS)),
    st.tuples(st.just("delete"), st.sampled_from(IDS)),
    st.tuples(st.just("roll back"), st.integers(0, 3)),
    st.tuples(st.sampled_from(["resume", "rebuild", "forget", "damage"]), st.just("")),
)


class Model:
    """A site, and the texts that its authors have hidden."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(content=folder / "content", index=folder / "index")
        self.settings.content.mkdir()
        self.hidden: set[str] = set()
        self.published: dict[str, list[str]] = {id: [] for id in IDS}
        self.count = 0
        (self.settings.content / "other.md").write_text("Another text.")

    def engine(self) -> Engine:
        return open_engine(self.settings)

    def index(self, **options: bool) -> None:
        sync(
            self.engine(),
            self.settings.content,
            "a test",
            SyncOptions(allow_deletions=True, **options),
            cache=self.settings.index,
        )

    def is_held(self) -> bool:
        return self.engine().generations()[-1].restores is not None

    def step(self, action: str, argument: str | int) -> None:
        path = self.settings.content / f"{argument}.md"
        self.count += 1
        text = f"Text {self.count}."
        if action == "save":
            path.write_text(text)
            self.published[str(argument)].append(text)
        elif action == "hide":
            path.write_text(HIDING[self.count % len(HIDING)].format(text))
            self.hidden |= {*self.published[str(argument)], text}
        elif action == "break":
            path.write_text(f"---\nyear: x\n---\n{text}\n")
        elif action == "delete":
            path.unlink(missing_ok=True)
            if not self.is_held():  # deletions are not applied to a held index
                self.hidden |= {*self.published[str(argument)]}
        elif action == "roll back":
            generations = self.engine().generations()
            target = generations[int(argument) % len(generations)].number
            roll_back(
                self.engine(),
                self.settings.content,
                target,
                "a test",
                10,
                cache=self.settings.index,
            )
        elif action == "forget":
            (self.settings.index / scan_cache.FILE_NAME).unlink(missing_ok=True)
        elif action == "damage":
            numbers = [generation.number for generation in self.engine().generations()]
            for file in self.settings.index.glob(f"*/generation-{numbers[-1]}.json"):
                file.write_bytes(b"damaged")
            self.index(rebuild=True, resume=True)
        if action not in ("roll back", "damage"):
            self.index(resume=action == "resume", rebuild=action == "rebuild")

    def texts(self) -> set[str]:
        with self.engine().snapshot() as snapshot:
            return {stored.body for stored in snapshot.scan(Plan())}


@pytest.mark.parametrize(
    "steps",
    [
        [("save", "a"), ("hide", "a"), ("break", "a"), ("roll back", 1), ("resume", "")],
        [("save", "a"), ("hide", "a"), ("break", "a"), ("damage", ""), ("rebuild", "")],
        [("save", "a"), ("hide", "a"), ("save", "a"), ("roll back", 1), ("break", "a")],
        [("save", "a"), ("save", "b"), ("roll back", 1), ("hide", "a"), ("roll back", 2)],
    ],
)
def test_a_hidden_text_stays_hidden(tmp_path: Path, steps: Sequence[tuple[str, str]]) -> None:
    check(Model(tmp_path), steps)


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEPS, min_size=4, max_size=9))
def test_no_sequence_of_steps_makes_a_hidden_text_public(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str]]
) -> None:
    check(Model(tmp_path_factory.mktemp("site")), steps)


@pytest.mark.slow
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEPS, min_size=4, max_size=20))
def test_no_long_sequence_of_steps_makes_a_hidden_text_public(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str]]
) -> None:
    check(Model(tmp_path_factory.mktemp("site")), steps)


def check(model: Model, steps: Sequence[tuple[str, str | int]]) -> None:
    model.index()
    for action, argument in steps:
        try:
            model.step(action, argument)
        except EngineError as error:
            pytest.fail(f"{action} {argument}: {error}")
        assert not model.texts() & model.hidden, (action, argument)
