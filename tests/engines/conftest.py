"""Every engine there is, each on storage of its own: the contract is for all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.engines import Engine, open_engine
from indexer.settings import Settings

OpenEngine = Callable[[], Engine]


@pytest.fixture(params=["whoosh"])
def open_again(request: pytest.FixtureRequest, tmp_path: Path) -> OpenEngine:
    """Opens the engine of this test, the same index each time, as another process would."""
    return lambda: open_engine(Settings(index=tmp_path / "index", engine=request.param))
