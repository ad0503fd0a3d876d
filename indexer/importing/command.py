"""The import command."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from indexer.content.activity import InvalidActivity, decode
from indexer.content.frontmatter import FrontMatterError
from indexer.importing.importer import Proof, import_text
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
@click.option("--agency", help="Who did it, such as unodc.")
@click.option("--source", help="Where the text is from: a citation or an address.")
@click.option("--language", help="A BCP 47 tag; found from the text if not given.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
def import_command(
    file: Path,
    content: Path,
    agency: str | None,
    source: str | None,
    language: str | None,
    dry_run: bool,
) -> None:
    """Turn a source text into content files, with the words that prove each value.

    FILE is plain text with a paragraph a line or a block, CSV or JSON Lines with a text column; - is
    standard input. Columns named as fields are taken over as they are.
    """
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise click.UsageError(
            f"{file} cannot be read ({error.strerror}): name a text, CSV or JSON Lines file"
        ) from None
    try:
        report = import_text(
            decode(data),
            file.name,
            content,
            agency=agency,
            source=source,
            language=language,
            dry_run=dry_run,
            progress=True,
        )
    except SourceError as error:
        raise click.UsageError(str(error)) from None
    except FrontMatterError as error:
        click.echo(f"{file}:{error.line}: {error.reason}", err=True)
        sys.exit(1)
    except InvalidActivity as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(
            f"{error.filename}: cannot be written ({error.strerror}): mend that, then import again; what was "
            "written before stays",
            err=True,
        )
        sys.exit(1)
    for line in (*report.dropped, *report.already_there, *report.changed, *report.errors):
        click.echo(f"{file}: {line}", err=True)
    proofs: dict[str, list[Proof]] = {}
    for proof in report.evidence:
        proofs.setdefault(proof.id, []).append(proof)
    for id in report.written:
        click.echo(f"{content / id}.md{' (not written)' if dry_run else ''}")
        for proof in proofs.get(id, ()):
            click.echo(f"  {proof.field}: {proof.value} – “{proof.words}”")
    click.echo(
        f"{len(report.written)} {'to write' if dry_run else 'written'}, {len(report.already_there)} already there, "
        f"{len(report.changed)} changed, {len(report.dropped)} dropped, {len(report.errors)} errors",
        err=True,
    )
    sys.exit(1 if report.errors else 0)
