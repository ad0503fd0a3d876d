"""The commands that show what the web shows: search, preview, export, serve."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from indexer import schema
from indexer.cli import EXIT_PROBLEMS, errors_as_exit_codes, settings_options
from indexer.content.activity import InvalidActivity
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import IndexMissing, IndexOutOfDate
from indexer.engines.factory import open_engine
from indexer.indexing.sync import owner_name, sync
from indexer.search.export import FORMATS, export
from indexer.search.preview import preview
from indexer.search.preview import read as read_draft
from indexer.search.request import MAX_PER_PAGE, MAX_REACH, SearchRequest
from indexer.search.results import SearchPage
from indexer.search.service import search, stream_results
from indexer.settings import Settings, parse_site_url
from webapp.api.json import search_json
from webapp.i18n import messages
from webapp.search_state import activity_url, value_key
from webapp.serving.server import limit_malloc_arenas, run
from webapp.serving.watcher import supervised_watcher


def facet_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """One option for each facet, from the schema."""
    for name in reversed(list(schema.FACETS)):
        command = click.option(
            f"--{name}",
            multiple=True,
            metavar="VALUE",
            help=f"{schema.FIELD[name].label}; may be repeated.",
        )(command)
    return command


def _filters(
    facets: Mapping[str, tuple[str, ...]], vocabulary: Vocabulary
) -> tuple[tuple[str, str], ...]:
    """The filters that options ask for, by key or name. Raises click.UsageError for a value that is none."""
    filters = []
    for name, values in facets.items():
        for value in values:
            keys = (value,) if value == schema.NOT_STATED else vocabulary.keys(name, value)
            if not keys or value_key(name, keys[0]) is None:
                raise click.UsageError(
                    f'--{name}: "{value}" is not a {schema.FIELD[name].label.lower()}'
                )
            filters += [(name, key) for key in keys[:1]]
    return tuple(filters)


def _vocabulary(settings: Settings) -> Vocabulary:
    """The editors' labels; a vocabulary that is broken costs a warning and the labels, not the search."""
    try:
        return Vocabulary.load(settings.content)
    except InvalidActivity as error:
        click.echo(str(error), err=True)
        return Vocabulary({})


