"""The `activities status` command."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from indexer.cli import EXIT_PROBLEMS, PATH, errors_as_exit_codes, settings_options
from indexer.engines.factory import open_engine
from indexer.indexing.status import read_status, status_json, status_lines
from indexer.search.zero_result_log import count_searches
from indexer.settings import Settings


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--misses",
    is_flag=True,
    help="Print the searches without results and their counts instead.",
)
@click.option(
    "--query-log",
    type=PATH,
    envvar="ACTIVITIES_QUERY_LOG",
    help="The log file that --misses reads.",
)
@settings_options
def status_command(settings: Settings, as_json: bool, misses: bool, query_log: Path | None) -> None:
    """Show the index, its differences from the content, and the last runs.

    The exit code is 1 if the index differs from the content.
    """
    if misses:
        _print_zero_result_searches(query_log, as_json)
        return
    with errors_as_exit_codes():
        index_status = read_status(open_engine(settings), settings)
    if as_json:
        click.echo(json.dumps(status_json(index_status), ensure_ascii=False))
    else:
        click.echo("\n".join(status_lines(index_status)))
    sys.exit(EXIT_PROBLEMS if index_status.drift else 0)


def _print_zero_result_searches(log: Path | None, as_json: bool) -> None:
    if log is None:
        raise click.UsageError(
            "--misses needs the query log of the server: pass its path with --query-log or "
            "ACTIVITIES_QUERY_LOG, here and to the server"
        )
    if not log.exists():
        raise click.UsageError(
            f"there is no log {log}: a server with --query-log creates it when it starts"
        )
    counts = count_searches(log)
    if as_json:
        records = [{"q": words, "count": count} for words, count in counts]
        click.echo(json.dumps(records, ensure_ascii=False))
    else:
        lines = [f"{count:6,}  {words}" for words, count in counts]
        click.echo("\n".join(lines) or "no searches without results")
