"""The commands of `activities` that need no web, such as check, index and status."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from importlib import import_module
from pathlib import Path
from threading import Event
from typing import Any

import click

from indexer import __version__
from indexer.content.activity import InvalidActivity, ParsedFile
from indexer.content.files import check_folder
from indexer.content.fixes import apply_fixes
from indexer.engines.base import Engine, EngineError
from indexer.engines.factory import open_engine
from indexer.indexing.status import read_status, status_json, status_lines
from indexer.indexing.sync import LOCK_TIMEOUT, Summary, SyncOptions, owner_name, sync
from indexer.search.zero_result_log import count_searches
from indexer.settings import Settings

EXIT_PROBLEMS, EXIT_ENGINE = 1, 3  # click exits with 2 for wrong usage
BAR_DELAY_SECONDS = 1.0  # shorter runs show no progress bar

# readable=False: otherwise click reports an unreadable folder as wrong usage (exit code 2). The
# engine reports it with exit code 3.
_PATH = click.Path(path_type=Path, readable=False)


def settings_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --content, --index and --engine to a command and pass them to it as settings.

    Each option is also an environment variable.
    """

    @click.option(
        "--content",
        type=_PATH,
        envvar="ACTIVITIES_CONTENT",
        default="content",
        show_default=True,
        help="Folder of the activities.",
    )
    @click.option(
        "--index",
        type=_PATH,
        envvar="ACTIVITIES_INDEX",
        default="index",
        show_default=True,
        help="Folder of the index.",
    )
    @click.option(
        "--engine",
        envvar="ACTIVITIES_ENGINE",
        default="whoosh",
        show_default=True,
        help="Search engine.",
    )
    @wraps(command)
    def wrapper(content: Path, index: Path, engine: str, **options: Any) -> Any:
        return command(settings=Settings(content=content, index=index, engine=engine), **options)

    return wrapper


@contextmanager
def errors_as_exit_codes() -> Iterator[None]:
    """Print an error as one sentence and exit.

    The exit code is 1 if the content folder cannot be read, and 3 for an error of the engine or
    for another file or folder that cannot be used.
    """
    try:
        yield
    except EngineError as error:
        click.echo(f"activities: {error}", err=True)
        sys.exit(EXIT_ENGINE)
    except InvalidActivity as error:
        click.echo(str(error), err=True)
        sys.exit(EXIT_PROBLEMS)
    except BrokenPipeError:  # the reader of the output has ended; click then exits quietly
        raise
    except OSError as error:
        reason = f"{error.filename} cannot be used ({error.strerror})"
        click.echo(f"activities: {reason}: fix its permissions", err=True)
        sys.exit(EXIT_ENGINE)


class LazyGroup(click.Group):
    """A group that imports some of its commands only when they run.

    The other commands start faster without them.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Command name -> "module:function".
        self.lazy_commands = {
            "import": "indexer.importing.command:import_command",
            "suggest-synonyms": "indexer.content.command:suggest_synonyms_command",
        }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, sorted."""
        return sorted([*super().list_commands(ctx), *self.lazy_commands])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, which is imported first if necessary."""
        if cmd_name not in self.lazy_commands:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.lazy_commands[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


class ProgressBar:
    """Shows a progress bar for each phase of an operation that takes longer than BAR_DELAY_SECONDS.

    It is a Progress callback. Nothing is shown if standard error is not a terminal.
    """

    def __init__(self) -> None:
        self._enabled = sys.stderr.isatty()
        self._started = time.monotonic()
        self._phase = ""
        self._bar: Any = None

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Show that `done` of `total` steps of a phase are finished."""
        if not self._enabled or time.monotonic() - self._started < BAR_DELAY_SECONDS:
            return
        if phase != self._phase:
            self.finish()
            self._phase = phase
            self._bar = click.progressbar(length=total, label=phase, file=sys.stderr)
        self._bar.update(done - self._bar.pos)

    def finish(self) -> None:
        """End the current bar, so that the next message starts on a new line."""
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None


@click.group(cls=LazyGroup)
@click.version_option(__version__)
def cli() -> None:
    """Search the activities of an organisation by country, year and topic."""


