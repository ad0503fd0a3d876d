"""`activities index` counts the files that are not read and look like Markdown."""

from __future__ import annotations

from click.testing import CliRunner

from indexer.settings import Settings
from webapp.cli import cli


def test_a_run_counts_the_files_that_are_not_read(settings: Settings) -> None:
    (settings.content / "_posts").mkdir()
    (settings.content / "one.md.bak").write_text("Text.")
    folders = ["--content", str(settings.content), "--index", str(settings.index)]
    result = CliRunner().invoke(cli, ["index", *folders])
    assert result.exit_code == 0
    assert '2 files and folders are not read: "activities check" lists them' in result.stderr
