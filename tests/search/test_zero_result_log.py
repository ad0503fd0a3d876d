"""What was searched for and not found, as `activities status --misses` counts it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer import jsonl
from indexer.search.zero_result_log import count_searches
from webapp.cli import cli


def write(log: Path, *said: tuple[str, str]) -> None:
    """Log searches at times of one hour, "MM:SS"."""
    for time, words in said:
        jsonl.append(log, {"time": f"2026-11-24T10:{time}Z", "q": words, "filters": []})


def test_words_are_counted_however_they_were_written(tmp_path: Path) -> None:
    log = tmp_path / "misses.jsonl"
    write(log, ("00:00", "Safe houses"), ("05:00", " safe  HOUSES"), ("09:00", "yak"))
    assert count_searches(log) == [("safe houses", 2), ("yak", 1)]


def test_a_word_that_was_only_begun_is_not_counted_beside_what_became_of_it(tmp_path: Path) -> None:
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


def test_a_log_that_was_cut_short_or_holds_something_else_is_counted_as_far_as_it_goes(
    tmp_path: Path,
) -> None:
    log = tmp_path / "misses.jsonl"
    write(log, ("00:00", "yak"))
    with log.open("a") as file:
        file.write(
            '{"q": "no time"}\n{"time": 3, "q": ["x"]}\n[]\n{"time": "2026-11-24T10:00:00Z", "q": "cut'
        )
    assert dict(count_searches(log))["yak"] == 1
    assert dict(count_searches(log))["no time"] == 1


@pytest.mark.parametrize("as_json", [False, True])
def test_the_command_counts_them(tmp_path: Path, as_json: bool) -> None:
    log = tmp_path / "misses.jsonl"
    write(log, ("00:00", "safe houses"), ("09:00", "safe houses"), ("20:00", "yak"))
    ran = CliRunner().invoke(
        cli, ["status", "--misses", "--query-log", str(log), *(["--json"] if as_json else [])]
    )
    assert ran.exit_code == 0
    if as_json:
        assert json.loads(ran.stdout) == [
            {"q": "safe houses", "count": 2},
            {"q": "yak", "count": 1},
        ]
    else:
        assert [line.split(maxsplit=1) for line in ran.stdout.splitlines()] == [
            ["2", "safe houses"],
            ["1", "yak"],
        ]


@pytest.mark.parametrize("arguments", [[], ["--query-log", "nowhere/misses.jsonl"]])
def test_a_log_that_is_not_there_is_said_with_the_cure(arguments: list[str]) -> None:
    ran = CliRunner().invoke(
        cli, ["status", "--misses", *arguments], env={"ACTIVITIES_QUERY_LOG": ""}
    )
    assert ran.exit_code == 2
    assert "server" in ran.stderr


def test_a_server_that_could_not_keep_the_log_does_not_start(tmp_path: Path) -> None:
    ran = CliRunner().invoke(
        cli, ["serve", "--query-log", str(tmp_path / "nowhere" / "misses.jsonl")]
    )
    assert ran.exit_code == 2
    assert "create its folder" in ran.stderr
