"""Servers get a content folder and an index of their own, since their tests change both.

Tests of connections get a listening socket.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, content: Path) -> Settings:
    return Settings(content=content, index=tmp_path / "index")


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener
