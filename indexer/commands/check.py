"""The `activities check` command."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from indexer.cli import EXIT_PROBLEMS, errors_as_exit_codes, settings_options
from indexer.commands.error_report import ErrorCounter
from indexer.content.activity import InvalidActivity, ParsedFile
from indexer.content.files import check_folder, read_rules
from indexer.content.fixes import fix_file
from indexer.content.folder_walk import ContentFile, printable
from indexer.content.rules import FrontMatterRules
from indexer.content.visible_text import visible
from indexer.settings import Settings


@click.command("check")
@click.option(
    "--fix", is_flag=True, help="Rewrite names of known values as keys (Pakistan as PAK)."
)
@click.option("--all", "print_all", is_flag=True, help="Print every problem of each kind.")
@click.option("--strict", is_flag=True, help="Treat warnings as problems.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per problem.")
@settings_options
def check_command(
    settings: Settings, fix: bool, print_all: bool, strict: bool, as_json: bool
) -> None:
    """Report the problems in the content files, each with its line.

    A file with an error is not indexed. A warning, such as a slug that is not in the vocabulary,
    changes the exit code only with --strict. At most 20 problems of each kind are listed; --all
    and --json list all.
    """
    counter = ErrorCounter(print_all=print_all or as_json)
    files = fixable = problems = warnings = 0
    with errors_as_exit_codes():
        rules, _ = read_rules(settings.content, settings.index)
        for file, parsed in check_folder(settings.content, settings.index):
            files += file.id != ""  # the vocabulary and the synonyms have no id
            fixable += len(parsed.fixes)
            errors = parsed.errors
            if fix and parsed.fixes:
                errors = _fix_file(file, parsed, rules)
            problems += len(errors)
            warnings += len(parsed.warnings)
            for severity, group in (("error", errors), ("warning", parsed.warnings)):
                for problem in filter(counter.add, group):
                    click.echo(_as_json(problem, severity) if as_json else _line(problem, severity))
    for line in counter.folded_lines():
        click.echo(f"{line}: --all lists them", err=True)
    hint = f", {warnings} warnings" if warnings else ""
    if strict and warnings:
        hint += ", which count as problems"
    if fixable and not fix:
        hint += f', {fixable} values that "activities check --fix" can rewrite'
    click.echo(f"{files} files, {problems} problems{hint}", err=True)
    for line in counter.summary_lines():
        click.echo(line, err=True)
    sys.exit(EXIT_PROBLEMS if problems or (strict and warnings) else 0)


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
