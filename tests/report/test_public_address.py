"""Addresses that a check of links may call, and those that it may not."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.report.public_address import NotPublic, connect, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.100.100.200", "192.0.0.192", "168.63.129.16", "198.18.0.1",
        "192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::7f00:1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254",
        "ff02::1", "2001:db8::1", "100::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
        "::ffff:168.63.129.16", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
        "2002:7f00:1::", "2001:0:7f00:1::", "", "example.org", "1.1.1.1 ",
    ],
)  # fmt: skip
def test_an_address_of_another_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "157.150.185.49", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"],
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@settings(max_examples=30)
@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_public_if_the_address_is(address: object) -> None:
    assert is_public(f"::ffff:{address}") == is_public(str(address))


def answer_with(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[str, int]) -> None:
    """Let every name resolve to these addresses."""

    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", each) for each in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_a_name_of_private_addresses_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        answer_with(monkeypatch, server.getsockname())
        with pytest.raises(NotPublic):
            connect("example.org", 80, lambda: 1.0)
        with pytest.raises(TimeoutError):
            server.accept()


def test_only_the_allowed_addresses_of_a_name_are_called(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        answer_with(monkeypatch, ("127.0.0.2", port), ("127.0.0.1", port))
        with connect("example.org", 80, lambda: 1.0, "127.0.0.1".__eq__) as connection:
            assert connection.getpeername() == ("127.0.0.1", port)
