"""Servers get a content folder and an index of their own, since their tests change both."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, content: Path) -> Settings:
    return Settings(content=content, index=tmp_path / "index")
