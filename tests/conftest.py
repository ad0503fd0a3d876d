"""Fixtures: a content folder, an index of it, and a cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType

import flask
import hypothesis
import pytest
from jinja2.bccache import Bucket, BytecodeCache

from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.indexing.sync import Summary, SyncOptions, sync
from indexer.settings import Settings
from tests.cluster.nodes import Cluster, cluster
from tests.cluster.parts import MissingPart

# No deadline: examples are slow on a busy machine, and pytest has its own time limit.
hypothesis.settings.register_profile(
    "here", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("here")


class CompiledTemplates(BytecodeCache):
    """The code of templates, by name and checksum of the source.

    Many tests create an application of their own, and compiling the templates of a page takes
    longer than such a test.
    """

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.code


flask.Flask.jinja_options = {"bytecode_cache": CompiledTemplates()}

ACTIVITIES = {
    "pak-trafficking": "---\ncountry: [PAK]\nyear: 2018\ntheme: trafficking-in-persons\n"
    "agency: unodc\naliases: [old-name]\n---\n"
    "In Pakistan, UNODC analysed trafficking in persons with women’s organisations.\n",
    "pak-mmr-roundtables": "---\ncountry: [PAK, MMR]\nagency: unodc\n---\n"
    "Roundtables on gender-based violence in 3 cities.\n",
    "kgz-police": "---\ncountry: [KGZ]\nyear: [2019, 2020]\nagency: unodc\n---\n"
    "Police officers were trained on domestic violence.\n",
    "global-guide": "---\ntitle: A guide for prosecutors\nyear: 2020\nagency: unodc\n---\n"
    "A guide on trafficked women, with **UN Women**.\n",
}


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A content folder with ACTIVITIES."""
    folder = tmp_path / "content"
    folder.mkdir()
    for name, text in ACTIVITIES.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def settings(tmp_path: Path, content: Path) -> Settings:
    return Settings(content=content, index=tmp_path / "index")


@pytest.fixture
def engine(settings: Settings) -> Engine:
    return open_engine(settings)


@pytest.fixture
def index(engine: Engine, content: Path, settings: Settings) -> Callable[..., Summary]:
    """Return a function that indexes the content folder with options of sync()."""
    return lambda **options: sync(
        engine, content, "a test", SyncOptions(**options), cache=settings.index
    )


@pytest.fixture(scope="session")
def opensearch() -> Iterator[Cluster]:
    """Start a real OpenSearch cluster of three nodes.

    Tests that use it are marked slow and xdist_group("opensearch"), so that one process runs them
    all on one cluster.
    """
    try:
        with cluster() as running:
            yield running
    except MissingPart as error:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"no OpenSearch: {error}")
