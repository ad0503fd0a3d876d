"""The `activities check` command."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click

from indexer.cli import EXIT_PROBLEMS, errors_as_exit_codes, settings_options
from indexer.commands.error_report import ErrorCounter
from indexer.content.activity import InvalidActivity, ParsedFile
from indexer.content.files import check_folder, read_rules
from indexer.content.fixes import fix_file
from indexer.content.folder_summary import FolderSummary
from indexer.content.folder_walk import ContentFile, printable
from indexer.content.repeat_warnings import RepeatedFiles
from indexer.content.rules import FrontMatterRules
from indexer.content.visible_text import visible
from indexer.settings import Settings


@click.command("check")
@click.option(
    "--fix", is_flag=True, help="Rewrite names of known values as keys (Pakistan as PAK)."
)
@click.option("--all", "print_all", is_flag=True, help="Print every problem of each kind.")
@click.option("--strict", is_flag=True, help="Treat warnings as problems.")
@click.option(
    "--summary", is_flag=True, help="Print only numbers: problems by kind, and missing fields."
)
@click.option("--repeats", is_flag=True, help="Also warn of files with nearly the same text.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per problem.")
@settings_options
def check_command(
    settings: Settings,
    fix: bool,
    print_all: bool,
    strict: bool,
    summary: bool,
    repeats: bool,
    as_json: bool,
) -> None:
    """Report the problems in the content files, each with its line.

    A file with an error is not indexed. A warning, such as a slug that is not in the vocabulary,
    changes the exit code only with --strict. At most 20 problems of each kind are listed; --all
    and --json list all.
    """
    counter = ErrorCounter(print_all=print_all or as_json)
    counts = FolderSummary()
    repeated = RepeatedFiles() if repeats else None
    fixable = 0

    def report(problems: Iterable[InvalidActivity], severity: str) -> None:
        for problem in () if summary else filter(counter.add, problems):
            click.echo(_as_json(problem, severity) if as_json else _line(problem, severity))

    with errors_as_exit_codes():
        rules, _ = read_rules(settings.content, settings.index)
        for file, parsed in check_folder(settings.content, settings.index):
            fixable += len(parsed.fixes)
            if fix and parsed.fixes:
                parsed = replace(parsed, errors=_fix_file(file, parsed, rules))
            counts.add(file, parsed)
            if repeated:
                repeated.add(file, parsed)
            report(parsed.errors, "error")
            report(parsed.warnings, "warning")
        if repeated:
            warnings = repeated.warnings()
            counts.add_warnings(warnings)
            report(warnings, "warning")
    if summary:
        click.echo(json.dumps(counts.as_json()) if as_json else "\n".join(counts.lines()))
    for line in counter.folded_lines():
        click.echo(f"{line}: --all lists them", err=True)
    click.echo(_totals(counts, strict, 0 if fix else fixable), err=True)
    for line in counter.summary_lines():
        click.echo(line, err=True)
    problems = counts.error_count or (strict and counts.warning_count)
    sys.exit(EXIT_PROBLEMS if problems else 0)


def _totals(counts: FolderSummary, strict: bool, fixable: int) -> str:
    """Return the last line: the numbers of files, problems, warnings and values to fix."""
    hint = f", {counts.warning_count} warnings" if counts.warning_count else ""
    if strict and counts.warning_count:
        hint += ", which count as problems"
    if fixable:
        hint += f', {fixable} values that "activities check --fix" can rewrite'
    return f"{counts.files} files, {counts.error_count} problems{hint}"


def _fix_file(
    file: ContentFile, parsed: ParsedFile, rules: FrontMatterRules
) -> tuple[InvalidActivity, ...]:
    """Apply the fixes of a file, print each of them, and return the errors that remain."""
    fixed = fix_file(Path(file.path), file.id, rules)
    for fix in fixed.fixes:
        change = f"was rewritten as {fix.key}" if fix.key else "was a duplicate and was removed"
        place = f"{printable(file.path)}:{fix.line}: {fix.field}"
        click.echo(f"{place}: {visible(fix.written)} {change}", err=True)
    across_files = tuple(error for error in parsed.errors if error.kind == "alias")
    return (*fixed.parsed.errors, *across_files, *((fixed.error,) if fixed.error else ()))


def _line(problem: InvalidActivity, severity: str) -> str:
    if severity == "error":
        return str(problem)
    field = f"{problem.field}: " if problem.field else ""
    return f"{problem.path}:{problem.line}: warning: {field}{problem.reason}"


def _as_json(problem: InvalidActivity, severity: str) -> str:
    names = ("path", "line", "field", "kind", "reason")
    values = {name: getattr(problem, name) for name in names}
    return json.dumps(values | {"severity": severity}, ensure_ascii=False)
