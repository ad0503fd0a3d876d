"""The `activities watch` command, and the messages of a watcher."""

from __future__ import annotations

from contextlib import suppress
from threading import Event

import click

from indexer.cli import errors_as_exit_codes, writer_options
from indexer.commands.error_report import RunErrors
from indexer.commands.index import print_notices, summary_line, withdrawal_messages
from indexer.content.visible_text import cut_message
from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.indexing.status import read_status
from indexer.indexing.sync import Summary, owner_name
from indexer.indexing.watch import Problem, Unwatchable, watch
from indexer.settings import Settings


@click.command("watch")
@writer_options
def watch_command(settings: Settings) -> None:
    """Index each saved content file at once, until Ctrl-C."""
    with errors_as_exit_codes():
        engine = open_engine(settings)
    click.echo(f"watching {settings.content}  (Ctrl-C stops)", err=True)
    with suppress(KeyboardInterrupt):
        report_watch(engine, settings, owner_name("activities watch"), Event())


def report_watch(engine: Engine, settings: Settings, owner: str, stop: Event) -> None:
    """Watch the content folder until stop is set, and print each run to standard error.

    A run without changes is not printed. A message that stays the same is printed once.
    """
    last_line = last_problem = last_refusal = ""
    last_errors: list[str] = []
    run_errors = RunErrors(settings.index)

    def on_run(summary: Summary) -> None:
        nonlocal last_line, last_problem, last_refusal, last_errors
        last_problem = ""
        print_notices(summary)
        has_changes = bool(summary.added or summary.changed or summary.deleted)
        errors = [str(error) for error in summary.errors]
        if errors != last_errors or has_changes:
            run_errors.print_run(summary, unchanged=not has_changes)
        last_errors = errors
        refusal = f"deletions refused: {summary.refusal}" if summary.refusal else ""
        if refusal and refusal != last_refusal:
            click.echo(refusal, err=True)
        last_refusal = refusal
        for message in withdrawal_messages(summary):
            click.echo(message, err=True)
        if summary.held is not None:
            line = _held_line(engine, settings, summary.held)
        elif has_changes:
            line = f"generation {summary.generation}: {summary_line(summary)}"
        else:
            return
        if line != last_line or summary.held is None:
            click.echo(line, err=True)
        last_line = line

    def on_problem(problem: Problem) -> None:
        nonlocal last_problem
        if str(problem) != last_problem:
            prefix = "" if isinstance(problem, Unwatchable) else "not indexed: "
            click.echo(cut_message(f"activities: {prefix}{problem}"), err=True)
        last_problem = str(problem)

    watch(engine, settings.content, owner, settings.index, stop, on_run, on_problem)


def _held_line(engine: Engine, settings: Settings, generation: int) -> str:
    drift = read_status(engine, settings).drift
    files = len(drift.unindexed) + len(drift.changed) + len(drift.orphaned)
    return (
        f"held at generation {generation} by a rollback, {files} files differ: "
        'run "activities index --resume" to continue'
    )
