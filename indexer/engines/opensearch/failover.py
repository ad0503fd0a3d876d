"""The nodes of a cluster: whom to ask where one of those that ACTIVITIES_ENGINE names does not answer, or hangs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from opensearchpy import Connection, RoundRobinSelector

from indexer.engines.opensearch.address import LOOPBACK, Address

SPARE = "spare"  # marks the host of a connection that nobody named


class ConfiguredNodesFirst(RoundRobinSelector):
    """Takes turns among the named hosts that are not retired, and among the spare ones only where there is none."""

    def select(self, connections: Sequence[Connection]) -> Any:
        named = [each for each in connections if not self.connection_opts[each].get(SPARE)]  # type: ignore[call-overload]
        return super().select(named or connections)


def discovered_nodes(found: Any, address: Address) -> list[dict[str, Any]]:
    """The hosts that an answer to GET /_nodes/http names beside those of the address, as opensearch-py takes them.

    "name/10.0.0.1:9200" or "10.0.0.1:9200" is what a node says of itself; whatever is otherwise is left out. Where a
    password or token would cross a network in the clear there are none.
    """
    hosts = []
    nodes = found.get("nodes") if isinstance(found, Mapping) else None
    for node in nodes.values() if isinstance(nodes, Mapping) else ():
        try:
            place, _, port = str(node["http"]["publish_address"]).rpartition(":")
            host = place.partition("/")[0].strip("[]")
            one = host, int(port)
        except (LookupError, TypeError, ValueError):
            continue
        open_secret = (
            (address.user or address.token) and not address.secure and host not in LOOPBACK
        )
        if host and one not in address.hosts and not open_secret:
            hosts.append({"host": host, "port": one[1], "use_ssl": address.secure, SPARE: True})
    return hosts


def answering(found: Any) -> str:
    """The preference for copies on the nodes that an answer to GET /_nodes/http holds, where it lacks others; else "".

    Copies elsewhere are still asked where these nodes have none (OpenSearch's reference, "Search API", preference).
    """
    if not isinstance(found, Mapping) or not isinstance(nodes := found.get("nodes"), Mapping):
        return ""
    failed = found["_nodes"].get("failed") if isinstance(found.get("_nodes"), Mapping) else 0
    return f"_prefer_nodes:{','.join(map(str, nodes))}" if nodes and failed else ""
