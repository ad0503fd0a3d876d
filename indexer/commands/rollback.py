"""The `activities rollback` command."""

from __future__ import annotations

import sys

import click

from indexer.cli import EXIT_ENGINE, errors_as_exit_codes, report_waiting, settings_options
from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.indexing.sync import LOCK_TIMEOUT, owner_name
from indexer.settings import Settings


@click.command("rollback")
@click.option("--to", type=int, help="The generation to restore; by default the previous one.")
@settings_options
def rollback_command(settings: Settings, to: int | None) -> None:
    """Restore an earlier generation and hold the index there until index --resume."""
    with errors_as_exit_codes():
        engine = open_engine(settings)
        generation = _previous_generation(engine) if to is None else to
        if generation is None:
            click.echo("activities: there is no earlier generation to restore", err=True)
            sys.exit(EXIT_ENGINE)
        owner = owner_name("activities rollback")
        restored = engine.rollback(generation, owner, LOCK_TIMEOUT, report_waiting)
    click.echo(
        f"generation {restored.number} restores generation {restored.restores}; "
        'the index is held until you run "activities index --resume"'
    )


def _previous_generation(engine: Engine) -> int | None:
    """Return the number of the generation before the current one; None without one.

    A restored generation counts as its original, so that two rollbacks go back two
    steps. Raises EngineError without an index.
    """
    generations = engine.generations()
    if not generations:
        engine.stats()  # raises the error that says how to create an index
        return None
    current = generations[-1].restores or generations[-1].number
    earlier = (generation.number for generation in generations if generation.number < current)
    return max(earlier, default=None)
