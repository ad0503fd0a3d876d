"""The commands that need the web application: search, preview, export and serve."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Literal

import click

from indexer.cli import (
    EXIT_ENGINE,
    EXIT_PROBLEMS,
    edit_url_option,
    errors_as_exit_codes,
    settings_options,
    site_url_option,
    writer_options,
)
from indexer.commands.search_options import (
    facet_options,
    filters_of,
    load_synonyms,
    load_vocabulary,
)
from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import IndexMissing, IndexOutOfDate
from indexer.engines.factory import open_engine
from indexer.indexing.sync import owner_name, sync
from indexer.query.plan import Sort
from indexer.schema import FIELD, NOT_STATED
from indexer.search.export import FORMATS, ExportNotWritten, ExportTooLarge, export
from indexer.search.preview import Preview, preview, read_draft
from indexer.search.request import MAX_PER_PAGE, MAX_REACH, PER_PAGE, SearchRequest
from indexer.search.results import SearchPage
from indexer.search.service import search, stream_results
from indexer.settings import Settings
from webapp.api.json import search_json
from webapp.i18n import messages
from webapp.search_state import activity_url, search_source
from webapp.serving.lifeline import Lifeline
from webapp.serving.log_writer import queued_logs
from webapp.serving.server import limit_malloc_arenas, run
from webapp.serving.watcher import supervised_watcher

TERMINAL_FACTS = ("country", "year", "theme")  # fields in the line below each result of `search`


@click.command("search")
@click.argument("words", nargs=-1)
@facet_options
@click.option("--sort", type=click.Choice(["relevance", "newest", "oldest"]))
@click.option("--page", type=click.IntRange(1, 10_000), default=1)
@click.option(
    "--per-page", type=click.IntRange(1, MAX_PER_PAGE), default=PER_PAGE, show_default=True
)
@click.option(
    "--match", type=click.Choice(["all"]), help="all: only activities with all of the words."
)
@click.option("--json", "as_json", is_flag=True, help="Print the JSON of the API.")
@settings_options
def search_command(
    settings: Settings,
    words: tuple[str, ...],
    sort: Sort | None,
    page: int,
    per_page: int,
    match: Literal["all"] | None,
    as_json: bool,
    **facets: tuple[str, ...],
) -> None:
    """Search from the terminal.

    WORDS are a query as on the search page; the filters are options.
    """
    with errors_as_exit_codes():
        vocabulary = load_vocabulary(settings)
        filters = filters_of(facets, vocabulary)
        request = SearchRequest(
            " ".join(words), filters, sort=sort, page=page, per_page=per_page, match=match
        )
        if page * per_page > MAX_REACH:
            raise click.UsageError(
                f"--page times --per-page is more than {MAX_REACH:,}: "
                "use activities export for all results"
            )
        result = search(open_engine(settings), request, vocabulary, load_synonyms(settings))
    if as_json:
        click.echo(json.dumps(search_json(result, vocabulary), ensure_ascii=False))
    else:
        _print_page(result, vocabulary)


def _print_page(page: SearchPage, vocabulary: Vocabulary) -> None:
    lines = [f"{messages.count(page.total)}, generation {page.generation.number}"]
    lines += [messages.notice(notice) for notice in page.notices]
    for suggestion in page.suggestions:
        label = messages.zero_result_label(suggestion, vocabulary)
        lines.append(f"{label} ({messages.count(suggestion.total)})")
    for line in lines:
        click.echo(line, err=True)
    _print_hits(page, vocabulary)


def _print_hits(page: SearchPage, vocabulary: Vocabulary) -> None:
    for hit in page.hits:
        facts = [
            vocabulary.label(name, value)
            for name in TERMINAL_FACTS
            for value in hit.activity.meta.get(name, ())
        ]
        snippet = [
            click.style(span.text, underline=True) if span.matched else span.text
            for span in hit.snippet
        ]
        click.secho(hit.heading, bold=True)
        click.echo("".join(snippet))
        click.secho(" · ".join([hit.id, *facts]) + "\n", dim=True)


@click.command("preview")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("words", nargs=-1)
@settings_options
def preview_command(settings: Settings, file: Path, words: tuple[str, ...]) -> None:
    """Show a draft as a search result, and the counts that it changes.

    FILE is a content file, inside or outside the content folder. WORDS are a query to search the
    draft with. Nothing is indexed.
    """
    text = " ".join(words)
    with errors_as_exit_codes():
        vocabulary = load_vocabulary(settings)
        parsed = read_draft(file, settings.content, settings.index)
        for error in parsed.errors:
            click.echo(str(error), err=True)
        if parsed.activity is None:
            sys.exit(EXIT_PROBLEMS)
        result = preview(
            open_engine(settings), parsed.activity, text, vocabulary, load_synonyms(settings)
        )
    _print_hits(result.page, vocabulary)
    if not result.page.hits:
        click.echo(f"The draft does not match a search for “{text}”.\n")
    click.echo(_index_effect(parsed.activity, result))
    if parsed.activity.meta.get("draft"):
        click.echo("It is a draft, which is not indexed: remove “draft: true” to publish it.")
    for change in result.changes:
        is_new = change.before == 0 and change.value != NOT_STATED
        note = "  (no other activity has it)" if is_new else ""
        label = f"{FIELD[change.field].label}: {vocabulary.label(change.field, change.value)}"
        click.echo(f"{change.before:8,} → {change.after:,}  {label}{note}")
    for similar in result.more_like_this:
        shared = (*(vocabulary.label(*item[:2]) for item in similar.values), *similar.words)
        click.echo(f"similar to {similar.activity.id}: {', '.join(shared)}")


def _index_effect(draft: Activity, result: Preview) -> str:
    """Return a sentence about the effect of indexing a draft."""
    replaced = result.replaces
    if replaced is None:
        total = messages.count(result.total)
        return f"The activity is new, at {activity_url(draft.id)}: {total} in total."
    if replaced.digest == draft.digest:
        return "The index already has this version."
    return f"The activity replaces {replaced.id}, indexed {replaced.indexed_at}."


@click.command("export")
@click.argument("words", nargs=-1)
@click.option("--format", type=click.Choice(sorted(FORMATS)), default="csv", show_default=True)
@click.option(
    "--base-url",
    default="http://127.0.0.1:8000",
    show_default=True,
    help="Address of the site, for the links in the file.",
)
@facet_options
@settings_options
def export_command(
    settings: Settings,
    words: tuple[str, ...],
    format: str,
    base_url: str,
    **facets: tuple[str, ...],
) -> None:
    """Write all results of a search to standard output, as a file.

    WORDS are a query as on the search page; the filters are options.
    """
    with errors_as_exit_codes():
        vocabulary = load_vocabulary(settings)
        request = SearchRequest(" ".join(words), filters_of(facets, vocabulary))
        page, rows = stream_results(
            open_engine(settings), request, vocabulary, load_synonyms(settings)
        )
        source = search_source(request, page.total, page.generation, base_url.rstrip("/"))
        try:
            chunks = export(format, source, rows, vocabulary)
        except ExportTooLarge as error:
            raise click.UsageError(f"--format {format}: {error}") from None
        except ExportNotWritten as error:
            click.echo(f"activities: {error}", err=True)
            sys.exit(EXIT_ENGINE)
        _write_output(chunks)


def _write_output(chunks: Iterator[bytes]) -> None:
    """Write a file to standard output. Exit if its disk is full."""
    try:
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # the reader of the output has ended
        raise
    except OSError as error:
        click.echo(
            f"activities: the output cannot be written ({error.strerror}): free disk space, or "
            "write to another disk; the file is incomplete",
            err=True,
        )
        # The interpreter would report the rest of the buffer as a second error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_ENGINE)


@click.command()
@click.option("--host", envvar="ACTIVITIES_HOST", default="127.0.0.1", show_default=True)
@click.option(
    "--port", type=click.IntRange(0, 65535), envvar="PORT", default=8000, show_default=True
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Number of server processes.",
)
@click.option("--watch", is_flag=True, help="Index changes of the content folder while serving.")
@click.option(
    "--query-log",
    type=click.Path(path_type=Path),
    envvar="ACTIVITIES_QUERY_LOG",
    help="Log file of searches without results; without the option nothing is logged.",
)
@site_url_option("Address of the site; by default that of each request.")
@edit_url_option
@writer_options
def serve(
    settings: Settings,
    host: str,
    port: int,
    workers: int,
    watch: bool,
    query_log: Path | None,
    url: str,
    edit_url: str,
) -> None:
    """Serve the pages and the API.

    Without an index, the content folder is indexed first.
    """
    limit_malloc_arenas()
    settings = replace(
        settings,
        host=host,
        port=port,
        query_log=query_log,
        token=os.environ.get("ACTIVITIES_TOKEN", ""),
        url=url,
        edit_url=edit_url,
    )
    if query_log:
        try:
            query_log.open("a").close()
        except OSError as error:
            raise click.UsageError(
                f"--query-log or ACTIVITIES_QUERY_LOG: {query_log} cannot be written "
                f"({error.strerror}): create its folder, or fix its permissions"
            ) from None
    with errors_as_exit_codes():
        _ensure_index(settings)
        with (
            queued_logs() as logs,
            Lifeline() as lifeline,
            supervised_watcher(settings, lifeline) if watch else nullcontext(),
        ):
            run(settings, workers, lifeline, logs)


def _ensure_index(settings: Settings) -> None:
    """Index the content folder if the index is missing or out of date."""
    # The engine is local to this function. Otherwise the workers would inherit its mapped files and
    # keep them open.
    engine = open_engine(settings)
    try:
        with engine.snapshot():
            pass
    except (IndexMissing, IndexOutOfDate):
        summary = sync(
            engine, settings.content, owner_name("activities serve"), cache=settings.index
        )
        for error in summary.errors:
            click.echo(str(error), err=True)
        click.echo(f"indexed {summary.added} activities in {summary.seconds:.2f} seconds", err=True)
