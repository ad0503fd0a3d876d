"""The `activities suggest-synonyms` command."""

from __future__ import annotations

import json

import click

from indexer.cli import errors_as_exit_codes, settings_options
from indexer.content.files import check_folder
from indexer.content.synonym_suggestions import suggest_synonyms, to_synonym_file
from indexer.content.synonyms import load_synonym_file
from indexer.settings import Settings


@click.command("suggest-synonyms")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per suggestion.")
@settings_options
def suggest_synonyms_command(settings: Settings, as_json: bool) -> None:
    """Suggest entries for the synonyms: abbreviations that the activities define.

    An activity defines an abbreviation as "long form (LF)" or "LF (long form)". Pairs that the file
    of synonyms relates already are left out. The lines have the form of that file.
    """
    with errors_as_exit_codes():
        file = load_synonym_file(settings.content)
        activities = (
            parsed.activity
            for _, parsed in check_folder(settings.content, settings.index)
            if parsed.activity
        )
        suggestions = suggest_synonyms(activities, file)
    if as_json:
        for suggestion in suggestions:
            record = {
                name: getattr(suggestion, name)
                for name in ("language", "short", "long", "count", "example", "entry")
            }
            click.echo(json.dumps(record, ensure_ascii=False))
    else:
        for line in to_synonym_file(suggestions):
            click.echo(line)
    click.echo(f"{len(suggestions)} suggestions", err=True)
