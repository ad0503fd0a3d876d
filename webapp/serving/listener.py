"""The listening socket. systemd passes it (sd_listen_fds(3)), or this module opens it.

systemd keeps its socket open while the service restarts, so that new connections wait instead of
being refused.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from typing import NoReturn

from indexer.content.visible_text import cut_message
from webapp.serving.tcp_info import waiting_connections

FIRST_PASSED_DESCRIPTOR = 3  # SD_LISTEN_FDS_START
BACKLOG = 4096  # connections that wait to be accepted; the limit of Linux by default
# A connection is accepted once its client has sent something, or after this time. A worker that
# stops would close a connection that it has accepted and read nothing from.
DEFER_ACCEPT_SECONDS = 1
CANNOT_LISTEN = 2  # exit code


def open_listener(host: str, port: int) -> socket.socket:
    """Return the socket to accept connections from, bound and listening.

    host, port: used unless systemd passes a socket; port 0 is any free one.

    Exits with CANNOT_LISTEN if that fails.
    """
    listener = _passed_listener() or _new_listener(host, port)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # inherited by connections
    if hasattr(socket, "TCP_DEFER_ACCEPT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, DEFER_ACCEPT_SECONDS)
    return listener


def _passed_listener() -> socket.socket | None:
    """Return the socket that systemd has passed to this process, if it has."""
    process, count, _ = (os.environ.pop(f"LISTEN_{name}", "") for name in ("PID", "FDS", "FDNAMES"))
    if process != str(os.getpid()):  # the variables were meant for a parent of this process
        return None
    if count != "1":
        _exit(f"{count} sockets were passed: pass one, with one ListenStream= in the socket unit")
    try:
        listener = socket.socket(fileno=FIRST_PASSED_DESCRIPTOR)
        is_listener = bool(listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    except OSError:
        is_listener = False
    if not is_listener or listener.family not in (socket.AF_INET, socket.AF_INET6):
        _exit("the socket that was passed does not accept TCP: write ListenStream= with a port")
    listener.set_inheritable(False)
    return listener


def _new_listener(host: str, port: int) -> socket.socket:
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = addresses[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a host"
        _exit(
            f"cannot listen on {host}:{port} ({reason}): choose another port with --port "
            "or PORT, or another address with --host or ACTIVITIES_HOST"
        )
    return listener


def _exit(problem: str) -> NoReturn:
    sys.stderr.write(cut_message(f"activities: {problem}") + "\n")
    sys.exit(CANNOT_LISTEN)


def wait_until_accepted(listener: socket.socket, seconds: float) -> None:
    """Wait until the workers have accepted all connections that wait, or for some seconds.

    The last process that closes the socket resets the connections that still wait. On other
    systems than Linux this returns at once.
    """
    if sys.platform != "linux":
        return
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not waiting_connections(listener):
            return
        time.sleep(0.01)


def stop_accepting(listener: socket.socket) -> None:
    """Accept no more connections in this process; other processes with the socket still do.

    The server's threads go on calling accept() with the descriptor, so it then refers to another
    socket, which has no clients.
    """
    with socket.create_server(("127.0.0.1", 0)) as unused:
        unused.setblocking(False)
        os.dup2(unused.fileno(), listener.fileno(), inheritable=False)