@cli.command()
@click.option(
    "--fix", is_flag=True, help="Rewrite names of known values as keys (Pakistan as PAK)."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per problem.")
@settings_options
def check(settings: Settings, fix: bool, as_json: bool) -> None:
    """Report every problem in the content files, with its line."""
    problems = files = fixable = 0
    with errors_as_exit_codes():
        for file, parsed in check_folder(settings.content):
            files += file.id != ""  # the vocabulary and the synonyms have no id
            problems += len(parsed.errors)
            fixable += len(parsed.fixes)
            if fix and parsed.fixes:
                _fix_file(file.path, parsed)
            for error in parsed.errors:
                click.echo(_error_json(error) if as_json else str(error))
    hint = ""
    if fixable and not fix:
        hint = f', {fixable} values that "activities check --fix" can rewrite'
    click.echo(f"{files} files, {problems} problems{hint}", err=True)
    sys.exit(EXIT_PROBLEMS if problems else 0)


def _fix_file(path: str, parsed: ParsedFile) -> None:
    """Apply the fixes of a file and print each of them."""
    apply_fixes(Path(path), parsed.fixes)
    for fix in parsed.fixes:
        change = f"was rewritten as {fix.key}" if fix.key else "was a duplicate and was removed"
        click.echo(f"{path}:{fix.line}: {fix.field}: {fix.written} {change}", err=True)


def _error_json(error: InvalidActivity) -> str:
    names = ("path", "line", "field", "reason")
    return json.dumps({name: getattr(error, name) for name in names}, ensure_ascii=False)


@cli.command()
@click.option("--rebuild", is_flag=True, help="Write the whole index again.")
@click.option("--verify", is_flag=True, help="Read all files, even if they seem unchanged.")
@click.option("--resume", is_flag=True, help="Continue after a rollback.")
@click.option(
    "--wait",
    type=float,
    default=LOCK_TIMEOUT,
    show_default=True,
    help="Seconds to wait for another writer.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@settings_options
def index(
    settings: Settings, rebuild: bool, verify: bool, resume: bool, wait: float, as_json: bool
) -> None:
    """Index the new and changed files, and remove deleted activities, in one commit."""
    bar = ProgressBar()
    with errors_as_exit_codes():
        summary = sync(
            open_engine(settings),
            settings.content,
            owner_name("activities index"),
            SyncOptions(rebuild, resume, verify, wait, progress=bar, on_wait=_report_waiting),
            cache=settings.index,
        )
    bar.finish()
    for error in summary.errors:
        click.echo(str(error), err=True)
    if summary.held is not None:
        click.echo(
            f"held at generation {summary.held} by a rollback: nothing was indexed; "
            'run "activities index --resume" to continue',
            err=True,
        )
    if as_json:
        counts = {name: getattr(summary, name) for name in Summary.__slots__}
        counts["seconds"] = round(summary.seconds, 3)
        counts["errors"] = [str(error) for error in summary.errors]
        click.echo(json.dumps(counts, ensure_ascii=False))
    elif summary.held is None:
        click.echo(_summary_line(summary))
    sys.exit(EXIT_PROBLEMS if summary.errors or summary.held is not None else 0)


def _summary_line(summary: Summary) -> str:
    names = ("added", "changed", "deleted", "unchanged", "rejected")
    counts = ", ".join(f"{getattr(summary, name)} {name}" for name in names)
    return f"{counts} in {summary.seconds:.2f} seconds"


def _report_waiting(holder: str) -> None:
    click.echo(f"activities: waiting for {holder}", err=True)


@cli.command()
@settings_options
def watch(settings: Settings) -> None:
    """Index each saved content file at once, until Ctrl-C."""
    with errors_as_exit_codes():
        engine = open_engine(settings)
    click.echo(f"watching {settings.content}  (Ctrl-C stops)", err=True)
    with suppress(KeyboardInterrupt):
        report_watch(engine, settings, owner_name("activities watch"), Event())


def report_watch(engine: Engine, settings: Settings, owner: str, stop: Event) -> None:
    """Watch the content folder until stop is set, and print each run to standard error.

    A run without changes is not printed. A message that stays the same is printed once.
    """
    # Imported here because no other command needs it, and it takes time.
    from indexer.indexing.watch import Problem, Unwatchable
    from indexer.indexing.watch import watch as watch_content

    last_line = last_problem = ""
    last_errors: list[str] = []

    def on_run(summary: Summary) -> None:
        nonlocal last_line, last_problem, last_errors
        last_problem = ""
        has_changes = bool(summary.added or summary.changed or summary.deleted)
        errors = [str(error) for error in summary.errors]
        if errors != last_errors or has_changes:
            for error in errors:
                click.echo(error, err=True)
        last_errors = errors
        if summary.held is not None:
            line = _held_line(engine, settings, summary.held)
        elif has_changes:
            line = f"generation {summary.generation}: {_summary_line(summary)}"
        else:
            return
        if line != last_line or summary.held is None:
            click.echo(line, err=True)
        last_line = line

    def on_problem(problem: Problem) -> None:
        nonlocal last_problem
        if str(problem) != last_problem:
            prefix = "" if isinstance(problem, Unwatchable) else "not indexed: "
            click.echo(f"activities: {prefix}{problem}", err=True)
        last_problem = str(problem)

    watch_content(engine, settings.content, owner, settings.index, stop, on_run, on_problem)


def _held_line(engine: Engine, settings: Settings, generation: int) -> str:
    drift = read_status(engine, settings).drift
    files = len(drift.unindexed) + len(drift.changed) + len(drift.orphaned)
    return (
        f"held at generation {generation} by a rollback, {files} files differ: "
        'run "activities index --resume" to continue'
    )


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--misses",
    is_flag=True,
    help="Print the searches without results and their counts instead.",
)
@click.option(
    "--query-log",
    type=_PATH,
    envvar="ACTIVITIES_QUERY_LOG",
    help="The log file that --misses reads.",
)
@settings_options
def status(settings: Settings, as_json: bool, misses: bool, query_log: Path | None) -> None:
    """Show the index, its differences from the content, and the last runs.

    The exit code is 1 if the index differs from the content.
    """
    if misses:
        _print_zero_result_searches(query_log, as_json)
        return
    with errors_as_exit_codes():
        index_status = read_status(open_engine(settings), settings)
    if as_json:
        click.echo(json.dumps(status_json(index_status), ensure_ascii=False))
    else:
        click.echo("\n".join(status_lines(index_status)))
    sys.exit(EXIT_PROBLEMS if index_status.drift else 0)


def _print_zero_result_searches(log: Path | None, as_json: bool) -> None:
    if log is None:
        raise click.UsageError(
            "--misses needs the query log of the server: pass its path with --query-log or "
            "ACTIVITIES_QUERY_LOG, here and to the server"
        )
    if not log.exists():
        raise click.UsageError(
            f"there is no log {log}: a server with --query-log creates it when it starts"
        )
    counts = count_searches(log)
    if as_json:
        records = [{"q": words, "count": count} for words, count in counts]
        click.echo(json.dumps(records, ensure_ascii=False))
    else:
        lines = [f"{count:6,}  {words}" for words, count in counts]
        click.echo("\n".join(lines) or "no searches without results")


@cli.command()
@click.option("--to", type=int, help="The generation to restore; by default the previous one.")
@settings_options
def rollback(settings: Settings, to: int | None) -> None:
    """Restore an earlier generation and hold the index there until index --resume."""
    with errors_as_exit_codes():
        engine = open_engine(settings)
        generation = _previous_generation(engine) if to is None else to
        if generation is None:
            click.echo("activities: there is no earlier generation to restore", err=True)
            sys.exit(EXIT_ENGINE)
        owner = owner_name("activities rollback")
        restored = engine.rollback(generation, owner, LOCK_TIMEOUT, _report_waiting)
    click.echo(
        f"generation {restored.number} restores generation {restored.restores}; "
        'the index is held until you run "activities index --resume"'
    )


def _previous_generation(engine: Engine) -> int | None:
    """Return the number of the generation before the current one; None without one.

    A restored generation counts as its original, so that two rollbacks go back two
    steps. Raises EngineError without an index.
    """
    generations = engine.generations()
    if not generations:
        engine.stats()  # raises the error that says how to create an index
        return None
    current = generations[-1].restores or generations[-1].number
    earlier = (generation.number for generation in generations if generation.number < current)
    return max(earlier, default=None)
