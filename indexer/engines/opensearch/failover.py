"""Choose the nodes to send requests to when a configured node fails or hangs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from opensearchpy import Connection, RoundRobinSelector

from indexer.engines.opensearch.address import LOOPBACK, Address

DISCOVERED = "discovered"  # host option of a connection to a node that is not configured


class ConfiguredNodesFirst(RoundRobinSelector):
    """Round robin over the live configured nodes, or over discovered ones without them."""

    def select(self, connections: Sequence[Connection]) -> Any:
        configured = [
            connection
            for connection in connections
            if not self.connection_opts[connection].get(DISCOVERED)  # type: ignore[call-overload]
        ]
        return super().select(configured or connections)


def discovered_nodes(response: Any, address: Address) -> list[dict[str, Any]]:
    """Return opensearch-py host options for the nodes that the address does not name.

    The response is that of GET /_nodes/http. A node publishes its address as
    "name/10.0.0.1:9200" or "10.0.0.1:9200"; nodes with anything else are left out, and so are
    nodes to which credentials would be sent over the network unencrypted.
    """
    hosts = []
    nodes = response.get("nodes") if isinstance(response, Mapping) else None
    for node in nodes.values() if isinstance(nodes, Mapping) else ():
        try:
            location, _, port_text = str(node["http"]["publish_address"]).rpartition(":")
            host = location.partition("/")[0].strip("[]")
            port = int(port_text)
        except (LookupError, TypeError, ValueError):
            continue
        exposes_secret = (
            (address.user or address.token) and not address.secure and host not in LOOPBACK
        )
        if host and (host, port) not in address.hosts and not exposes_secret:
            hosts.append({"host": host, "port": port, "use_ssl": address.secure, DISCOVERED: True})
    return hosts


def responsive_nodes_preference(response: Any) -> str:
    """Return a search preference for the nodes that answered GET /_nodes/http.

    Returns "" if every node answered. OpenSearch still reads a shard from another node if no
    preferred node has a copy ("Search API", parameter preference, in its reference).
    """
    if not isinstance(response, Mapping) or not isinstance(nodes := response.get("nodes"), Mapping):
        return ""
    summary = response.get("_nodes")
    failed = summary.get("failed") if isinstance(summary, Mapping) else 0
    return f"_prefer_nodes:{','.join(map(str, nodes))}" if nodes and failed else ""
