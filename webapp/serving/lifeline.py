"""The end of the server, noticed by its child processes.

A killed server sends no signal, and only Linux can send one in its place.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from types import TracebackType
from typing import Self

ORPHAN_SECONDS = 5  # time for requests in progress after the end of the server


class Lifeline:
    """A pipe that is never written to. Only the server has its writing end, which closes with it.

    A process that the server forks calls detach(). A program that it starts gets the descriptor
    `reading` as its standard input, and passes that to end_with_server().
    """

    def __init__(self) -> None:
        self.reading, self._writing = os.pipe()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        os.close(self._writing)
        os.close(self.reading)

    def detach(self) -> None:
        """End this process, which the server has forked, soon after the server."""
        os.close(self._writing)  # inherited; the pipe would stay open as long as this process lives
        end_with_server(self.reading)


def end_with_server(lifeline: int) -> None:
    """End this process soon after the server, however the server ends.

    lifeline: descriptor of the reading end of a Lifeline.

    The process gets SIGTERM, and is ended after ORPHAN_SECONDS if that is not enough.
    """

    def wait() -> None:
        os.read(lifeline, 1)  # returns when the writing end is closed
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(ORPHAN_SECONDS)
        os._exit(1)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
