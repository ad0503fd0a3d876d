"""Connect to hosts of the public Internet only.

A link in a content file could otherwise make this program call services of the local network, for
example the metadata service of a cloud. The name of a host is resolved once, and the connection is
made to the resolved address, so that a second answer of the name server cannot lead elsewhere.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")  # RFC 4291
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052; the last 32 bits are an IPv4 address
# Networks that ipaddress counts as global, in some versions of Python.
_INTERNAL = [
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # IETF protocol assignments; 192.0.0.192 is a metadata service
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "168.63.129.16/32",  # learn.microsoft.com, "What is IP address 168.63.129.16?"
        "2001::/23",  # IETF protocol assignments, with Teredo
        "2002::/16",  # 6to4, which contains an IPv4 address
        "3fff::/20",  # documentation (RFC 9637)
    )
]

IsAllowed = Callable[[str], bool]


class NotPublic(OSError):
    """No address of a host is public."""


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to the public Internet.

    An IPv6 address that contains an IPv4 address is public only if both are.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return is_public(str(parsed.ipv4_mapped))
        if parsed in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(parsed) & 0xFFFF_FFFF)))
        if parsed not in _GLOBAL_IPV6:
            return False
    is_unicast = not (parsed.is_multicast or parsed.is_reserved)
    is_internal = any(parsed in network for network in _INTERNAL)
    return parsed.is_global and is_unicast and not is_internal


def connect(
    host: str, port: int, timeout: Callable[[], float], is_allowed: IsAllowed = is_public
) -> socket.socket:
    """Connect to the first address of a host that is allowed and answers.

    timeout returns the seconds that are left. Raises NotPublic if no address is allowed, and
    OSError if none answers.
    """
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    allowed = [each for each in addresses if is_allowed(str(each[4][0]))]
    if not allowed:
        raise NotPublic(host)
    error: OSError | None = None
    for family, kind, protocol, _, address in allowed:
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(timeout())
            connection.connect(address)
            return connection
        except OSError as each:
            connection.close()
            error = error or each
    assert error
    raise error
