"""The `activities rollback` command."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime

import click

from indexer.cli import EXIT_ENGINE, errors_as_exit_codes, report_waiting, writer_options
from indexer.commands.generation_parameter import NumberOrTime
from indexer.engines.base import Generation, IndexMissing
from indexer.engines.factory import open_engine
from indexer.indexing.rollback import roll_back
from indexer.indexing.sync import LOCK_TIMEOUT, owner_name
from indexer.settings import Settings


@click.command("rollback")
@click.option(
    "--to",
    type=NumberOrTime(),
    metavar="NUMBER|TIME",
    help="The number of the generation to restore, or a time (ISO 8601) to restore the newest "
    "generation at that time. By default the previous generation.",
)
@writer_options
def rollback_command(settings: Settings, to: int | datetime | None) -> None:
    """Restore an earlier generation and hold the index there until index --resume.

    Activities that have been withdrawn or deleted since then are left out.
    """
    with errors_as_exit_codes():
        engine = open_engine(settings)
        generations = engine.generations()
        if not generations:
            engine.stats()  # raises the error that says how to create an index
        generation = _target(generations, to)
        if generation is None:
            click.echo("activities: there is no earlier generation to restore", err=True)
            sys.exit(EXIT_ENGINE)
        owner = owner_name("activities rollback")
        rollback = roll_back(
            engine,
            settings.content,
            generation.number,
            owner,
            LOCK_TIMEOUT,
            report_waiting,
            cache=settings.index,
        )
    restored = rollback.generation
    if rollback.problem:
        click.echo(f"not compared with the content: {rollback.problem}", err=True)
    if rollback.left_out:
        count = _activities(len(rollback.left_out))
        click.echo(
            f"left out {count} withdrawn or deleted since then: to show them again, restore their "
            'files and run "activities index --resume"',
            err=True,
        )
    if rollback.republished:
        count = _activities(len(rollback.republished))
        click.echo(
            f"kept the current version of {count} withdrawn and published again since then",
            err=True,
        )
    if rollback.unrecorded:
        click.echo(f"activities: the changes were not recorded: {rollback.unrecorded}", err=True)
    click.echo(
        f"generation {restored.number} restores generation {restored.restores} "
        f"of {generation.indexed_at}; "
        'the index is held until you run "activities index --resume"'
    )


def _activities(count: int) -> str:
    return "1 activity" if count == 1 else f"{count} activities"


def _target(generations: Sequence[Generation], to: int | datetime | None) -> Generation | None:
    """Return the generation to restore; None if the current generation is the first.

    Raises IndexMissing, with a list of all generations, if no generation matches `to`.
    """
    if to is None:
        return _previous_generation(generations)
    if isinstance(to, int):
        matches = [generation for generation in generations if generation.number == to]
        problem = f"generation {to} is not kept"
    else:
        matches = [
            generation
            for generation in generations
            if datetime.fromisoformat(generation.indexed_at) <= to
        ]
        problem = f"no generation from {to.isoformat(timespec='seconds')} or earlier is kept"
    if not matches:
        choices = "".join(f"\n  {_describe(generation)}" for generation in generations)
        raise IndexMissing(f"{problem}: choose one of these with --to{choices}")
    return matches[-1]


def _describe(generation: Generation) -> str:
    return f"{generation.number}: {generation.indexed_at}, {generation.activities} activities"


def _previous_generation(generations: Sequence[Generation]) -> Generation | None:
    """Return the generation before the current one, or None.

    A restored generation counts as the original, so that two rollbacks go back two steps.
    """
    if not generations:
        return None
    current = generations[-1].restores or generations[-1].number
    earlier = [generation for generation in generations if generation.number < current]
    return earlier[-1] if earlier else None
