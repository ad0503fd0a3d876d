"""Facts about TCP sockets from the kernel of Linux: struct tcp_info of linux/tcp.h."""

from __future__ import annotations

import socket
import struct

# Offsets in the structure, in bytes.
_UNACKED = 24  # 32 bits; of a listening socket, the connections that wait to be accepted
_LAST_DATA_RECEIVED = 52  # 32 bits, milliseconds ago
_BYTES_RECEIVED = 128  # 64 bits
_SIZE = 136  # of the part that is read


def waiting_connections(listener: socket.socket) -> int:
    """Return how many connections to a listening socket wait to be accepted. Raises OSError."""
    return _read(listener, "=I", _UNACKED)


def received(connection: socket.socket) -> tuple[int, int]:
    """Return the number of bytes received, and the milliseconds since the last. Raises OSError."""
    return _read(connection, "=Q", _BYTES_RECEIVED), _read(connection, "=I", _LAST_DATA_RECEIVED)


def _read(tcp_socket: socket.socket, format: str, offset: int) -> int:
    info = tcp_socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _SIZE)
    (value,) = struct.unpack_from(format, info, offset)
    return int(value)
