"""The parameters of a search as options and arguments of commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from indexer.content.settings_file import Loaded, SettingsFile
from indexer.content.synonyms import Synonyms, synonyms_file
from indexer.content.values import MAX_ID_LENGTH
from indexer.content.vocabulary import Vocabulary, vocabulary_file
from indexer.schema import FACETS, FIELD, NOT_STATED
from indexer.search.request import Filter
from indexer.settings import Settings


def facet_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add one option per facet to a command."""
    for name in reversed(list(FACETS)):
        help = f"Only activities with this {FIELD[name].label.lower()}; may be repeated."
        command = click.option(f"--{name}", multiple=True, metavar="VALUE", help=help)(command)
    return command


def filters_of(facets: Mapping[str, tuple[str, ...]], vocabulary: Vocabulary) -> tuple[Filter, ...]:
    """Return the filters for options with keys or labels. Raises click.UsageError."""
    filters = []
    for name, values in facets.items():
        for value in values:
            keys = (value,) if value == NOT_STATED else vocabulary.keys(name, value)
            if not keys or len(keys[0]) > MAX_ID_LENGTH:
                label = FIELD[name].label.lower()
                raise click.UsageError(f'--{name}: "{value}" is not a {label}')
            filters.append(Filter(name, keys[0]))
    return tuple(filters)


def load_vocabulary(settings: Settings) -> Vocabulary:
    """Return the last good version of the vocabulary. Prints a warning if it has an error now."""
    return _load(vocabulary_file(settings.content, settings.index))


def load_synonyms(settings: Settings) -> Synonyms:
    """Return the last good version of the synonyms. Prints a warning if they have an error now."""
    return _load(synonyms_file(settings.content, settings.index))


def _load(file: SettingsFile[Loaded]) -> Loaded:
    value = file.value()
    if file.error:
        click.echo(str(file.error), err=True)
    return value
