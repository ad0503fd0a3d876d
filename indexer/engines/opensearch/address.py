"""Parse the address of a cluster from ACTIVITIES_ENGINE and the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from indexer.engines.base import EngineUnavailable

DEFAULT_PORT = 9200
LOOPBACK = ("127.0.0.1", "::1", "localhost")
EXAMPLE = "opensearch+https://host:9200/activities"
# OpenSearch allows lower-case index names without wildcards, of at most 255 bytes. The suffixes
# of our index names take 40 of them.
_PREFIX = re.compile(r"[a-z0-9][a-z0-9_.-]{0,199}")
_HOST = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?", re.ASCII)
_USER, _PASSWORD, _TOKEN, _CA = (
    f"ACTIVITIES_OPENSEARCH_{name}" for name in ("USER", "PASSWORD", "TOKEN", "CA")
)


@dataclass(frozen=True, slots=True)
class Address:
    """A cluster, an index prefix and credentials. repr() and str() never show the secrets."""

    secure: bool  # use TLS
    hosts: tuple[tuple[str, int], ...]  # (host, port) of nodes; each of them can answer
    prefix: str  # of all index names
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    ca: str = ""  # PEM file of trusted certificates; "" means the system's certificates

    def __str__(self) -> str:
        hosts = ",".join(
            f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.hosts
        )
        return f"http{'s' if self.secure else ''}://{hosts}/{self.prefix}"


def parse_address(url: str, environment: Mapping[str, str]) -> Address:
    """Parse opensearch+http(s)://[user@]host[:port][,host[:port]…]/prefix.

    The credentials come from the ACTIVITIES_OPENSEARCH_… variables of environment. Raises
    EngineUnavailable for an invalid address or incomplete credentials.
    """
    scheme, _, rest = url.partition("://")
    if scheme not in ("opensearch+http", "opensearch+https"):
        raise _invalid(
            "an OpenSearch address begins with opensearch+http:// or opensearch+https://"
        )
    authority, _, prefix = rest.partition("/")
    userinfo, _, hosts_text = authority.rpartition("@")
    if ":" in userinfo:
        # Process lists, logs and unit files show the address, so a password is refused there,
        # and this message does not repeat it.
        raise EngineUnavailable(
            f"ACTIVITIES_ENGINE contains a password: remove it, and set {_PASSWORD} instead"
        )
    if not _PREFIX.fullmatch(prefix):
        raise _invalid(
            "the index prefix after the hosts' / may contain lower-case letters, digits, - and _"
        )
    hosts = _parse_hosts(hosts_text)
    user, password, token, ca = (
        environment.get(name, "") for name in (_USER, _PASSWORD, _TOKEN, _CA)
    )
    user = unquote(userinfo) or user
    if bool(user) != bool(password):
        present, missing = ("a user", _PASSWORD) if user else ("a password", _USER)
        raise EngineUnavailable(
            f"ACTIVITIES_ENGINE: there is {present} but no {missing}: set both, or only {_TOKEN}"
        )
    if user and token:
        raise EngineUnavailable(f"both {_PASSWORD} and {_TOKEN} are set: keep one of them")
    secure = scheme.endswith("s")
    if (user or token) and not secure and any(host not in LOOPBACK for host, _ in hosts):
        raise _invalid(
            "a password or token would be sent over the network unencrypted: "
            "use opensearch+https://"
        )
    return Address(secure, hosts, prefix, user, password, token, ca)


def _parse_hosts(text: str) -> tuple[tuple[str, int], ...]:
    hosts = []
    for part in text.split(","):
        match = _HOST.fullmatch(part)
        if match is None or int(match[3] or 0) > 65535:
            raise _invalid(f'"{part}" is not a host or host:port')
        hosts.append((match[1] or match[2], int(match[3] or DEFAULT_PORT)))
    return tuple(hosts)


def _invalid(problem: str) -> EngineUnavailable:
    return EngineUnavailable(f"ACTIVITIES_ENGINE: {problem}: write it like {EXAMPLE}")
