"""The application's state follows the editors' files of the vocabulary and the synonyms."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.settings import Settings
from webapp.app_state import AppState
from webapp.ops.metrics import Counters


@pytest.fixture
def state(tmp_path: Path) -> AppState:
    """The state over one activity, with a label for its agency."""
    content = tmp_path / "content"
    content.mkdir()
    (content / "one.md").write_text("---\nagency: [unodc]\n---\nA shelter opened.\n")
    (content / "_vocabulary.yaml").write_text("agency:\n  unodc: UNODC\n")
    settings = Settings(content=content, index=tmp_path / "index")
    engine = open_engine(settings)
    sync(engine, content, "tests")
    return AppState(settings, engine, Counters())


def vocabulary_file(state: AppState) -> Path:
    return state.settings.content / "_vocabulary.yaml"


def test_a_changed_vocabulary_file_changes_labels_and_version(state: AppState) -> None:
    assert state.vocabulary().label("agency", "unodc") == "UNODC"
    version = state.version()
    vocabulary_file(state).write_text("agency:\n  unodc: The Office in Vienna\n")
    assert state.vocabulary().label("agency", "unodc") == "The Office in Vienna"
    assert state.version() != version


def test_a_deleted_vocabulary_file_restores_the_default_labels(state: AppState) -> None:
    assert state.vocabulary().label("agency", "unodc") == "UNODC"
    version = state.version()
    vocabulary_file(state).unlink()
    assert state.vocabulary().label("agency", "unodc") == "Unodc"
    assert state.version() not in (version, None)


def test_a_malformed_vocabulary_file_keeps_the_last_labels(state: AppState) -> None:
    assert state.vocabulary().label("agency", "unodc") == "UNODC"
    vocabulary_file(state).write_text("agency: [\n")
    assert state.vocabulary().label("agency", "unodc") == "UNODC"


def test_a_vocabulary_file_that_is_restored_is_read_again(state: AppState) -> None:
    text = vocabulary_file(state).read_text()
    vocabulary_file(state).unlink()
    assert state.vocabulary().label("agency", "unodc") == "Unodc"
    vocabulary_file(state).write_text(text)
    assert state.vocabulary().label("agency", "unodc") == "UNODC"


def test_a_changed_synonyms_file_changes_synonyms_and_version(state: AppState) -> None:
    assert state.synonyms().find(["gbv"]) == ()
    version = state.version()
    file = state.settings.content / "_synonyms.yaml"
    file.write_text("en:\n  - [GBV, gender-based violence]\n")
    assert len(state.synonyms().find(["gbv"])) == 1
    assert state.version() != version
    file.unlink()
    assert state.synonyms().find(["gbv"]) == ()


def test_a_malformed_synonyms_file_keeps_the_last_synonyms(state: AppState) -> None:
    file = state.settings.content / "_synonyms.yaml"
    file.write_text("en:\n  - [GBV, gender-based violence]\n")
    assert len(state.synonyms().find(["gbv"])) == 1
    file.write_text("en:\n  - [GBV]\n")
    assert len(state.synonyms().find(["gbv"])) == 1


def test_the_version_is_none_without_an_index(tmp_path: Path) -> None:
    settings = Settings(content=tmp_path, index=tmp_path / "index")
    assert AppState(settings, open_engine(settings), Counters()).version() is None


def test_a_worker_that_starts_with_an_invalid_settings_file_agrees_with_the_others(
    state: AppState,
) -> None:
    assert state.vocabulary().label("agency", "unodc") == "UNODC"
    vocabulary_file(state).write_text("agency: [\n")
    version = state.version()
    other = AppState(state.settings, state.engine, Counters())
    assert other.vocabulary().label("agency", "unodc") == "UNODC"
    assert other.version() == version