@click.command("search")
@click.argument("words", nargs=-1)
@facet_options
@click.option("--sort", type=click.Choice(["relevance", "newest", "oldest"]))
@click.option("--page", type=click.IntRange(1, 10_000), default=1)
@click.option("--per-page", type=click.IntRange(1, MAX_PER_PAGE), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The answer of the API.")
@settings_options
def search_command(
    settings: Settings,
    words: tuple[str, ...],
    sort: Any,
    page: int,
    per_page: int,
    as_json: bool,
    **facets: tuple[str, ...],
) -> None:
    """Search from the terminal: words as on the page, filters as options."""
    with errors_as_exit_codes():
        vocabulary = _vocabulary(settings)
        request = SearchRequest(
            " ".join(words), _filters(facets, vocabulary), sort=sort, page=page, per_page=per_page
        )
        if page * per_page > MAX_REACH:
            raise click.UsageError(
                f"--page times --per-page is at most {MAX_REACH:,}: export has every row"
            )
        found = search(open_engine(settings), request, vocabulary)
    if as_json:
        click.echo(json.dumps(search_json(found, vocabulary), ensure_ascii=False))
    else:
        _print(found, vocabulary)


def _print(page: SearchPage, vocabulary: Vocabulary) -> None:
    said = [messages.notice(notice) for notice in page.notices]
    ways = [
        f"{messages.zero_result_label(way.kind, way.subject, vocabulary)} ({messages.count(way.total)})"
        for way in page.exits
    ]
    for line in [
        f"{messages.count(page.total)}, generation {page.generation.number}",
        *said,
        *ways,
    ]:
        click.echo(line, err=True)
    _print_hits(page, vocabulary)


def _print_hits(page: SearchPage, vocabulary: Vocabulary) -> None:
    for hit in page.hits:
        facts = [
            vocabulary.label(name, v)
            for name in ("country", "year", "theme")
            for v in hit.meta.get(name, ())
        ]
        click.secho(hit.heading, bold=True)
        click.echo(
            "".join(
                click.style(s.text, underline=True) if s.matched else s.text for s in hit.snippet
            )
        )
        click.secho(" · ".join([hit.id, *facts]) + "\n", dim=True)


@click.command("preview")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("words", nargs=-1)
@settings_options
def preview_command(settings: Settings, file: Path, words: tuple[str, ...]) -> None:
    """How a draft would look in results (for some words, if given), and which counts it would change.

    FILE is a content file, inside the content folder or anywhere else. Nothing is indexed.
    """
    with errors_as_exit_codes():
        vocabulary = _vocabulary(settings)
        parsed = read_draft(file, settings.content)
        for error in parsed.errors:
            click.echo(str(error), err=True)
        if parsed.activity is None:
            sys.exit(EXIT_PROBLEMS)
        found = preview(open_engine(settings), parsed.activity, " ".join(words), vocabulary)
    _print_hits(found.page, vocabulary)
    if not found.page.hits:
        click.echo(f"A search for “{' '.join(words)}” would not find it.\n")
    replaced = found.replaces
    same = replaced is not None and replaced.digest == parsed.activity.digest
    click.echo(
        "It is in the index as it is."
        if same
        else f"It would replace {replaced.id}, indexed {replaced.indexed_at}."
        if replaced
        else f"It would be new, at {activity_url(parsed.activity.id)}: {messages.count(found.total)} in all."
    )
    if parsed.activity.meta.get("draft"):
        click.echo("It is a draft: remove “draft: true”, or it stays out of the index.")
    for change in found.changes:
        new = (
            "  (no other activity has it)"
            if change.before == 0 and change.value != schema.NOT_STATED
            else ""
        )
        name = f"{schema.FIELD[change.field].label}: {vocabulary.label(change.field, change.value)}"
        click.echo(f"{change.before:8,} → {change.after:,}  {name}{new}")
    for other in found.more_like_this:
        click.echo(f"like {other.stored.id}: {', '.join(other.words)}")


@click.command("export")
@click.argument("words", nargs=-1)
@click.option("--format", type=click.Choice(sorted(FORMATS)), default="csv", show_default=True)
@click.option(
    "--base-url",
    default="http://127.0.0.1:8000",
    show_default=True,
    help="The site's address, for links.",
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
    """Everything a search finds, as a file on standard output."""
    with errors_as_exit_codes():
        vocabulary = _vocabulary(settings)
        request = SearchRequest(" ".join(words), _filters(facets, vocabulary))
        page, rows = stream_results(open_engine(settings), request, vocabulary)
        for piece in export(format, page, rows, vocabulary, base_url.rstrip("/")):
            sys.stdout.buffer.write(piece)


def _http(context: click.Context, option: click.Parameter, value: str) -> str:
    """An address that a page may link to. Raises click.BadParameter for any other."""
    if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc):
        raise click.BadParameter(
            "the address does not begin with http:// or https://, or it has no host: "
            "write https://… (the value is not repeated here, since it may contain a password)"
        )
    return value


def _site_url(context: click.Context, option: click.Parameter, value: str) -> str:
    """Return the site's address without a slash at its end. Raises click.UsageError."""
    try:
        return parse_site_url(value)
    except ValueError as error:
        raise click.UsageError(f"--url or ACTIVITIES_URL: {error}") from None


@click.command()
@click.option("--host", envvar="ACTIVITIES_HOST", default="127.0.0.1", show_default=True)
@click.option(
    "--port", type=click.IntRange(0, 65535), envvar="PORT", default=8000, show_default=True
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes."
)
@click.option("--watch", is_flag=True, help="Follow the content folder, as activities watch does.")
@click.option(
    "--query-log",
    type=click.Path(path_type=Path),
    envvar="ACTIVITIES_QUERY_LOG",
    help="File for searches without hits; none is kept unless it is named.",
)
@click.option(
    "--url",
    envvar="ACTIVITIES_URL",
    default="",
    callback=_site_url,
    help="The site's address, where requests do not say it.",
)
@click.option(
    "--edit-url",
    envvar="ACTIVITIES_EDIT_URL",
    default="",
    callback=_http,
    help="Where content files are edited; {path} stands for a file's path.",
)
@settings_options
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
    """Serve the pages and the API; indexes first where there is no index."""
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
                f"--query-log or ACTIVITIES_QUERY_LOG: {query_log} cannot be written ({error.strerror}): "
                "create its folder, or fix its permissions"
            ) from None
    with errors_as_exit_codes():
        _index_if_there_is_none(settings)
        with supervised_watcher(settings) if watch else nullcontext():
            run(settings, workers)


def _index_if_there_is_none(settings: Settings) -> None:
    # The engine ends here: what it maps, workers would inherit and hold for as long as they live.
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
