"""All engines, each with its own storage, for the tests that every engine must pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.settings import Settings
from tests.cluster.nodes import Cluster

OpenEngine = Callable[[], Engine]


def address(cluster: Cluster, prefix: str = "") -> str:
    """Return ACTIVITIES_ENGINE for a cluster. By default the prefix is unique to the test."""
    hosts = ",".join(url.removeprefix("http://") for url in cluster.urls)
    return f"opensearch+http://{hosts}/{prefix or f't{uuid4().hex[:12]}'}"


ON_A_CLUSTER = [pytest.mark.slow, pytest.mark.xdist_group("opensearch"), pytest.mark.timeout(600)]


@pytest.fixture(params=["whoosh", pytest.param("opensearch", marks=ON_A_CLUSTER)])
def open_again(request: pytest.FixtureRequest, tmp_path: Path) -> OpenEngine:
    """Return a function that opens this test's index, as another process would."""
    engine = (
        "whoosh" if request.param == "whoosh" else address(request.getfixturevalue("opensearch"))
    )
    return lambda: open_engine(Settings(index=tmp_path / "index", engine=engine))
