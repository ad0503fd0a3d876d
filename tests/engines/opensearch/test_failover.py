"""Discovered nodes stand in for configured ones."""

from __future__ import annotations

from typing import Any

from opensearchpy import Transport

from indexer.engines.opensearch.address import parse_address
from indexer.engines.opensearch.failover import (
    ConfiguredNodesFirst,
    discovered_nodes,
    responsive_nodes_preference,
)


def nodes_response(*addresses: str) -> dict[str, Any]:
    """Return the response to GET /_nodes/http of nodes with these publish addresses."""
    nodes = {
        str(number): {"http": {"publish_address": address}}
        for number, address in enumerate(addresses)
    }
    return {"nodes": nodes}


def discovered(response: Any, url: str, **secrets: str) -> list[tuple[str, int]]:
    """Return the host and port of each discovered node."""
    environment = {f"ACTIVITIES_OPENSEARCH_{name}": value for name, value in secrets.items()}
    hosts = discovered_nodes(response, parse_address(url, environment))
    return [(host["host"], host["port"]) for host in hosts]


def test_nodes_are_discovered_by_name_or_ip_address() -> None:
    response = nodes_response(
        "10.0.0.1:9200", "es2/10.0.0.2:9200", "[::1]:9201", "nonsense", "host:port"
    )
    expected = [("es2", 9200), ("::1", 9201)]
    assert discovered(response, "opensearch+http://10.0.0.1:9200/a") == expected


def test_a_response_without_nodes_discovers_none() -> None:
    for response in (None, {}, {"nodes": []}, {"nodes": {"a": {}}}, {"nodes": {"a": 1}}, "text"):
        assert discovered(response, "opensearch+http://10.0.0.1:9200/a") == []


def test_a_node_that_would_receive_a_secret_unencrypted_is_left_out() -> None:
    response = nodes_response("10.0.0.2:9200", "127.0.0.1:9202")
    local = discovered(response, "opensearch+http://127.0.0.1:9201/a", TOKEN="t")
    assert local == [("127.0.0.1", 9202)]
    assert len(discovered(response, "opensearch+https://10.0.0.1:9201/a", TOKEN="t")) == 2


def test_discovered_nodes_are_used_only_if_no_configured_node_is_live() -> None:
    transport = Transport(
        [{"host": "configured", "port": 1}], selector_class=ConfiguredNodesFirst, dead_timeout=60
    )
    response = nodes_response("other:2", "other:3")
    for host in discovered_nodes(response, parse_address("opensearch+http://configured:1/a", {})):
        transport.add_connection(host)
    assert {transport.get_connection().host for _ in range(6)} == {"http://configured:1"}
    transport.connection_pool.mark_dead(transport.get_connection())
    assert {transport.get_connection().host for _ in range(6)} == {
        "http://other:2",
        "http://other:3",
    }


def test_nodes_that_answer_are_preferred_while_another_hangs() -> None:
    response = nodes_response("10.0.0.1:9200", "10.0.0.2:9200")
    one_failed = {**response, "_nodes": {"failed": 1}}
    none_failed = {**response, "_nodes": {"failed": 0}}
    assert responsive_nodes_preference(one_failed) == "_prefer_nodes:0,1"
    assert responsive_nodes_preference(none_failed) == ""


def test_a_response_without_nodes_gives_no_preference() -> None:
    for response in (
        None,
        {},
        {"nodes": []},
        {"nodes": {}, "_nodes": {"failed": 3}},
        {"nodes": {"a": {}}, "_nodes": 1},
    ):
        assert responsive_nodes_preference(response) == ""
