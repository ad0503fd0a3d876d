"""`activities report`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.cli import cli

Run = Callable[..., Result]


@pytest.fixture
def run(content: Path, tmp_path: Path) -> Run:
    folders = ("--content", str(content), "--index", str(tmp_path / "index"))
    return lambda *options: CliRunner().invoke(cli, ["report", *folders, *options])


def test_the_path_of_the_page_is_printed(run: Run, tmp_path: Path) -> None:
    result = run(str(tmp_path / "report"))
    assert result.exit_code == 0
    assert result.stdout == f"{tmp_path}/report/index.html\n"
    page = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert "activities report --check-links" in page


def test_a_folder_that_is_not_a_report_is_refused(run: Run, content: Path) -> None:
    result = run(str(content))
    assert result.exit_code == 2
    assert "is not a report" in result.stderr


def test_searches_of_the_log_are_in_the_report(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text('{"time": "2026-11-28T10:00:00Z", "q": "wimen"}\n', encoding="utf-8")
    run(str(tmp_path / "report"), "--query-log", str(log))
    page = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert "<bdi>wimen</bdi>" in page


def test_only_links_to_public_addresses_are_opened(run: Run, content: Path, tmp_path: Path) -> None:
    text = "---\nsource: http://127.0.0.1:9/x\n---\nText.\n"
    (content / "local.md").write_text(text, encoding="utf-8")
    result = run(str(tmp_path / "report"), "--check-links")
    assert result.stderr == "opening 1 links\n"
    page = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert "leads to an address that is not public, so it was not opened" in page


def test_a_folder_of_content_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    options = ["report", str(tmp_path / "report"), "--content", str(tmp_path / "missing")]
    assert CliRunner().invoke(cli, options).exit_code == 1
    assert not (tmp_path / "report").exists()
