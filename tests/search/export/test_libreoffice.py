"""Office files opened in LibreOffice, which converts them."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Generation
from indexer.search.export import export
from indexer.search.request import SearchRequest
from webapp.search_state import search_source

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

GENERATION = Generation(12, "2026-01-02T03:04:05Z", "a test", 2)
BODIES = {
    "en": "In **Pakistan**, UNODC trained [police](https://example.org/p).\n\n- One\n- Two\n\n"
    "| Year | Officers |\n| --- | --- |\n| 2018 | 200 |",
    "ar": "قدّم المكتب تدريبا للشرطة سنة 2019 (UNODC).",
    "fr": "=1+1 L’ONUDC a formé des juges & des avocats <en Tunisie>.",
}
Convert = Callable[[str, str], Path]


@pytest.fixture
def convert(tmp_path: Path) -> Convert:
    """Return a function that exports BODIES in a format, and converts the file to another."""
    office = shutil.which("soffice")
    if office is None:
        missing = "LibreOffice is not installed: apt-get install libreoffice"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)

    def run(format: str, target: str) -> Path:
        rows = [
            Activity(
                f"a-{language}",
                "",
                body,
                language,
                {"country": ("PAK", "EGY"), "year": (2019,), "source": ("A report",)},
                body,
                "2026-01-02T03:04:05Z",
            )
            for language, body in BODIES.items()
        ]
        source = search_source(SearchRequest("police"), 3, GENERATION, "https://a.example")
        file = tmp_path / f"briefing.{format}"
        file.write_bytes(b"".join(export(format, source, iter(rows), Vocabulary({}))))
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        subprocess.run(
            [office, profile, "--headless", "--convert-to", target, "--outdir", tmp_path, file],
            check=True,
            capture_output=True,
            timeout=240,
        )
        return tmp_path / f"briefing.{target.partition(':')[0]}"

    return run


def test_libreoffice_shows_the_whole_briefing(convert: Convert) -> None:
    text = convert("docx", "txt:Text (encoded):UTF8").read_text("utf-8-sig")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert lines[:2] == ["Briefing", "Police"]
    for line in (
        "Egypt: 3 activities",
        "Pakistan: 3 activities",
        "In Pakistan, UNODC trained police.",
        BODIES["ar"],
        BODIES["fr"],
        "About this briefing",
    ):
        assert line in lines
    assert [lines.count(heading) for heading in ("Sources", "Contents")] == [2, 1]


def test_libreoffice_lays_out_pages_with_links(convert: Convert) -> None:
    document = convert("docx", "pdf").read_bytes()
    assert document.startswith(b"%PDF")
    assert document.count(b"/Type/Page/") > 1
    assert document.count(b"/Subtype/Link") > 10


def test_libreoffice_reads_each_cell_of_the_workbook(convert: Convert) -> None:
    with convert("xlsx", "csv:Text - txt - csv (StarCalc):44,34,76").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["Text"] for row in rows] == list(BODIES.values())
    assert {row["Years mentioned"] for row in rows} == {"2019"}
    assert {row["Country"] for row in rows} == {"Pakistan; Egypt"}
    assert rows[0]["Indexed (UTC)"] == "2026-01-02 03:04"
