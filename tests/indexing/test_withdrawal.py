"""A withdrawal takes an activity out of the index, and nothing brings it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.engines.base import Engine
from indexer.indexing.sync import Summary
from indexer.query.plan import Plan

Index = Callable[..., Summary]

HIDDEN = [
    "---\ndraft: true\n---\nText.",
    "---\ndraft: yes\n---\nText.",
    "---\nDraft: true\n---\nText.",
    "---\npublished: false\n---\nText.",
    "---\nstatus: draft\n---\nText.",
    "---\ndraft: true\nyear: 20l9\n---\nText.",
    "---\ntitle: a: b\ndraft: true\n---\nText.",
]


def ids(engine: Engine) -> set[str]:
    with engine.snapshot() as snapshot:
        return {stored.id for stored in snapshot.scan(Plan())}


@pytest.mark.parametrize("rebuild", [False, True])
@pytest.mark.parametrize("text", HIDDEN)
def test_a_withdrawn_activity_leaves_the_index_at_once(
    engine: Engine, content: Path, index: Index, text: str, rebuild: bool
) -> None:
    index()
    (content / "kgz-police.md").write_text(text)
    index(rebuild=rebuild)
    assert "kgz-police" not in ids(engine)


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_file_that_is_broken_after_a_withdrawal_stays_out(
    engine: Engine, content: Path, index: Index, rebuild: bool
) -> None:
    index()
    (content / "kgz-police.md").write_text("---\ndraft: true\n---\nText.")
    index()
    (content / "kgz-police.md").write_text("---\nyear: 20l9\n---\nText.")
    assert index(rebuild=rebuild).rejected == 1
    assert "kgz-police" not in ids(engine)


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_file_with_an_invalid_name_does_not_bring_back_a_withdrawn_activity(
    engine: Engine, content: Path, index: Index, rebuild: bool
) -> None:
    index()
    (content / "kgz-police.md").write_text("---\ndraft: true\n---\nText.")
    (content / "kgz-police.MD").write_text("Text.")
    index(rebuild=rebuild)
    assert "kgz-police" not in ids(engine)


def test_a_withdrawal_in_a_file_with_an_invalid_name_counts(
    engine: Engine, content: Path, index: Index
) -> None:
    index()
    (content / "kgz-police.md").rename(content / "kgz-police.MD")
    (content / "kgz-police.MD").write_text("---\ndraft: true\n---\nText.")
    index()
    assert "kgz-police" not in ids(engine)
