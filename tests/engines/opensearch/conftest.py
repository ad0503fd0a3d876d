"""Our engine on the real cluster: as another process would open it, past it, and with nodes that are taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from indexer.engines.factory import open_engine
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.settings import Settings
from tests.cluster.nodes import Cluster
from tests.engines.conftest import address


@pytest.fixture
def breakable(opensearch: Cluster) -> Iterator[Cluster]:
    """All three nodes, for a test that takes them away: whole at the start of each test, and mended after it."""
    opensearch.mend()
    yield opensearch
    opensearch.mend()


@pytest.fixture
def url(opensearch: Cluster) -> str:
    """ACTIVITIES_ENGINE of this test, with a prefix of its own."""
    return address(opensearch)


@pytest.fixture
def there(url: str, tmp_path: Path, content: Path) -> Settings:
    """The content folder, and this test's index."""
    return Settings(content=content, index=tmp_path / "index", engine=url)


@pytest.fixture
def open_cluster(url: str) -> Callable[[], OpenSearchEngine]:
    """Opens the engine of this test, as another process would."""

    def opened() -> OpenSearchEngine:
        found = open_engine(Settings(engine=url))
        assert isinstance(found, OpenSearchEngine)
        return found

    return opened


@pytest.fixture
def engine(open_cluster: Callable[[], OpenSearchEngine]) -> OpenSearchEngine:
    return open_cluster()


@pytest.fixture
def ask(opensearch: Cluster) -> Callable[..., Any]:
    """A request to the cluster past our engine: its answer, or the status where that is an error."""

    def asked(method: str, path: str, body: Any = None) -> Any:
        try:
            return opensearch.ask(method, path, body)
        except HTTPError as error:
            with error:
                return error.code

    return asked
