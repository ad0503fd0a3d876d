"""The `activities` command, as far as it needs no web: import, check, index, watch, status, rollback."""

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
from indexer.content.activity import InvalidActivity
from indexer.content.files import check_folder
from indexer.content.fixes import apply_fixes
from indexer.engines.base import Engine, EngineError
from indexer.engines.factory import open_engine
from indexer.indexing.status import read_status, status_json, status_lines
from indexer.indexing.sync import LOCK_TIMEOUT, Summary, SyncOptions, owner_name, sync
from indexer.search.zero_result_log import count_searches
from indexer.settings import Settings

EXIT_PROBLEMS, EXIT_ENGINE = 1, 3  # exit codes; 2 is click's own, for usage


# Whether it can be read is the engine's to say, with exit 3; click would call it bad usage.
_PATH = click.Path(path_type=Path, readable=False)


def settings_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--content, --index and --engine, each also an environment variable; passed on as settings."""

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
    def wrapped(content: Path, index: Path, engine: str, **rest: Any) -> Any:
        return command(settings=Settings(content=content, index=index, engine=engine), **rest)

    return wrapped


@contextmanager
def errors_as_exit_codes() -> Iterator[None]:
    """An engine's error is one sentence and exit 3; a content folder that cannot be read is exit 1."""
    try:
        yield
    except EngineError as error:
        click.echo(f"activities: {error}", err=True)
        sys.exit(EXIT_ENGINE)
    except InvalidActivity as error:
        click.echo(str(error), err=True)
        sys.exit(EXIT_PROBLEMS)
    except BrokenPipeError:  # who read the output has enough; click ends quietly
        raise
    except OSError as error:
        click.echo(
            f"activities: {error.filename} cannot be used ({error.strerror}): mend its permissions",
            err=True,
        )
        sys.exit(EXIT_ENGINE)


