"""The cluster for what breaks it: whole at the start of each test, and mended after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.engines import open_engine
from indexer.engines.opensearch import OpenSearchEngine
from indexer.settings import Settings
from tests.cluster.nodes import Cluster
from tests.engines.conftest import address


@pytest.fixture
def breakable(opensearch: Cluster) -> Iterator[Cluster]:
    """All three nodes, for a test that takes them away."""
    opensearch.mend()
    yield opensearch
    opensearch.mend()


@pytest.fixture
def there(opensearch: Cluster, tmp_path: Path, content: Path) -> Settings:
    """The content folder, and a prefix of its own on the cluster."""
    return Settings(content=content, index=tmp_path / "index", engine=address(opensearch))


@pytest.fixture
def engine(there: Settings) -> OpenSearchEngine:
    found = open_engine(there)
    assert isinstance(found, OpenSearchEngine)
    return found
