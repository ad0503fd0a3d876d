"""The `activities rename-value` command."""

from __future__ import annotations

import sys

import click

from indexer.cli import EXIT_PROBLEMS, errors_as_exit_codes, settings_options
from indexer.content.files import read_rules
from indexer.content.rename_value import rename_value
from indexer.content.slug_check import SLUG_FIELDS
from indexer.content.values import slug
from indexer.schema import NOT_STATED
from indexer.settings import Settings


@click.command("rename-value")
@click.argument("field", type=click.Choice(SLUG_FIELDS))
@click.argument("old")
@click.argument("new")
@settings_options
def rename_value_command(settings: Settings, field: str, old: str, new: str) -> None:
    """Rename a theme, partner or agency in every file and in the vocabulary.

    OLD and NEW are slugs. If NEW already exists, the two are merged. The paths of the changed
    files are printed. The next run indexes the change.
    """
    for name, text in (("OLD", old), ("NEW", new)):
        if slug(text) != text or text in ("", NOT_STATED):
            raise click.UsageError(f'{name}: "{text}" is not a slug: use a-z, 0-9 and hyphens')
    if old == new:
        raise click.UsageError("OLD and NEW are the same")
    rules, _ = read_rules(settings.content, settings.index)
    changed = left = 0
    with errors_as_exit_codes():
        for path, reason in rename_value(settings.content, field, old, new, rules):
            if reason:
                left += 1
                click.echo(f"{path}: {reason}", err=True)
            else:
                changed += 1
                click.echo(path)
    click.echo(f"{changed} files changed, {left} not changed", err=True)
    sys.exit(EXIT_PROBLEMS if left or not changed else 0)
