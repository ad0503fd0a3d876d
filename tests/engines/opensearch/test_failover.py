"""Nodes that nobody named stand in for those that were."""

from __future__ import annotations

from typing import Any

from opensearchpy import Transport

from indexer.engines.opensearch.address import parse
from indexer.engines.opensearch.failover import ConfiguredNodesFirst, answering, discovered_nodes


def nodes(*addresses: str) -> dict[str, Any]:
    return {
        "nodes": {
            str(n): {"http": {"publish_address": address}} for n, address in enumerate(addresses)
        }
    }


def places(found: dict[str, Any], url: str, **secrets: str) -> list[tuple[str, int]]:
    environment = {f"ACTIVITIES_OPENSEARCH_{name}": value for name, value in secrets.items()}
    return [
        (host["host"], host["port"]) for host in discovered_nodes(found, parse(url, environment))
    ]


def test_the_other_nodes_are_learnt_by_name_or_number() -> None:
    found = nodes("10.0.0.1:9200", "es2/10.0.0.2:9200", "[::1]:9201", "nonsense", "host:port")
    assert places(found, "opensearch+http://10.0.0.1:9200/a") == [("es2", 9200), ("::1", 9201)]


def test_what_names_no_nodes_adds_none() -> None:
    for found in (None, {}, {"nodes": []}, {"nodes": {"a": {}}}, {"nodes": {"a": 1}}, "text"):
        assert places(found, "opensearch+http://10.0.0.1:9200/a") == []  # type: ignore[arg-type]


def test_a_secret_is_taken_to_no_node_in_the_clear() -> None:
    found = nodes("10.0.0.2:9200", "127.0.0.1:9202")
    assert places(found, "opensearch+http://127.0.0.1:9201/a", TOKEN="t") == [("127.0.0.1", 9202)]
    assert len(places(found, "opensearch+https://10.0.0.1:9201/a", TOKEN="t")) == 2


def test_spare_nodes_are_asked_only_where_no_named_one_is_left() -> None:
    transport = Transport(
        [{"host": "named", "port": 1}], selector_class=ConfiguredNodesFirst, dead_timeout=60
    )
    for host in discovered_nodes(
        nodes("spare:2", "spare:3"), parse("opensearch+http://named:1/a", {})
    ):
        transport.add_connection(host)
    assert {transport.get_connection().host for _ in range(6)} == {"http://named:1"}
    transport.connection_pool.mark_dead(transport.get_connection())
    assert {transport.get_connection().host for _ in range(6)} == {
        "http://spare:2",
        "http://spare:3",
    }


def test_while_a_node_is_silent_the_others_are_preferred() -> None:
    found = nodes("10.0.0.1:9200", "10.0.0.2:9200")
    assert answering({**found, "_nodes": {"failed": 1}}) == "_prefer_nodes:0,1"
    assert answering({**found, "_nodes": {"failed": 0}}) == ""


def test_what_says_nothing_of_nodes_prefers_none() -> None:
    for found in (
        None,
        {},
        {"nodes": []},
        {"nodes": {}, "_nodes": {"failed": 3}},
        {"nodes": {"a": {}}, "_nodes": 1},
    ):
        assert answering(found) == ""
