"""The cluster that others are tested on is a real one."""

from __future__ import annotations

import pytest

from tests.cluster.nodes import Cluster

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("opensearch"), pytest.mark.timeout(300)]


def test_a_killed_node_leaves_and_comes_back(opensearch: Cluster) -> None:
    node = opensearch.nodes[0]
    opensearch.kill(node)
    opensearch.wait(timeout=60)
    assert opensearch.ask("GET", "/_cluster/health")["number_of_nodes"] == 2
    opensearch.begin(node)
    opensearch.wait()
    assert opensearch.ask("GET", "/_cluster/health", node=node)["number_of_nodes"] == 3
