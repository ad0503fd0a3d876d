"""Fixtures of the tests of imports."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a content folder that does not exist yet."""
    return tmp_path / "into"
