"""The `activities import` command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

from indexer.cli import EXIT_PROBLEMS, ProgressBar, content_option
from indexer.content.activity import InvalidActivity
from indexer.content.frontmatter import FrontMatterError
from indexer.importing.columns import COLUMN_FIELDS, Columns
from indexer.importing.content_writer import Proof
from indexer.importing.front_matter import SourceDetails
from indexer.importing.importer import ImportOptions, ImportReport, import_source
from indexer.importing.paragraph import SourceError
from indexer.importing.sources import MAX_SOURCE_SIZE


def _parse_fields(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    """Parse the values of --column into a mapping from fields to column names."""
    fields: dict[str, str] = {}
    for value in values:
        name, separator, column = value.partition("=")
        name = name.strip().lower()
        if not separator or name not in COLUMN_FIELDS:
            known = ", ".join(COLUMN_FIELDS)
            raise click.BadParameter(f'"{value}" is not FIELD=NAME: the fields are {known}')
        if name in fields:
            raise click.BadParameter(f'"{name}" is given twice: keep one')
        fields[name] = column
    return fields


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@content_option
@click.option("--agency", help="The agency of the activities, such as unodc.")
@click.option("--source", help="The source of the text: a citation or an address.")
@click.option("--language", help="A BCP 47 tag; by default detected from each paragraph.")
@click.option(
    "--column",
    "fields",
    multiple=True,
    metavar="FIELD=NAME",
    callback=_parse_fields,
    help="The field of a column, such as text=Description. May be repeated.",
)
@click.option(
    "--ignore-column",
    "ignored",
    multiple=True,
    metavar="NAME",
    help="A column to ignore. May be repeated.",
)
@click.option("--keep-duplicates", is_flag=True, help="Also write paragraphs that already exist.")
@click.option("--dry-run", is_flag=True, help="Show the files and evidence, and write nothing.")
def import_command(
    file: Path,
    content: Path,
    agency: str | None,
    source: str | None,
    language: str | None,
    fields: dict[str, str],
    ignored: tuple[str, ...],
    keep_duplicates: bool,
    dry_run: bool,
) -> None:
    """Turn a source into content files, with evidence for each proposed value.

    FILE is plain text or a saved web page, or CSV, JSON, XLSX or DOCX; "-" is standard input. In
    plain text a paragraph is a line, or a block between blank lines. In CSV, JSON and XLSX it is
    the value of the column "text"; other columns have the names of front matter fields.
    """
    bar = ProgressBar()
    options = ImportOptions(Columns(fields, ignored), keep_duplicates, dry_run)
    details = SourceDetails(agency, source, language)
    try:
        data = _read(file)
        report = import_source(data, file.name, content, details, options, progress=bar)
    except SourceError as error:
        raise click.UsageError(str(error)) from None
    except FrontMatterError as error:
        _exit_with_error(f"{file}:{error.line}: {error.reason}")
    except InvalidActivity as error:
        _exit_with_error(str(error))
    except OSError as error:
        _exit_with_error(
            f"{error.filename}: cannot be written ({error.strerror}): fix this, then import again; "
            "paragraphs that were written are not written twice"
        )
    finally:
        bar.finish()
    _print_report(report, file, content, dry_run)
    sys.exit(EXIT_PROBLEMS if report.errors else 0)


def _read(file: Path) -> bytes:
    """Return the bytes of a file, truncated to one byte more than the limit."""
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(MAX_SOURCE_SIZE + 1)
        with file.open("rb") as stream:
            return stream.read(MAX_SOURCE_SIZE + 1)
    except OSError as error:
        raise click.UsageError(
            f"{file} cannot be read ({error.strerror}): choose a text, a web page, or a CSV, JSON, "
            "XLSX or DOCX file"
        ) from None


def _exit_with_error(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(EXIT_PROBLEMS)


def _print_report(report: ImportReport, file: Path, content: Path, dry_run: bool) -> None:
    for message in (
        *report.notes,
        *report.dropped,
        *report.duplicates,
        *report.versions,
        *report.errors,
    ):
        click.echo(f"{file}: {message}", err=True)
    proofs: dict[str, list[Proof]] = {}
    for proof in report.evidence:
        proofs.setdefault(proof.id, []).append(proof)
    for id in report.written:
        click.echo(f"{content / id}.md{' (not written)' if dry_run else ''}")
        for proof in proofs.get(id, ()):
            click.echo(f"  {proof.field}: {proof.value} – “{proof.words}”")
    click.echo(
        f"{len(report.written)} {'to write' if dry_run else 'written'}, "
        f"{len(report.duplicates)} existing, {len(report.versions)} other versions, "
        f"{len(report.dropped)} dropped, {len(report.errors)} errors",
        err=True,
    )
