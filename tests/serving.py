"""A real `activities serve` in a process of its own, for the tests that look at it from outside."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from indexer.settings import Settings

COMMAND = Path(sys.executable).with_name("activities")


def activities(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    return subprocess.run(
        [COMMAND, *arguments],
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def environment(settings: Settings) -> dict[str, str]:
    """The environment that names the settings' folders."""
    return {
        **os.environ,
        "ACTIVITIES_CONTENT": str(settings.content),
        "ACTIVITIES_INDEX": str(settings.index),
        "ACTIVITIES_ENGINE": settings.engine,
        "PORT": "0",
    }


class Server:
    """A running server; url is its address, said its standard error so far, log its standard output."""

    def __init__(
        self, settings: Settings, *options: str, env: Mapping[str, str] | None = None
    ) -> None:
        self.said: list[str] = []
        self.log: list[str] = []
        self.url = ""
        self._asked_to_stop = False
        self._listening = threading.Event()
        self.process = subprocess.Popen(
            [COMMAND, "serve", "--workers", "1", *options],
            env=environment(settings) | dict(env or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._readers = [
            threading.Thread(target=self._read, args=(self.process.stdout, self.log)),
            threading.Thread(target=self._read, args=(self.process.stderr, self.said)),
        ]
        for reader in self._readers:
            reader.start()
        self._listening.wait(30)
        if not self.url:
            self.stop()
            raise AssertionError("activities serve did not start: " + "".join(self.said))

    def _read(self, stream: Any, lines: list[str]) -> None:
        for line in stream:
            lines.append(line)
            if found := re.search(r"serving on (http://\S+?)/\s", line):
                self.url = found[1]
                self._listening.set()
        self._listening.set()

    def get(self, path: str) -> str:
        """The body of an answer, which must be a good one."""
        with urlopen(self.url + path, timeout=20) as answer:
            return str(answer.read().decode())

    def answers(self) -> list[dict[str, Any]]:
        """The access log so far."""
        return [json.loads(line) for line in self.log]

    def terminate(self) -> None:
        """Ask it to stop, once: Python, ending, has no handlers any more, and dies of a second signal."""
        if not self._asked_to_stop:
            self._asked_to_stop = True
            self.process.send_signal(signal.SIGTERM)

    def stop(self) -> int:
        """Ask it to stop and wait until it has; its exit code."""
        self.terminate()
        code = self.process.wait(40)
        for reader in self._readers:
            reader.join(10)
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        return code


@contextmanager
def serving(
    settings: Settings, *options: str, env: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A server for as long as the context lasts."""
    server = Server(settings, *options, env=env)
    try:
        yield server
    finally:
        server.stop()
