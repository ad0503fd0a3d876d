"""Where a cluster is, under which prefix, and as whom: from ACTIVITIES_ENGINE and the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from indexer.engines.base import EngineUnavailable

PORT = 9200
LOOPBACK = ("127.0.0.1", "::1", "localhost")
EXAMPLE = "opensearch+https://host:9200/activities"
# OpenSearch: lower case, no mark that stands for several names, at most 255 bytes, of which our ends take 40.
_PREFIX = re.compile(r"[a-z0-9][a-z0-9_.-]{0,199}")
_HOST = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?", re.ASCII)
_USER, _PASSWORD, _TOKEN, _CA = (
    f"ACTIVITIES_OPENSEARCH_{name}" for name in ("USER", "PASSWORD", "TOKEN", "CA")
)


@dataclass(frozen=True, slots=True)
class Address:
    """A cluster and a prefix. The secrets are never shown."""

    secure: bool
    hosts: tuple[tuple[str, int], ...]  # any of them will do
    prefix: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    ca: str = ""  # file of the certificates that are trusted; "" means the system's

    def __str__(self) -> str:
        hosts = ",".join(
            f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.hosts
        )
        return f"http{'s' if self.secure else ''}://{hosts}/{self.prefix}"


def parse(url: str, environment: Mapping[str, str]) -> Address:
    """The address in opensearch+http(s)://[user@]host[:port][,host[:port]…]/prefix. Raises EngineUnavailable."""

    def wrong(why: str) -> EngineUnavailable:
        return EngineUnavailable(f"ACTIVITIES_ENGINE: {why}: write it as in {EXAMPLE}")

    scheme, _, rest = url.partition("://")
    if scheme not in ("opensearch+http", "opensearch+https"):
        raise wrong("an OpenSearch address begins with opensearch+http:// or opensearch+https://")
    place, _, prefix = rest.partition("/")
    identity, _, hosts = place.rpartition("@")
    if ":" in identity:
        # Not shown, and not taken: an address stands in process lists, logs and unit files.
        raise EngineUnavailable(
            f"ACTIVITIES_ENGINE holds a password: take it out, and set {_PASSWORD} instead"
        )
    if not _PREFIX.fullmatch(prefix):
        raise wrong(
            "the prefix of the indices, after the hosts' /, is lower case letters, digits, - and _"
        )
    found = []
    for each in hosts.split(","):
        match = _HOST.fullmatch(each)
        if match is None or int(match[3] or 0) > 65535:
            raise wrong(f'"{each}" is no host, or no host and port')
        found.append((match[1] or match[2], int(match[3] or PORT)))
    user, password, token, ca = (
        environment.get(name, "") for name in (_USER, _PASSWORD, _TOKEN, _CA)
    )
    user = unquote(identity) or user
    if bool(user) != bool(password):
        missing, given = (_PASSWORD, "a user") if user else (_USER, "a password")
        raise EngineUnavailable(
            f"ACTIVITIES_ENGINE: there is {given} and no {missing}: set both, or {_TOKEN} alone"
        )
    if user and token:
        raise EngineUnavailable(f"both {_PASSWORD} and {_TOKEN} are set: keep one of them")
    secure = scheme.endswith("s")
    if (user or token) and not secure and any(host not in LOOPBACK for host, _ in found):
        raise wrong(
            "a password or token would cross the network in the clear: use opensearch+https://"
        )
    return Address(secure, tuple(found), prefix, user, password, token, ca)
