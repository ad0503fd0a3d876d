"""The `activities forget` command."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from indexer.cli import (
    EXIT_PROBLEMS,
    ProgressBar,
    errors_as_exit_codes,
    report_waiting,
    writer_options,
)
from indexer.content.values import is_id
from indexer.engines.factory import open_engine
from indexer.indexing.forget import Forgotten, UnknownActivity, forget
from indexer.indexing.sync import LOCK_TIMEOUT, owner_name
from indexer.settings import Settings

NOT_REACHED = (
    "not reached: backups, snapshots of the disk or the cluster, the Git history of the content "
    "folder, messages and search logs of the service, files that readers have downloaded, and "
    "caches of browsers and search engines. Freed disk space keeps its data until it is used again."
)


def _valid_ids(
    context: click.Context, parameter: click.Parameter, value: tuple[str, ...]
) -> tuple[str, ...]:
    for id in value:
        if not is_id(id):
            raise click.BadParameter(f"“{id}” is not the id of an activity, such as asia/shelters")
    return tuple(dict.fromkeys(value))


@click.command("forget")
@click.argument("ids", nargs=-1, required=True, metavar="ID...", callback=_valid_ids)
@writer_options
def forget_command(settings: Settings, ids: tuple[str, ...]) -> None:
    """Remove all texts of withdrawn activities, also from earlier generations.

    Delete the file of each activity first, or make it a draft. Earlier generations can then no
    longer be restored. The record of changes keeps the ids and the times.
    """
    progress = ProgressBar()
    with errors_as_exit_codes():
        try:
            result = forget(
                open_engine(settings),
                settings.content,
                ids,
                owner_name("activities forget"),
                LOCK_TIMEOUT,
                report_waiting,
                cache=settings.index,
                progress=progress,
            )
        except UnknownActivity as error:
            click.echo(f"activities: {error}", err=True)
            sys.exit(EXIT_PROBLEMS)
        finally:
            progress.finish()
    for line in _report(ids, result):
        click.echo(line)
    for path in result.drafts:
        click.echo(f"{path}: is a draft and still has a text: edit or delete the file", err=True)
    for folder in unused_indexes(settings):
        click.echo(f"{folder}: is an index that --engine does not use: delete it", err=True)
    click.echo(NOT_REACHED, err=True)


def unused_indexes(settings: Settings) -> list[Path]:
    """Return the folders of a Whoosh index if another engine is used."""
    if settings.engine == "whoosh":
        return []  # the engine removed unused files
    return sorted(settings.index.glob("[0-9a-f]" * 12))


def _report(ids: tuple[str, ...], result: Forgotten) -> list[str]:
    """Return a line for each thing that was removed."""
    lines = [f"forgot {id}" for id in ids]
    them, their = ("it", "its") if len(ids) == 1 else ("them", "their")
    lines.append(f"wrote generation {result.generation.number} without {them}")
    if result.dropped:
        numbers = ", ".join(map(str, result.dropped))
        lines.append(f"removed the earlier generations: {numbers}")
    lines += result.other_indices
    if result.errors:
        lines.append(f"removed {_count(result.errors, 'error')} about {their} files from the logs")
    evidence = result.evidence.items()
    lines += [f"removed {_count(n, 'line')} about {them} from {path}" for path, n in evidence]
    return lines


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
