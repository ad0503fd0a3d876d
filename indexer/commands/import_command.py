"""The `activities import` command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

from indexer.cli import EXIT_PROBLEMS, ProgressBar
from indexer.content.activity import InvalidActivity, decode
from indexer.content.frontmatter import FrontMatterError
from indexer.importing.content_writer import Proof
from indexer.importing.front_matter import SourceDetails
from indexer.importing.importer import ImportOptions, ImportReport, import_text
from indexer.importing.sources import SourceError


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--content",
    type=click.Path(path_type=Path),
    envvar="ACTIVITIES_CONTENT",
    default="content",
    show_default=True,
    help="Folder of the activities.",
)
@click.option("--agency", help="The agency of the activities, such as unodc.")
@click.option("--source", help="The source of the text: a citation or an address.")
@click.option("--language", help="A BCP 47 tag; by default detected from each paragraph.")
@click.option("--keep-duplicates", is_flag=True, help="Also write paragraphs that exist already.")
@click.option("--dry-run", is_flag=True, help="Show the files and evidence, and write nothing.")
def import_command(
    file: Path,
    content: Path,
    agency: str | None,
    source: str | None,
    language: str | None,
    keep_duplicates: bool,
    dry_run: bool,
) -> None:
    """Turn a source text into content files, with evidence for each proposed value.

    FILE is plain text, or CSV or JSON Lines with a text column; "-" is standard input. In plain
    text a paragraph is a line, or a block between blank lines. Columns with the name of a front
    matter field are copied unchanged.
    """
    bar = ProgressBar()
    try:
        report = import_text(
            decode(_read(file)),
            file.name,
            content,
            SourceDetails(agency, source, language),
            ImportOptions(keep_duplicates, dry_run),
            progress=bar,
        )
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
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise click.UsageError(
            f"{file} cannot be read ({error.strerror}): choose a text, CSV or JSON Lines file"
        ) from None


def _exit_with_error(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(EXIT_PROBLEMS)


def _print_report(report: ImportReport, file: Path, content: Path, dry_run: bool) -> None:
    for message in (*report.dropped, *report.duplicates, *report.versions, *report.errors):
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
