"""All engines, each with its own storage, for the tests that every engine must pass."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
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


class ManualClock:
    """A clock that moves only when a test sets its time, in seconds since 1970."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture(params=["whoosh", pytest.param("opensearch", marks=ON_A_CLUSTER)])
def engine_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The settings of an index for this test in each engine."""
    engine = (
        "whoosh" if request.param == "whoosh" else address(request.getfixturevalue("opensearch"))
    )
    return Settings(index=tmp_path / "index", engine=engine)


@pytest.fixture
def open_again(engine_settings: Settings) -> OpenEngine:
    """Return a function that opens this test's index, as another process would."""
    return lambda: open_engine(engine_settings)


@pytest.fixture
def clock() -> ManualClock:
    """The clock of the engines that open_timed opens: noon of a day in UTC."""
    return ManualClock(datetime(2026, 11, 28, 12, tzinfo=UTC).timestamp())


@pytest.fixture
def open_timed(engine_settings: Settings, clock: ManualClock) -> OpenEngine:
    """Return a function that opens this test's index, as a process with the manual clock."""
    return lambda: open_engine(engine_settings, clock)
