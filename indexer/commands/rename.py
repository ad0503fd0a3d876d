"""The `activities rename` command."""

from __future__ import annotations

import sys

import click

from indexer.cli import EXIT_PROBLEMS, errors_as_exit_codes, settings_options
from indexer.content.files import read_rules
from indexer.content.rename_activity import NotRenamed, rename_activity
from indexer.content.values import is_id
from indexer.settings import Settings


@click.command("rename")
@click.argument("old_id")
@click.argument("new_id")
@settings_options
def rename_command(settings: Settings, old_id: str, new_id: str) -> None:
    """Move the file of an activity to a new id, and add the old one to its aliases.

    The old address then redirects to the new one. The next run indexes the change.
    """
    if not is_id(new_id) or new_id == old_id:
        reason = "it has the old id" if new_id == old_id else "use a-z, 0-9, hyphens and /"
        raise click.UsageError(f'"{new_id}" cannot be the new id: {reason}')
    rules, _ = read_rules(settings.content, settings.index)
    with errors_as_exit_codes():
        try:
            paths = rename_activity(settings.content, old_id, new_id, rules)
        except NotRenamed as problem:
            click.echo(f"activities: {problem}", err=True)
            sys.exit(EXIT_PROBLEMS)
    click.echo(" -> ".join(paths))
