"""The zero-result log, and the counts of `activities status --misses`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer import jsonl
from indexer.search.zero_result_log import count_searches
from webapp.cli import cli


def write(log: Path, *searches: tuple[str, str]) -> None:
    """Log searches, ("MM:SS", text), of one hour."""
    for time, words in searches:
        jsonl.append(log, {"time": f"2026-11-24T10:{time}Z", "q": words, "filters": []})


def test_texts_are_counted_without_case_and_repeated_spaces(tmp_path: Path) -> None:
    log = tmp_path / "misses.jsonl"
    write(log, ("00:00", "Safe houses"), ("05:00", " safe  HOUSES"), ("09:00", "yak"))
    assert count_searches(log) == [("safe houses", 2), ("yak", 1)]


def test_a_text_that_was_extended_while_typing_is_not_counted(tmp_path: Path) -> None:
    log = tmp_path / "misses.jsonl"
    write(
        log,
        ("00:00", "z"),
        ("00:01", "zeb"),
        ("00:02", "yak"),
        ("00:03", "zebra cros"),
        ("00:04", "zebra crossing"),
        ("00:06", "zebra"),
        ("00:30", "zeb"),
    )
    assert count_searches(log) == [("yak", 1), ("zeb", 1), ("zebra crossing", 1)]


def test_damaged_records_of_a_log_are_skipped(
    tmp_path: Path,
) -> None:
    log = tmp_path / "misses.jsonl"
    write(log, ("00:00", "yak"))
    with log.open("a") as file:
        file.write(
            '{"q": "no time"}\n{"time": 3, "q": ["x"]}\n[]\n'
            '{"time": "2026-11-24T10:00:00Z", "q": "cut'
        )
    assert dict(count_searches(log))["yak"] == 1
    assert dict(count_searches(log))["no time"] == 1


@pytest.mark.parametrize("as_json", [False, True])
def test_the_status_command_prints_the_counts(tmp_path: Path, as_json: bool) -> None:
    log = tmp_path / "misses.jsonl"
    write(log, ("00:00", "safe houses"), ("09:00", "safe houses"), ("20:00", "yak"))
    result = CliRunner().invoke(
        cli, ["status", "--misses", "--query-log", str(log), *(["--json"] if as_json else [])]
    )
    assert result.exit_code == 0
    if as_json:
        assert json.loads(result.stdout) == [
            {"q": "safe houses", "count": 2},
            {"q": "yak", "count": 1},
        ]
    else:
        assert [line.split(maxsplit=1) for line in result.stdout.splitlines()] == [
            ["2", "safe houses"],
            ["1", "yak"],
        ]


@pytest.mark.parametrize("arguments", [[], ["--query-log", "nowhere/misses.jsonl"]])
def test_a_missing_log_is_an_error_that_names_the_server_option(arguments: list[str]) -> None:
    result = CliRunner().invoke(
        cli, ["status", "--misses", *arguments], env={"ACTIVITIES_QUERY_LOG": ""}
    )
    assert result.exit_code == 2
    assert "server" in result.stderr


def test_a_server_that_cannot_write_its_log_does_not_start(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        cli, ["serve", "--query-log", str(tmp_path / "nowhere" / "misses.jsonl")]
    )
    assert result.exit_code == 2
    assert "create its folder" in result.stderr
