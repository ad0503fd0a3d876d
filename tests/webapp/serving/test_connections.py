"""Connections: clients that read or send nothing, and a low limit of open files."""

from __future__ import annotations

import errno
import os
import resource
import socket
import subprocess
import sys

import pytest

from tests.waiting import wait_for
from webapp.serving import connections
from webapp.serving.connections import end_silent_connections, set_write_timeout

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and TCP_INFO")


def connect(listener: socket.socket) -> tuple[socket.socket, socket.socket]:
    """Return a client's socket and the accepted one."""
    client = socket.create_connection(listener.getsockname(), timeout=20)
    return client, listener.accept()[0]


def port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


@linux
def test_a_connection_whose_client_sends_nothing_is_ended(listener: socket.socket) -> None:
    client, accepted = connect(listener)
    with client, accepted:
        client.setblocking(False)

        def is_ended() -> bool:
            end_silent_connections(port_of(listener), 0.0)
            try:
                return client.recv(1) == b""
            except BlockingIOError:
                return False

        wait_for(is_ended)  # the kernel counts the age of a connection in steps of milliseconds


@linux
def test_a_connection_whose_client_has_sent_something_stays(listener: socket.socket) -> None:
    client, accepted = connect(listener)
    with client, accepted:
        client.sendall(b"GET")
        assert accepted.recv(3) == b"GET"
        end_silent_connections(port_of(listener), 0.0)
        accepted.sendall(b"x")
        assert client.recv(1) == b"x"


@linux
def test_a_young_connection_and_one_to_another_port_stay(listener: socket.socket) -> None:
    client, accepted = connect(listener)
    with client, accepted:
        end_silent_connections(port_of(listener), 60.0)
        end_silent_connections(port_of(listener) + 1, 0.0)
        accepted.sendall(b"x")
        assert client.recv(1) == b"x"


@linux
def test_looking_for_silent_connections_opens_no_descriptor(listener: socket.socket) -> None:
    client, accepted = connect(listener)
    with client, accepted:
        before = len(os.listdir("/proc/self/fd"))
        end_silent_connections(port_of(listener), 60.0)
        assert len(os.listdir("/proc/self/fd")) == before


@linux
def test_a_client_that_reads_nothing_is_disconnected(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "WRITE_TIMEOUT_SECONDS", 0.2)
    set_write_timeout(listener)
    client, accepted = connect(listener)
    with client, accepted:
        accepted.settimeout(20)
        with pytest.raises(OSError, match="timed out") as raised:
            accepted.sendall(b"x" * 100_000_000)
        assert raised.value.errno == errno.ETIMEDOUT, "by the kernel, not by the test's own limit"


LIMITED = """
import resource
from webapp.serving.connections import connection_limit
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
print(connection_limit(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def limited(soft: int, hard: int) -> tuple[list[int], str]:
    """Return the limit of connections and of open files of a process, and its messages."""
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED.format(soft=soft, hard=hard)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [int(number) for number in ran.stdout.split()], ran.stderr


def test_the_limit_of_open_files_is_raised_as_far_as_needed() -> None:
    (accepted, files), messages = limited(256, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    assert accepted == connections.MAX_CONNECTIONS
    assert files == connections.MAX_CONNECTIONS + connections.RESERVED_DESCRIPTORS
    assert not messages


def test_a_low_limit_of_open_files_is_reported_and_leaves_descriptors_free() -> None:
    (accepted, files), messages = limited(300, 300)
    assert (accepted, files) == (300 - connections.RESERVED_DESCRIPTORS, 300)
    assert "this process may open 300 files only" in messages
    assert "LimitNOFILE=" in messages
