"""The `activities changes` command."""

from __future__ import annotations

import difflib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import click

from indexer.cli import EXIT_ENGINE, errors_as_exit_codes, settings_options
from indexer.commands.generation_parameter import NumberOrTime
from indexer.commands.search_options import (
    facet_options,
    filters_of,
    load_synonyms,
    load_vocabulary,
)
from indexer.content.activity import Activity
from indexer.content.synonyms import Synonyms
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine, IndexMissing
from indexer.engines.change_record import TEXT, Change
from indexer.engines.factory import open_engine
from indexer.indexing.record_changes import stored_versions
from indexer.search.change_history import ChangeHistory, changes_since
from indexer.search.changes import matching_ids
from indexer.search.renames import with_renames
from indexer.search.request import SearchRequest
from indexer.settings import Settings

DEFAULT_DAYS = 7


@click.command("changes")
@click.argument("words", nargs=-1)
@click.option(
    "--since",
    type=NumberOrTime(),
    metavar="NUMBER|TIME",
    help=f"The number of a generation, or a time (ISO 8601). By default {DEFAULT_DAYS} days ago.",
)
@click.option(
    "--words", "show_words", is_flag=True, help="Show which words of edited texts are new and gone."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@facet_options
@settings_options
def changes_command(
    settings: Settings,
    words: tuple[str, ...],
    since: int | datetime | None,
    show_words: bool,
    as_json: bool,
    **facets: tuple[str, ...],
) -> None:
    """Show which activities were added, edited and withdrawn.

    With WORDS or filters, those are shown that were added or edited and match this search. The
    words that are gone can be shown while the generation of that time is kept.
    """
    if since is None:
        since = datetime.now(UTC) - timedelta(days=DEFAULT_DAYS)
    with errors_as_exit_codes():
        engine = open_engine(settings)
        engine.stats()  # raises the error that says how to create an index
        history = changes_since(engine, since)
        if history is None:
            click.echo('activities: no changes are recorded yet: run "activities index"', err=True)
            sys.exit(EXIT_ENGINE)
        with engine.snapshot() as snapshot:
            history = with_renames(history, snapshot)
        vocabulary = load_vocabulary(settings)
        request = SearchRequest(" ".join(words), filters_of(facets, vocabulary))
        if not history.is_complete:
            base = history.base
            begin = f"the record begins at generation {base.generation} of {base.indexed_at}"
            click.echo(f"activities: {begin}", err=True)
        if request.text or request.filters:
            history = _in_search(engine, history, request, vocabulary, load_synonyms(settings))
        if as_json:
            click.echo(json.dumps(_as_json(history), ensure_ascii=False))
            return
        edits = dict(_edited_texts(engine, history)) if show_words else {}
    for change in history.changes.values():
        click.echo(_line(change))
        if change.id in edits:
            click.echo(f"  {edits[change.id]}")
    counts = Counter(change.kind for change in history.changes.values())
    click.echo(
        f"{counts['added']} added, {counts['edited']} edited, {counts['withdrawn']} withdrawn "
        f"since generation {history.base.generation} of {history.base.indexed_at}",
        err=True,
    )


def _in_search(
    engine: Engine,
    history: ChangeHistory,
    request: SearchRequest,
    vocabulary: Vocabulary,
    synonyms: Synonyms,
) -> ChangeHistory:
    """Return a history with the changes of activities that match a search now."""
    present = [id for id, change in history.changes.items() if change.kind != "withdrawn"]
    matching = matching_ids(engine, request, present, vocabulary, synonyms)
    if number := len(history.changes) - len(present):
        left_out = (
            "1 withdrawn activity is" if number == 1 else f"{number} withdrawn activities are"
        )
        click.echo(
            f"activities: {left_out} left out: a search does not match former texts",
            err=True,
        )
    changes = {id: change for id, change in history.changes.items() if id in matching}
    return replace(history, changes=changes)


def _line(change: Change) -> str:
    fields = f" ({', '.join(change.fields)})" if change.fields else ""
    return f"{change.kind:9}  {change.id}{fields}"


def _as_json(history: ChangeHistory) -> dict[str, object]:
    base, newest = history.base, history.newest
    return {
        "since": {"generation": base.generation, "indexed_at": base.indexed_at},
        "until": {"generation": newest.generation, "indexed_at": newest.indexed_at},
        "complete": history.is_complete,
        "changes": [
            {"id": change.id, "kind": change.kind, "fields": change.fields}
            for change in history.changes.values()
        ],
    }


def _edited_texts(engine: Engine, history: ChangeHistory) -> Iterator[tuple[str, str]]:
    """Yield the differences of edited texts by id. Nothing if the generation is not kept."""
    ids = [id for id, change in history.changes.items() if TEXT in change.fields]
    with (
        suppress(IndexMissing),
        engine.snapshot(history.base.generation) as old,
        engine.snapshot(history.newest.generation) as new,
    ):
        for id, before, after in stored_versions(old, new, ids):
            if before and after:
                yield id, word_difference(before, after)


def word_difference(before: Activity, after: Activity) -> str:
    """Return the changed words of a text: gone ones as [-word-], new ones as {+word+}.

    Longer runs of unchanged words are shortened.
    """
    old, new = (re.findall(r"\S+", activity.body) for activity in (before, after))
    parts = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for operation, i, j, k, m in matcher.get_opcodes():
        if operation == "equal":
            same = old[i:j]
            parts += same if len(same) <= 6 else [*same[:3], "…", *same[-3:]]
            continue
        if gone := " ".join(old[i:j]):
            parts.append(f"[-{gone}-]")
        if added := " ".join(new[k:m]):
            parts.append(f"{{+{added}+}}")
    return " ".join(parts)
