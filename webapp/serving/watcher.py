"""Watch the content folder for a server, in a child process.

`python -m webapp.serving.watcher` is that process. A thread of the server could hold a lock while a
worker is forked, and the worker would inherit the lock for ever.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from indexer.commands.watch import report_watch
from indexer.engines.factory import open_engine
from indexer.indexing.sync import owner_name
from indexer.settings import Settings
from webapp.serving.lifeline import Lifeline, end_with_server

RESTART_DELAY = 5.0  # seconds


@contextmanager
def supervised_watcher(settings: Settings, lifeline: Lifeline) -> Iterator[None]:
    """Watch the content folder within the context; restart the watcher if it fails."""
    supervisor = _Supervisor(settings, lifeline)
    supervisor.start()
    try:
        yield
    finally:
        supervisor.stop()


class _Supervisor(Thread):
    def __init__(self, settings: Settings, lifeline: Lifeline) -> None:
        super().__init__(name="watcher", daemon=True)
        self._settings, self._lifeline, self._stopped = settings, lifeline, Event()
        self._start_process()

    def _start_process(self) -> None:
        # A new session, since Ctrl-C is for the server.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "webapp.serving.watcher"],
            env=self._settings.to_environment(),
            stdin=self._lifeline.reading,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def run(self) -> None:
        while not self._stopped.is_set():
            code = self._process.wait()
            if not self._stopped.wait(RESTART_DELAY):
                message = f"activities: the watcher exited with {code} and is started again"
                sys.stderr.write(f"{message}\n")
                self._start_process()

    def stop(self) -> None:
        """Terminate the watcher at once. A run in progress is completed or has no effect."""
        self._stopped.set()
        self._process.terminate()
        self.join()


def main() -> None:
    """Watch the content folder until the server ends, which has its lifeline as standard input."""
    settings = Settings.from_environment()
    end_with_server(sys.stdin.fileno())
    report_watch(open_engine(settings), settings, owner_name("activities serve --watch"), Event())


if __name__ == "__main__":
    main()
