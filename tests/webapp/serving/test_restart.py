"""A server with a socket of systemd loses no connection in a restart."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException

import pytest

from indexer.indexing.sync import Summary
from indexer.settings import Settings
from tests.serving import COMMAND, Server, environment


@pytest.fixture
def listener(index: Callable[..., Summary]) -> Iterator[socket.socket]:
    """A socket that stays open during restarts, as systemd's does."""
    index()
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        yield listener


def test_requests_during_a_restart_are_all_answered(
    settings: Settings, listener: socket.socket
) -> None:
    port = listener.getsockname()[1]
    stopped = threading.Event()

    def request_until_stopped() -> tuple[int, list[str]]:
        answered, failures = 0, []
        while not stopped.is_set():
            connection = HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                connection.request("GET", "/?q=police")
                response = connection.getresponse()
                end = response.read()[-20:]
                if response.status == 200 and b"</html>" in end:
                    answered += 1
                else:
                    failures.append(f"{response.status} {end!r}")
            except (OSError, HTTPException) as error:
                failures.append(repr(error))
            finally:
                connection.close()
        return answered, failures

    server = Server(settings, "--workers", "2", listener=listener)
    with ThreadPoolExecutor(4) as pool:
        clients = [pool.submit(request_until_stopped) for _ in range(4)]
        try:
            assert server.stop() == 0
            server = Server(settings, "--workers", "2", listener=listener)
        finally:
            stopped.set()
        results = [client.result(60) for client in clients]
    assert server.stop() == 0
    assert [failures for _, failures in results] == [[], [], [], []]
    assert all(answered > 1 for answered, _ in results)


def test_a_client_that_connects_to_a_stopping_server_is_answered_by_the_next_one(
    settings: Settings, listener: socket.socket
) -> None:
    address = listener.getsockname()
    server = Server(settings, listener=listener)
    server.terminate()
    connections = [socket.create_connection(address, timeout=60) for _ in range(20)]
    assert server.process.wait(40) == 0
    for connection in connections:
        connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
    server.stop()
    server = Server(settings, listener=listener)
    try:
        for connection in connections:
            with connection, connection.makefile("rb") as response:
                assert b" 200 " in response.readline()
    finally:
        server.stop()


def test_the_restarted_server_leaves_the_passed_socket_to_its_owner(
    settings: Settings, listener: socket.socket
) -> None:
    server = Server(settings, listener=listener)
    assert server.url.endswith(f":{listener.getsockname()[1]}")
    assert server.stop() == 0
    with socket.create_connection(listener.getsockname(), timeout=5):
        pass


@pytest.mark.parametrize(
    ("passed", "problem"),
    [
        ('LISTEN_FDS=2 exec "$@" 3</dev/null 4</dev/null', "2 sockets were passed"),
        ('LISTEN_FDS=1 exec "$@" 3</dev/null', "does not accept TCP"),
        ('LISTEN_FDS=1 exec "$@" 3<&-', "does not accept TCP"),
    ],
)
def test_a_descriptor_that_is_no_listening_socket_gives_one_message(
    settings: Settings, index: Callable[..., Summary], passed: str, problem: str
) -> None:
    index()
    ran = subprocess.run(
        ["bash", "-c", f"LISTEN_PID=$$ {passed}", "serve", COMMAND, "serve"],
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, len(ran.stderr.splitlines())) == (2, 1)
    assert problem in ran.stderr
    assert "ListenStream=" in ran.stderr


def test_a_socket_for_another_process_is_not_used(
    settings: Settings, index: Callable[..., Summary]
) -> None:
    index()
    server = Server(settings, env={"LISTEN_PID": "1", "LISTEN_FDS": "1"})
    try:
        assert server.get("/healthz") == "ok\n"
    finally:
        assert server.stop() == 0


def test_connections_that_wait_outlive_the_only_worker(
    settings: Settings, index: Callable[..., Summary]
) -> None:
    index()
    server = Server(settings)
    try:
        server.get("/help")
        worker = server.answering_worker()
        os.kill(worker, signal.SIGSTOP)
        host, port = server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=30) as waiting:
            os.kill(worker, signal.SIGKILL)
            waiting.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            assert b" 200 " in waiting.makefile("rb").readline()
    finally:
        assert server.stop() == 0
