"""Activities by their former ids."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.engines.base import Engine
from indexer.indexing.sync import Summary
from indexer.search.aliases import activities_by_alias


@pytest.mark.parametrize("ids", [["was"], ["none", "was"], ["was", "pak-trafficking", "unknown"]])
def test_only_aliases_lead_to_their_activity(
    engine: Engine, index: Callable[..., Summary], content: Path, ids: list[str]
) -> None:
    (content / "zmb-new.md").write_text("---\ncountry: ZMB\naliases: [was]\n---\nRenamed.\n")
    index()
    with engine.snapshot() as snapshot:
        present = activities_by_alias(snapshot, ids)
    assert {alias: activity.id for alias, activity in present.items()} == {"was": "zmb-new"}


def test_no_id_leads_to_no_activity(engine: Engine, index: Callable[..., Summary]) -> None:
    index()
    with engine.snapshot() as snapshot:
        assert activities_by_alias(snapshot, []) == {}
        assert activities_by_alias(snapshot, ["none"]) == {}
