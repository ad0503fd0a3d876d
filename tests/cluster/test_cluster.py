"""The test cluster is a real one: nodes leave and return."""

from __future__ import annotations

import pytest

from tests.cluster.nodes import Cluster

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("opensearch"), pytest.mark.timeout(300)]


def test_a_killed_node_leaves_the_cluster_and_rejoins_it(opensearch: Cluster) -> None:
    node = opensearch.nodes[0]
    opensearch.kill(node)
    opensearch.wait(timeout=60)
    assert opensearch.request("GET", "/_cluster/health")["number_of_nodes"] == 2
    opensearch.begin(node)
    opensearch.wait()
    assert opensearch.request("GET", "/_cluster/health", node=node)["number_of_nodes"] == 3
