"""The `activities index` command."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

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
@click.option("--rebuild", is_flag=True, help="Rewrite the whole index.")
@click.option("--verify", is_flag=True, help="Read all files, even if they seem unchanged.")
@click.option("--resume", is_flag=True, help="Continue after a rollback.")
@click.option(
    "--allow-deletions",
    is_flag=True,
    help="Delete all activities that have no file, whatever their number.",
)
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
    settings: Settings,
    rebuild: bool,
    verify: bool,
    resume: bool,
    allow_deletions: bool,
    wait: float,
    as_json: bool,
) -> None:
    """Index the new and changed files, and remove deleted activities, in one commit."""
    bar = ProgressBar()
    options = SyncOptions(
        rebuild, resume, verify, allow_deletions, timeout=wait, progress=bar, on_wait=report_waiting
    )
    with errors_as_exit_codes():
        summary = sync(
            open_engine(settings),
            settings.content,
            owner_name("activities index"),
            options,
            cache=settings.index,
        )
    bar.finish()
    print_notices(summary)
    unchanged = not (summary.added or summary.changed or summary.deleted or rebuild or verify)
    if summary.held is None or summary.errors:
        RunErrors(settings.index).print_run(summary, unchanged=unchanged)
    for message in summary_messages(summary):
        click.echo(message, err=True)
    if as_json:
        click.echo(json.dumps(_summary_json(summary), ensure_ascii=False))
    elif summary.applied:
        click.echo(summary_line(summary))
    failed = summary.errors or summary.held is not None or summary.refusal
    sys.exit(EXIT_PROBLEMS if failed else 0)


def summary_messages(summary: Summary) -> Iterator[str]:
    """Yield a message for each withdrawn activity, and the reason if nothing else was applied."""
    yield from withdrawal_messages(summary)
    if summary.held is not None:
        changes = "only withdrawals were applied" if summary.withdrawn else "nothing was indexed"
        yield (
            f"held at generation {summary.held} by a rollback: {changes}; "
            'run "activities index --resume" to continue'
        )
    if summary.passed_over:
        entries = "file or folder is" if summary.passed_over == 1 else "files and folders are"
        yield f'{summary.passed_over} {entries} not read: "activities check" lists them'
    if summary.refusal:
        yield f"deletions refused: {summary.refusal}"
        if not summary.applied:
            yield "only withdrawals were applied" if summary.withdrawn else "nothing was indexed"


def withdrawal_messages(summary: Summary) -> Iterator[str]:
    """Yield one message for each activity that was withdrawn."""
    for id, reason in summary.withdrawn.items():
        yield f"{id}: withdrawn ({reason}) and removed from the index"


def _summary_json(summary: Summary) -> dict[str, Any]:
    values = {name: getattr(summary, name) for name in Summary.__slots__}
    values["seconds"] = round(summary.seconds, 3)
    values["errors"] = [str(error) for error in summary.errors]
    values["refusal"] = summary.refusal.as_json() if summary.refusal else None
    return values


def print_notices(summary: Summary) -> None:
    """Print the removed indices, and why the changes of a run were not recorded."""
    for line in summary.removed:
        click.echo(f"activities: {line}", err=True)
    if summary.unrecorded:
        click.echo(f"activities: the changes were not recorded: {summary.unrecorded}", err=True)


def summary_line(summary: Summary) -> str:
    """Return the counts and the duration of a run as one line."""
    names = ("added", "changed", "deleted", "unchanged", "rejected")
    counts = ", ".join(f"{getattr(summary, name)} {name}" for name in names)
    return f"{counts} in {summary.seconds:.2f} seconds"
