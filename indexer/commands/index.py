"""The `activities index` command."""

from __future__ import annotations

import json
import sys

import click

from indexer.cli import (
    EXIT_PROBLEMS,
    ProgressBar,
    errors_as_exit_codes,
    report_waiting,
    writer_options,
)
from indexer.commands.error_report import RunErrors
from indexer.engines.factory import open_engine
from indexer.indexing.sync import LOCK_TIMEOUT, Summary, SyncOptions, owner_name, sync
from indexer.settings import Settings


@click.command("index")
@click.option("--rebuild", is_flag=True, help="Write the whole index again.")
@click.option("--verify", is_flag=True, help="Read all files, even if they seem unchanged.")
@click.option("--resume", is_flag=True, help="Continue after a rollback.")
@click.option(
    "--wait",
    type=float,
    default=LOCK_TIMEOUT,
    show_default=True,
    help="Seconds to wait for another writer.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@writer_options
def index_command(
    settings: Settings, rebuild: bool, verify: bool, resume: bool, wait: float, as_json: bool
) -> None:
    """Index the new and changed files, and remove deleted activities, in one commit."""
    bar = ProgressBar()
    with errors_as_exit_codes():
        summary = sync(
            open_engine(settings),
            settings.content,
            owner_name("activities index"),
            SyncOptions(rebuild, resume, verify, wait, progress=bar, on_wait=report_waiting),
            cache=settings.index,
        )
    bar.finish()
    print_removed(summary)
    unchanged = not (summary.added or summary.changed or summary.deleted or rebuild or verify)
    if summary.held is None or summary.errors:
        RunErrors(settings.index).print_run(summary, unchanged=unchanged)
    if summary.held is not None:
        click.echo(
            f"held at generation {summary.held} by a rollback: nothing was indexed; "
            'run "activities index --resume" to continue',
            err=True,
        )
    if as_json:
        counts = {name: getattr(summary, name) for name in Summary.__slots__}
        counts["seconds"] = round(summary.seconds, 3)
        counts["errors"] = [str(error) for error in summary.errors]
        click.echo(json.dumps(counts, ensure_ascii=False))
    elif summary.held is None:
        click.echo(summary_line(summary))
    sys.exit(EXIT_PROBLEMS if summary.errors or summary.held is not None else 0)


def print_removed(summary: Summary) -> None:
    """Print which indices of former releases a run has removed."""
    for line in summary.removed:
        click.echo(f"activities: {line}", err=True)


def summary_line(summary: Summary) -> str:
    """Return the counts and the duration of a run as one line."""
    names = ("added", "changed", "deleted", "unchanged", "rejected")
    counts = ", ".join(f"{getattr(summary, name)} {name}" for name in names)
    return f"{counts} in {summary.seconds:.2f} seconds"
