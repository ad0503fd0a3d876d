"""Run `activities` and `activities serve` as processes, for tests from outside."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from indexer.settings import Settings
from tests.waiting import MAX_SECONDS, wait_for

COMMAND = Path(sys.executable).with_name("activities")


def activities(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command and wait for its end."""
    return subprocess.run(
        [COMMAND, *arguments],
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def environment(settings: Settings) -> dict[str, str]:
    """Return environment variables for a process with these settings."""
    return {
        **os.environ,
        "ACTIVITIES_CONTENT": str(settings.content),
        "ACTIVITIES_INDEX": str(settings.index),
        "ACTIVITIES_ENGINE": settings.engine,
        "PORT": "0",
    }


class Server:
    """A running server with one worker, or as many as the options say.

    env: environment variables in addition to those of the settings.
    listener: a socket that is passed to the server, as systemd does.
    """

    def __init__(
        self,
        settings: Settings,
        *options: str,
        env: Mapping[str, str] | None = None,
        listener: socket.socket | None = None,
    ) -> None:
        self.messages: list[str] = []  # lines of standard error so far
        self.log: list[str] = []  # lines of standard output so far
        self.url = ""
        self._terminated = False
        self._listening = threading.Event()
        command = [str(COMMAND), "serve", "--workers", "1", *options]
        if listener:
            passed = f'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@" 3<&{listener.fileno()}'
            command = ["bash", "-c", passed, "serve", *command]
        self.process = subprocess.Popen(
            command,
            pass_fds=[listener.fileno()] if listener else [],
            env=environment(settings) | dict(env or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._readers = [
            threading.Thread(target=self._read, args=(self.process.stdout, self.log)),
            threading.Thread(target=self._read, args=(self.process.stderr, self.messages)),
        ]
        for reader in self._readers:
            reader.start()
        self._listening.wait(MAX_SECONDS)
        if not self.url:
            self.stop()
            raise AssertionError("activities serve did not start: " + "".join(self.messages))

    def _read(self, stream: Any, lines: list[str]) -> None:
        for line in stream:
            lines.append(line)
            if match := re.search(r"serving on (http://\S+?)/\s", line):
                self.url = match[1]
                self._listening.set()
        self._listening.set()

    def get(self, path: str) -> str:
        """Return the body of a response. Raises HTTPError for an error response."""
        with urlopen(self.url + path, timeout=60) as response:
            return str(response.read().decode())

    def access_log(self) -> list[dict[str, Any]]:
        """Return the records of the access log so far."""
        return [json.loads(line) for line in self.log]

    def answering_worker(self) -> int:
        """Return the process id of the worker that answered last. Waits for the first log line."""
        wait_for(lambda: bool(self.log))
        return int(self.access_log()[-1]["pid"])

    def terminate(self) -> None:
        """Send SIGTERM once. A second signal would kill Python while it exits."""
        if not self._terminated:
            self._terminated = True
            self.process.send_signal(signal.SIGTERM)

    def stop(self) -> int:
        """Stop the server, wait for its end, and return its exit code."""
        self.terminate()
        code = self.process.wait(MAX_SECONDS)
        for reader in self._readers:
            reader.join(60)
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        return code


@contextmanager
def serving(
    settings: Settings, *options: str, env: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run a server while the context lasts."""
    server = Server(settings, *options, env=env)
    try:
        yield server
    finally:
        server.stop()
