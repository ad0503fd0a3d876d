"""Logs never wait for their reader: lines are dropped and counted."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from indexer.indexing import run_log
from indexer.indexing.sync import Summary
from indexer.settings import Settings
from tests.serving import COMMAND, environment, serving
from tests.waiting import MAX_SECONDS, wait_for
from webapp.serving.log_writer import LogWriter

PIPE_SIZE = 4096  # bytes, the smallest that Linux allows

if not hasattr(fcntl, "F_SETPIPE_SZ"):
    pytest.skip("the size of a pipe can be set on Linux only", allow_module_level=True)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """A small pipe: its reading and its writing end."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
    yield reading, writing
    for descriptor in (reading, writing):
        with suppress(OSError):
            os.close(descriptor)


def note(dropped: int) -> bytes:
    return f"dropped {dropped}\n".encode()


def read(descriptor: int) -> list[bytes]:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        return file.read().splitlines()


def test_lines_are_written_in_order_before_the_end(pipe: tuple[int, int]) -> None:
    writer = LogWriter(pipe[1], note)
    for number in range(100):
        writer.write(b"%d\n" % number)
    writer.close(30)
    os.close(pipe[1])
    assert read(pipe[0]) == [b"%d" % number for number in range(100)]


def test_every_line_is_written_or_counted_when_a_full_pipe_is_read_at_last(
    pipe: tuple[int, int],
) -> None:
    writer = LogWriter(pipe[1], note, max_size=2 * PIPE_SIZE)
    for _ in range(1000):
        writer.write(b"x" * 99 + b"\n")  # the pipe and the queue take about 120 of them
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read, pipe[0])
        writer.close(30)
        os.close(pipe[1])
        lines = reading.result(30)
    written = [line for line in lines if line.startswith(b"x")]
    dropped = [int(line.split()[1]) for line in lines if line.startswith(b"dropped")]
    assert len(written) < 200
    assert len(written) + sum(dropped) == 1000
    assert {len(line) for line in written} == {99}


def test_closing_does_not_wait_for_a_full_pipe(pipe: tuple[int, int]) -> None:
    writer = LogWriter(pipe[1], note)
    for _ in range(100):
        writer.write(b"x" * 1000)
    writer.close(0.01)
    assert len(os.read(pipe[0], 1_000_000)) <= PIPE_SIZE
    os.close(pipe[0])
    writer.close(30)  # the thread ends, since the pipe has no reader


def test_a_closed_pipe_loses_the_lines_and_nothing_else(pipe: tuple[int, int]) -> None:
    writer = LogWriter(pipe[1], note)
    os.close(pipe[0])
    writer.write(b"lost\n")
    writer.write(b"lost too\n")
    writer.close(30)
    assert not writer._lines


def test_a_forked_process_writes_its_own_lines_only() -> None:
    program = (
        "import os\n"
        "from webapp.serving.log_writer import LogWriter\n"
        "writer = LogWriter(1, str)\n"
        "writer.write(b'parent\\n')\n"
        "if (child := os.fork()) == 0:\n"
        "    writer.restart()\n"
        "    writer.write(b'child\\n')\n"
        "else:\n"
        "    os.waitpid(child, 0)\n"
        "writer.close(30)\n"
    )
    # Python warns of a fork beside a thread; the server needs one.
    command = [sys.executable, "-W", "ignore", "-c", program]
    ran = subprocess.run(command, capture_output=True, check=True, timeout=60)
    assert sorted(ran.stdout.splitlines()) == [b"child", b"parent"]


def test_full_pipes_on_standard_output_and_error_delay_no_answer_and_no_stop(
    settings: Settings, index: Callable[..., Summary]
) -> None:
    index()
    with (
        subprocess.Popen(
            [COMMAND, "serve", "--workers", "2", "--watch"],
            env=environment(settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as server,
        ExitStack() as after,
    ):
        after.callback(server.kill)  # a failed assertion must not wait for the server
        assert server.stdout
        assert server.stderr
        match = re.search(rb"serving on (\S+)/ ", server.stderr.readline())
        assert match
        address = match[1].decode()
        for stream in (server.stdout, server.stderr):
            fcntl.fcntl(stream, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
        # The first run of the watcher would create the index again.
        wait_for(lambda: any("--watch" in run.owner for run in run_log.recent(settings.index)))
        settings.index.rename(settings.index.with_name("removed"))

        def status(number: int) -> int:
            try:
                with urlopen(f"{address}/activities/{'x' * 250}?{number}", timeout=30) as response:
                    return int(response.status)
            except HTTPError as error:
                error.close()
                return error.code

        with ThreadPoolExecutor(4) as clients:
            assert set(clients.map(status, range(200))) == {503}
        server.send_signal(signal.SIGTERM)
        assert server.wait(MAX_SECONDS) == 0
        # Nobody has read, so that the lines of both logs filled their pipes.
        assert len(server.stdout.read()) > PIPE_SIZE // 2
        assert len(server.stderr.read()) > PIPE_SIZE // 2


def test_the_last_lines_of_a_worker_are_written_before_it_ends(
    settings: Settings, index: Callable[..., Summary]
) -> None:
    index()
    with serving(settings, "--workers", "2") as server:
        for number in range(50):
            server.get(f"/?q={number}")
        assert server.stop() == 0
        assert [line["path"] for line in server.access_log()].count("/") == 50
