"""The Nu HTML Checker finds no error on any page."""

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


def checked(folder: Path) -> list[str]:
    """The errors in the .html files of a folder."""
    java = shutil.which("java")
    if java is None or not JAR.exists():
        missing = "the Nu HTML Checker is not installed: it needs Java, and npm ci in tests/browser"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    files = sorted(folder.glob("*.html"))
    ran = subprocess.run(
        [java, "-jar", JAR, "--format", "json", "--stdout", *files],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    found = json.loads(ran.stdout)["messages"]
    return [
        f"{Path(m['url']).name}:{m.get('lastLine')}: {m['message']}"
        for m in found
        if m["type"] == "error"
    ]


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_no_page_has_an_error_of_markup(server: Server, tmp_path: Path) -> None:
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
        if address.startswith("/fragment"):  # put where it goes
            text = f'<!doctype html><html lang="en"><head><title>x</title></head><body>{text}</body></html>'
        (tmp_path / f"{name}.html").write_text(text, encoding="utf-8")
    assert checked(tmp_path) == []
    (tmp_path / "wrong.html").write_text("<!doctype html><p><div></p>")
    assert any(line.startswith("wrong.html") for line in checked(tmp_path))
