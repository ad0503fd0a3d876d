"""The HTML of every page passes the Nu HTML Checker."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from urllib.error import HTTPError

import pytest

from indexer.settings import Settings
from tests.browser.test_search import PAGES
from tests.serving import Server
from webapp import create_app

JAR = Path(__file__).parent / "node_modules/vnu-jar/build/dist/vnu.jar"


def markup_errors(folder: Path) -> list[str]:
    """Return the errors and warnings in the .html files of a folder."""
    java = shutil.which("java")
    if java is None or not JAR.exists():
        missing = "the Nu HTML Checker is not installed: it needs Java, and npm ci in tests/browser"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    files = sorted(folder.glob("*.html"))
    process = subprocess.run(
        [java, "-jar", JAR, "--format", "json", "--stdout", *files],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    messages = json.loads(process.stdout)["messages"]
    return [f"{Path(m['url']).name}:{m.get('lastLine')}: {m['message']}" for m in messages]


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_no_page_has_markup_errors(server: Server, tmp_path: Path) -> None:
    pages = PAGES | {"fragment": "/fragment?q=police"}
    for name, address in pages.items():
        if address == "/no-index":
            text = (
                create_app(Settings(content=tmp_path, index=tmp_path / "none"))
                .test_client()
                .get("/")
                .text
            )
        else:
            try:
                text = server.get(address)
            except HTTPError as error:
                text = error.read().decode()
        if address.startswith("/fragment"):
            head = '<!doctype html><html lang="en"><head><title>x</title></head>'
            text = f"{head}<body>{text}</body></html>"
        (tmp_path / f"{name}.html").write_text(text, encoding="utf-8")
    assert markup_errors(tmp_path) == []
    (tmp_path / "invalid.html").write_text("<!doctype html><p><div></p>")
    assert any(line.startswith("invalid.html") for line in markup_errors(tmp_path))
