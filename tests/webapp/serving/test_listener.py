"""The listening socket: connections that wait when a server stops."""

from __future__ import annotations

import socket
import sys
import threading

import pytest

from webapp.serving.listener import wait_until_accepted

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads TCP_INFO")


@linux
def test_waiting_connections_are_accepted_before_the_socket_is_closed(
    listener: socket.socket,
) -> None:
    with socket.create_connection(listener.getsockname(), timeout=20):
        waiting = threading.Thread(target=wait_until_accepted, args=(listener, 60.0))
        waiting.start()
        waiting.join(0.05)
        assert waiting.is_alive()
        listener.accept()[0].close()
        waiting.join(60)
        assert not waiting.is_alive()


@linux
def test_the_wait_for_waiting_connections_is_bounded(listener: socket.socket) -> None:
    with socket.create_connection(listener.getsockname(), timeout=20):
        wait_until_accepted(listener, 0.01)
