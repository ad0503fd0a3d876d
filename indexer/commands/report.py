"""The `activities report` command."""

from __future__ import annotations

from pathlib import Path

import click

from indexer.cli import edit_url_option, errors_as_exit_codes, settings_options, site_url_option
from indexer.content.site import site_file
from indexer.report.contents import ReportContents, read_contents
from indexer.report.folder import NotReport, check_folder_of_report, write_report
from indexer.report.links import check_links as check_all_links
from indexer.report.page import Places, render
from indexer.search.zero_result_log import count_searches
from indexer.settings import Settings

DEFAULT_NAME = "Activity Search"
MAX_SEARCHES = 100


@click.command("report")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--check-links", is_flag=True, help="Open the links of the sources.")
@click.option(
    "--links-time",
    type=click.FloatRange(min=1),
    default=600.0,
    show_default=True,
    help="Seconds for all links; no more are opened afterwards.",
)
@click.option(
    "--query-log",
    type=click.Path(path_type=Path),
    envvar="ACTIVITIES_QUERY_LOG",
    help="Log file of searches without results, which activities serve writes.",
)
@site_url_option("Address of the site, for links to the pages of activities.")
@edit_url_option
@settings_options
def report_command(
    settings: Settings,
    folder: Path,
    check_links: bool,
    links_time: float,
    query_log: Path | None,
    url: str,
    edit_url: str,
) -> None:
    """Write a page about what needs an editor into a FOLDER.

    It lists files with errors, values that are not in the vocabulary, activities without a country
    or a year, activities that are reported again, and searches that found nothing. The page needs
    no other file. The folder is new, empty, or has an earlier report, which is replaced.
    """
    with errors_as_exit_codes():
        try:
            check_folder_of_report(folder)
            contents = read_contents(settings.content, settings.index)
            if check_links:
                _check_links(contents, links_time)
            if query_log:
                contents.searches = count_searches(query_log)[:MAX_SEARCHES]
            name = site_file(settings.content, settings.index).value().name or DEFAULT_NAME
            places = Places(folder, settings.content, url, edit_url)
            click.echo(write_report(folder, render(contents, places, name)))
        except NotReport as error:
            raise click.UsageError(str(error)) from None


def _check_links(contents: ReportContents, seconds: float) -> None:
    click.echo(f"opening {len(contents.files_by_url):,} links", err=True)
    contents.links = check_all_links(contents.files_by_url, seconds)
