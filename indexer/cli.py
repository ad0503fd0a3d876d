"""The `activities` command group, and the options and exit codes that its commands share."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from indexer import __version__
from indexer.content.activity import InvalidActivity
from indexer.content.visible_text import cut_message
from indexer.engines.base import EngineError
from indexer.settings import DEFAULT_HISTORY_SIZE, Settings, parse_site_url

EXIT_PROBLEMS, EXIT_ENGINE = 1, 3  # click exits with 2 for wrong usage
BAR_DELAY_SECONDS = 1.0  # shorter runs show no progress bar

# readable=False: otherwise click reports an unreadable folder as wrong usage (exit code 2). The
# engine reports it with exit code 3.
PATH = click.Path(path_type=Path, readable=False)


# Of commands that write content files and use no index. An unreadable folder is wrong usage.
content_option = click.option(
    "--content",
    type=click.Path(path_type=Path),
    envvar="ACTIVITIES_CONTENT",
    default="content",
    show_default=True,
    help="Folder of the activities.",
)


def _edit_url(context: click.Context, option: click.Parameter, value: str) -> str:
    """Return an address that pages may link to. Raises click.BadParameter."""
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


def site_url_option(help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option for the address of the site, with a help text."""
    return click.option("--url", envvar="ACTIVITIES_URL", default="", callback=_site_url, help=help)


edit_url_option = click.option(
    "--edit-url",
    envvar="ACTIVITIES_EDIT_URL",
    default="",
    callback=_edit_url,
    help="Address where content files are edited; {path} is replaced by the path of a file.",
)


def settings_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --content, --index and --engine to a command and pass them to it as settings.

    Each option is also an environment variable.
    """

    @click.option(
        "--content",
        type=PATH,
        envvar="ACTIVITIES_CONTENT",
        default="content",
        show_default=True,
        help="Folder of the activities.",
    )
    @click.option(
        "--index",
        type=PATH,
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


def writer_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of settings_options() and --history-size to a command that writes an index.

    The command receives their values as settings.
    """

    @click.option(
        "--history-size",
        type=click.FloatRange(min=0),
        envvar="ACTIVITIES_HISTORY_SIZE",
        default=DEFAULT_HISTORY_SIZE,
        show_default=True,
        help="Maximum size of the generations that are kept for their age, as a multiple of the "
        "size of the newest generation.",
    )
    @settings_options
    @wraps(command)
    def wrapper(settings: Settings, history_size: float, **options: Any) -> Any:
        return command(settings=replace(settings, history_size=history_size), **options)

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
        click.echo(cut_message(f"activities: {error}"), err=True)
        sys.exit(EXIT_ENGINE)
    except InvalidActivity as error:
        click.echo(str(error), err=True)
        sys.exit(EXIT_PROBLEMS)
    except BrokenPipeError:  # the reader of the output has ended; click then exits quietly
        raise
    except OSError as error:
        reason = f"{error.filename} cannot be used ({error.strerror})"
        click.echo(cut_message(f"activities: {reason}: fix its permissions"), err=True)
        sys.exit(EXIT_ENGINE)


class LazyGroup(click.Group):
    """A group that imports each command only when it runs, so that every command starts fast."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Command name -> "module:function".
        self.lazy_commands = {
            "changes": "indexer.commands.changes:changes_command",
            "check": "indexer.commands.check:check_command",
            "forget": "indexer.commands.forget:forget_command",
            "import": "indexer.commands.import_command:import_command",
            "index": "indexer.commands.index:index_command",
            "new": "indexer.commands.new:new_command",
            "rename": "indexer.commands.rename:rename_command",
            "rename-value": "indexer.commands.rename_value:rename_value_command",
            "report": "indexer.commands.report:report_command",
            "rollback": "indexer.commands.rollback:rollback_command",
            "status": "indexer.commands.status:status_command",
            "suggest-synonyms": "indexer.commands.suggest_synonyms:suggest_synonyms_command",
            "watch": "indexer.commands.watch:watch_command",
        }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, sorted."""
        return sorted([*super().list_commands(ctx), *self.lazy_commands])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. A long wrong value is cut in the message of an error."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            error.message = cut_message(error.message)  # type: ignore[misc]
            raise

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


def report_waiting(holder: str) -> None:
    """Print the name of the writer that a command waits for."""
    click.echo(f"activities: waiting for {holder}", err=True)
