"""Watches for a server, in a process of its own: `python -m webapp.serving.watcher` is that process.

A thread of the server's own process would hold locks while workers are forked from it, and they would have
those for ever.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import click

from indexer.cli import report_watch
from indexer.engines.factory import open_engine
from indexer.indexing.sync import owner_name
from indexer.settings import Settings

AGAIN = 5.0  # seconds until a watcher that has failed is begun again


@contextmanager
def supervised_watcher(settings: Settings) -> Iterator[None]:
    """Follow the content folder for as long as the context lasts; a watcher that fails is begun again."""
    keeper = _Keeper(settings)
    keeper.start()
    try:
        yield
    finally:
        keeper.end()


class _Keeper(Thread):
    def __init__(self, settings: Settings) -> None:
        super().__init__(name="watcher", daemon=True)
        self._settings, self._ended = settings, Event()
        self._begin()

    def _begin(self) -> None:
        # A session of its own: Ctrl-C is for the server, which then ends it. The pipe ends with the server.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "webapp.serving.watcher"],
            env=self._settings.to_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def run(self) -> None:
        while not self._ended.is_set():
            code = self._process.wait()
            if not self._ended.wait(AGAIN):
                click.echo(
                    f"activities: the watcher ended with {code} and is begun again", err=True
                )
                self._begin()

    def end(self) -> None:
        """End the watcher, at once: a run that it is in leaves the index as it was, or done."""
        self._ended.set()
        self._process.terminate()
        self.join()
        if self._process.stdin:
            self._process.stdin.close()


def main() -> None:
    """Follow the content folder until standard input ends."""
    settings, stop = Settings.from_environment(), Event()

    def listen() -> None:
        sys.stdin.buffer.read()
        stop.set()

    Thread(target=listen, daemon=True).start()
    report_watch(open_engine(settings), settings, owner_name("activities serve --watch"), stop)


if __name__ == "__main__":
    main()