class Commands(click.Group):
    """A group some of whose commands are imported only when they are asked for: the others need not wait for it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.later = {"import": "indexer.importing.command:import_command"}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *self.later])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.later:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.later[cmd_name].partition(":")
        found: click.Command = getattr(import_module(module), name)
        return found


@click.group(cls=Commands)
@click.version_option(__version__)
def cli() -> None:
    """Search what an organisation did, in which country, in which year."""


@cli.command()
@click.option(
    "--fix",
    is_flag=True,
    help="Rewrite values that are understood as their keys (Pakistan as PAK).",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a problem.")
@settings_options
def check(settings: Settings, fix: bool, as_json: bool) -> None:
    """Name everything wrong in the content files, each with its line."""
    problems = files = fixable = 0
    with errors_as_exit_codes():
        for entry, parsed in check_folder(settings.content):
            files += 1
            fixable += len(parsed.fixes)
            if fix and parsed.fixes:
                apply_fixes(Path(entry.path), parsed.fixes)
                for c in parsed.fixes:
                    change = f"is now {c.key}" if c.key else "stood twice: one is removed"
                    click.echo(f"{entry.path}:{c.line}: {c.field}: {c.written} {change}", err=True)
            for error in parsed.errors:
                problems += 1
                found = {
                    "path": error.path,
                    "line": error.line,
                    "field": error.field,
                    "reason": error.reason,
                }
                click.echo(json.dumps(found, ensure_ascii=False) if as_json else str(error))
    hint = (
        f', {fixable} values that "activities check --fix" would rewrite'
        if fixable and not fix
        else ""
    )
    click.echo(f"{files} files, {problems} problems{hint}", err=True)
    sys.exit(EXIT_PROBLEMS if problems else 0)


@cli.command()
@click.option("--rebuild", is_flag=True, help="Write the whole index anew.")
@click.option("--verify", is_flag=True, help="Read every file, also those that seem unchanged.")
@click.option("--resume", is_flag=True, help="Go on after a rollback.")
@click.option(
    "--wait",
    type=float,
    default=LOCK_TIMEOUT,
    show_default=True,
    help="Seconds to wait for another writer.",
)
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON.")
@settings_options
def index(
    settings: Settings, rebuild: bool, verify: bool, resume: bool, wait: float, as_json: bool
) -> None:
    """Make the index equal the content: only what changed is touched, in one commit."""
    bar = _Bar()
    with errors_as_exit_codes():
        summary = sync(
            open_engine(settings),
            settings.content,
            owner_name("activities index"),
            SyncOptions(rebuild, resume, verify, wait, progress=bar, on_wait=_say_waiting),
            cache=settings.index,
        )
    bar.end()
    for error in summary.errors:
        click.echo(str(error), err=True)
    if summary.held is not None:
        click.echo(
            f"held at generation {summary.held} by a rollback: nothing was indexed; "
            'run "activities index --resume" to go on',
            err=True,
        )
    counts = {name: getattr(summary, name) for name in Summary.__slots__}
    if as_json:
        counts |= {
            "seconds": round(summary.seconds, 3),
            "errors": [str(error) for error in summary.errors],
        }
        click.echo(json.dumps(counts, ensure_ascii=False))
    elif summary.held is None:
        click.echo(_counted(summary))
    sys.exit(EXIT_PROBLEMS if summary.errors or summary.held is not None else 0)


@cli.command()
@settings_options
def watch(settings: Settings) -> None:
    """Follow the content folder: index what is saved at once, until it is stopped."""
    with errors_as_exit_codes():
        engine = open_engine(settings)
    click.echo(f"watching {settings.content}  (Ctrl-C stops)", err=True)
    with suppress(KeyboardInterrupt):
        report_watch(engine, settings, owner_name("activities watch"), Event())


def report_watch(engine: Engine, settings: Settings, owner: str, stop: Event) -> None:
    """Watch, and say on standard error what every run that had something to do did; a problem once while it lasts."""
    from indexer.indexing.watch import (  # loaded late: no other command needs it
        Problem,
        Unwatchable,
    )
    from indexer.indexing.watch import watch as watch_content

    said = problem = ""
    errors: list[str] = []

    def heard(summary: Summary) -> None:
        nonlocal said, problem, errors
        problem = ""
        before, errors = errors, [str(error) for error in summary.errors]
        if errors != before or summary.added or summary.changed or summary.deleted:
            for error in errors:
                click.echo(error, err=True)
        if summary.held is not None:
            drift = read_status(engine, settings).drift
            differing = sum(map(len, (drift.unindexed, drift.changed, drift.orphaned)))
            line = f'held at generation {summary.held} by a rollback, {differing} files differ: run "activities index --resume"'
        elif summary.added or summary.changed or summary.deleted:
            line = f"generation {summary.generation}: {_counted(summary)}"
        else:
            return
        if line != said or summary.held is None:
            click.echo(line, err=True)
        said = line

    def failed(error: Problem) -> None:
        nonlocal problem
        if str(error) != problem:
            click.echo(
                f"activities: {'' if isinstance(error, Unwatchable) else 'not indexed: '}{error}",
                err=True,
            )
        problem = str(error)

    watch_content(engine, settings.content, owner, settings.index, stop, heard, failed)


def _counted(summary: Summary) -> str:
    counts = (
        (getattr(summary, key), key)
        for key in ("added", "changed", "deleted", "unchanged", "rejected")
    )
    return (
        ", ".join(f"{count} {key}" for count, key in counts) + f" in {summary.seconds:.2f} seconds"
    )


def _say_waiting(who: str) -> None:
    click.echo(f"activities: waiting for {who}", err=True)


class _Bar:
    """A bar for each phase of a run, on the terminal, once a second has passed."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()
        self.started = time.monotonic()
        self.phase = ""
        self.bar: Any = None

    def __call__(self, phase: str, done: int, total: int) -> None:
        if not self.shown or time.monotonic() - self.started < 1:
            return
        if phase != self.phase:
            self.end()
            self.phase, self.bar = (
                phase,
                click.progressbar(length=total, label=phase, file=sys.stderr),
            )
        self.bar.update(done - self.bar.pos)

    def end(self) -> None:
        if self.bar is not None:
            self.bar.render_finish()


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option(
    "--misses", is_flag=True, help="Instead: what was searched for and not found, counted."
)
@click.option(
    "--query-log", type=_PATH, envvar="ACTIVITIES_QUERY_LOG", help="File that --misses counts."
)
@settings_options
def status(settings: Settings, as_json: bool, misses: bool, query_log: Path | None) -> None:
    """What the index holds, how the content differs from it, and what the last runs did. Exit 1 on a difference."""
    if misses:
        if query_log is None:
            raise click.UsageError(
                "--misses needs the log that the server keeps: name it with --query-log or "
                "ACTIVITIES_QUERY_LOG, to the server too"
            )
        if not query_log.exists():
            raise click.UsageError(
                f"there is no log {query_log}: a server that is told to keep it makes it when it starts"
            )
        found_not = count_searches(query_log)
        if as_json:
            click.echo(
                json.dumps(
                    [{"q": words, "count": count} for words, count in found_not], ensure_ascii=False
                )
            )
        else:
            click.echo(
                "\n".join(f"{count:6,}  {words}" for words, count in found_not)
                or "nothing was missed"
            )
        return
    with errors_as_exit_codes():
        found = read_status(open_engine(settings), settings)
    if as_json:
        click.echo(json.dumps(status_json(found), ensure_ascii=False))
    else:
        click.echo("\n".join(status_lines(found)))
    sys.exit(EXIT_PROBLEMS if found.drift else 0)


@cli.command()
@click.option("--to", type=int, help="The generation to return to; the previous one if not given.")
@settings_options
def rollback(settings: Settings, to: int | None) -> None:
    """Return to an earlier generation, and hold there until index --resume."""
    with errors_as_exit_codes():
        engine = open_engine(settings)
        if to is None:
            generations = engine.generations()
            if not generations:
                engine.stats()  # says what to do
            # Twice is two steps back, not there and back again.
            shown = max(
                (generation.restores or generation.number for generation in generations[-1:]),
                default=0,
            )
            to = max(
                (generation.number for generation in generations if generation.number < shown),
                default=None,
            )
        if to is None:
            click.echo("activities: there is no earlier generation to return to", err=True)
            sys.exit(EXIT_ENGINE)
        made = engine.rollback(to, owner_name("activities rollback"), LOCK_TIMEOUT, _say_waiting)
    click.echo(
        f"generation {made.number} is generation {made.restores} again, held until: activities index --resume"
    )
