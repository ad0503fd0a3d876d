"""The `activities new` command."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from indexer.cli import EXIT_PROBLEMS, content_option, errors_as_exit_codes
from indexer.content.activity import MAX_FILE_SIZE
from indexer.content.slug_check import SLUG_FIELDS, SlugCheck
from indexer.content.values import is_id
from indexer.content.vocabulary import Vocabulary
from indexer.importing.front_matter import SourceDetails, propose, to_key
from indexer.importing.importer import ImportOptions, ImportReport, import_paragraphs
from indexer.importing.markdown_escaping import shown_text
from indexer.importing.organizations import ORGANIZATIONS
from indexer.importing.paragraph import Paragraph
from indexer.schema import FIELD
from indexer.text.analysis import terms

PLACE = "standard input"
# Fields that have an option and a question. Regions follow from the countries.
ASKED = ("title", "country", "year", "theme", "partner", "agency", "language", "source")


def field_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of the fields."""
    for name in reversed(ASKED):
        field = FIELD[name]
        repeated = " May be repeated." if field.many else ""
        add = click.option(f"--{name}", multiple=field.many, help=f"{field.help}{repeated}")
        command = add(command)
    return command


@click.command("new")
@content_option
@click.option("--id", default="", help="The id; by default derived from the text.")
@field_options
@click.option("--keep-duplicates", is_flag=True, help="Also write a text that already exists.")
@click.option("--dry-run", is_flag=True, help="Show the values and evidence, and write nothing.")
def new_command(
    content: Path, id: str, keep_duplicates: bool, dry_run: bool, **stated: str | tuple[str, ...]
) -> None:
    """Write the content file of one activity. The text is read from standard input.

    Values of fields without an option are proposed from the text. On a terminal, the command asks
    for each of these fields, and the proposal is the default.
    """
    if id and not is_id(id):
        raise click.UsageError(f'"{id}" cannot be the id: use a-z, 0-9, hyphens and /')
    asks = sys.stdin.isatty()
    if asks:
        click.echo("Text of the activity (end with Ctrl-D on an empty line):", err=True)
    text = _read_text()
    values = {
        name: [value] if isinstance(value, str) else list(value)
        for name, value in stated.items()
        if value
    }
    if asks:
        values = _ask(text, values)
    with errors_as_exit_codes():
        _check_slugs(content, values)
        report = import_paragraphs(
            [Paragraph(PLACE, text, values, is_value=True, id=id)],
            content,
            options=ImportOptions(keep_duplicates=keep_duplicates, dry_run=dry_run),
        )
    _print_report(report, content, dry_run)
    sys.exit(0 if report.written else EXIT_PROBLEMS)


def _read_text() -> str:
    data = sys.stdin.buffer.read(MAX_FILE_SIZE + 1)
    if len(data) > MAX_FILE_SIZE:
        raise click.UsageError(
            f"the text is larger than {MAX_FILE_SIZE:,} bytes: split it, or use activities import"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.UsageError("the text is not UTF-8: convert it") from None
    if not terms(text):
        raise click.UsageError("the text has no words: write the text to standard input")
    return text.strip()


def _ask(text: str, stated: dict[str, list[str]]) -> dict[str, list[str]]:
    """Ask for the fields that have no stated value, and return all values by field.

    A person separates values with semicolons, and enters a hyphen for none.
    """
    paragraph = Paragraph(PLACE, text, stated, is_value=True)
    proposed = propose(paragraph, shown_text(text), SourceDetails()).meta
    click.echo('Press Enter to accept, or enter values separated by ";"; "-" is none.', err=True)
    values = dict(stated)
    for name in ASKED:
        if name in stated:
            continue
        field = FIELD[name]
        default = "; ".join(map(str, proposed.get(name, ()))) or "-"
        answer = click.prompt(field.label, default=default, err=True)
        texts = answer.split(";") if field.many else [answer]
        values[name] = [text.strip() for text in texts if text.strip() not in ("", "-")]
    return values


def _check_slugs(content: Path, values: Mapping[str, Sequence[str]]) -> None:
    """End the command if a stated slug is in neither the vocabulary nor the known organizations."""
    check = SlugCheck(Vocabulary.load(content) if content.is_dir() else Vocabulary({}))
    problems = [
        f"{name}: {problem}"
        for name in SLUG_FIELDS
        for text in values.get(name, ())
        if (key := str(to_key(name, text))) not in ORGANIZATIONS
        and (problem := check.problem(name, key))
    ]
    if problems:
        click.echo("\n".join(problems), err=True)
        sys.exit(EXIT_PROBLEMS)


def _print_report(report: ImportReport, content: Path, dry_run: bool) -> None:
    for message in (*report.duplicates, *report.versions, *report.errors):
        click.echo(message, err=True)
    for id in report.written:
        click.echo(f"{content / id}.md{' (not written)' if dry_run else ''}")
    for proof in report.evidence:
        click.echo(f"  {proof.field}: {proof.value} – “{proof.words}”")
