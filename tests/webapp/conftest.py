"""Fixtures: an application over a real index of a small content folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.settings import Settings
from webapp import create_app

# Front matter and body, separated by "|", by id.
FILES = {
    "pakistan-trafficking": "country: [PAK]\nyear: [2019, 2020]\nagency: [unodc]\n"
    "theme: [trafficking]\nsource: https://example.org/report\naliases: [old/name]|"
    "Police in Pakistan were trained on trafficking in persons.",
    "myanmar-police": "country: [PAK, MMR]\nagency: [unodc]\nsource: A printed report|"
    "Police trained on trafficked women in seven cities of two countries, through one long winter, "
    "and on the care of those who were abused.",
    "egypt-shelter": "country: EGY\nyear: 2019\nagency: [un-women]\ntitle: Shelters|"
    "Shelters opened, *quickly*.",
    "nowhere": "agency: [unodc]|A guide for prosecutors.",
    "hostile": "title: <i>Hostile</i> & co\nsource: javascript:alert(1)|"
    "<script>alert(1)</script>\n\n"
    "A [link](javascript:alert(2)), <b onclick=x>raw</b> and ![img](https://elsewhere.example/x.png).",
    "arabe": "language: ar\ncountry: [EGY]|قدّم المكتب تدريبا للشرطة.",
}


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder: Path = tmp_path_factory.mktemp("web")
    content = folder / "content"
    content.mkdir()
    for id, text in FILES.items():
        front, _, body = text.partition("|")
        (content / f"{id}.md").write_text(f"---\n{front}\n---\n\n{body}\n", encoding="utf-8")
    (content / "_vocabulary.yaml").write_text("agency:\n  unodc: UNODC\n", encoding="utf-8")
    settings = Settings(content=content, index=folder / "index")
    summary = sync(open_engine(settings), content, owner="tests")
    assert not summary.errors
    return settings


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    return create_app(settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
