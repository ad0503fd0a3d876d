"""Limits of connections: open files, clients that read nothing, and clients that send nothing.

granian accepts a connection only while it has fewer than its maximum. If accepting fails for lack
of descriptors, it tries again without a pause, so the maximum is below the number of descriptors.
"""

from __future__ import annotations

import os
import resource
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from webapp.serving.tcp_info import received

MAX_CONNECTIONS = 512  # of a worker at a time; others wait to be accepted
MIN_CONNECTIONS = 16
# Descriptors for the files of the index, of the program and of a cluster's connections.
RESERVED_DESCRIPTORS = 256
# A connection ends if its client acknowledges nothing for this time, as one that reads nothing.
WRITE_TIMEOUT_SECONDS = 30.0
# A connection ends if its client has sent nothing for this time. granian limits the time between
# the first byte of a request and the end of its headers, and between two requests.
SILENCE_SECONDS = 30.0
CHECK_SECONDS = 5.0


def connection_limit() -> int:
    """Return how many connections a worker accepts, after raising the limit of open files.

    Reports a limit of open files that is too low for MAX_CONNECTIONS.
    """
    needed = MAX_CONNECTIONS + RESERVED_DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or hard > needed:
        hard = needed
    if soft != resource.RLIM_INFINITY and soft < hard:
        with suppress(OSError, ValueError):
            resource.setrlimit(
                resource.RLIMIT_NOFILE, (hard, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
            )
            soft = hard
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return MAX_CONNECTIONS
    limit = max(MIN_CONNECTIONS, soft - RESERVED_DESCRIPTORS)
    sys.stderr.write(
        f"activities: this process may open {soft} files only, so a worker accepts {limit} "
        f"connections at a time: raise the limit to {needed}, with LimitNOFILE= in the unit or "
        "ulimit -n\n"
    )
    return limit


def set_write_timeout(listener: socket.socket) -> None:
    """End the connections of clients that read nothing. Connections inherit this option."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        milliseconds = round(WRITE_TIMEOUT_SECONDS * 1000)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)


def follow_connections(port: int) -> None:
    """Start a thread that ends the silent connections to a port of this process."""
    if sys.platform == "linux":
        threading.Thread(target=_follow, args=(port,), daemon=True).start()


def _follow(port: int) -> None:
    while True:
        time.sleep(CHECK_SECONDS)
        end_silent_connections(port, SILENCE_SECONDS)


def end_silent_connections(port: int, seconds: float) -> None:
    """End the connections to a port whose client has sent nothing since it connected."""
    for path in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # closed in the meantime
            if str(path.readlink()).startswith("socket:"):
                # A copy refers to the same socket even if the server closes its descriptor.
                with socket.socket(fileno=os.dup(int(path.name))) as connection:
                    if _is_silent(connection, port, seconds):
                        connection.shutdown(socket.SHUT_RDWR)


def _is_silent(connection: socket.socket, port: int, seconds: float) -> bool:
    if (
        connection.family not in (socket.AF_INET, socket.AF_INET6)
        or connection.type != socket.SOCK_STREAM
        or connection.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        or connection.getsockname()[1] != port
    ):
        return False
    size, milliseconds = received(connection)
    return size == 0 and milliseconds > seconds * 1000
