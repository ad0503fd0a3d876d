"""Responses that the client refuses, and requests that it does not repeat."""

from __future__ import annotations

from typing import Any

import pytest

from indexer.engines.base import EngineUnavailable
from indexer.engines.opensearch.address import parse_address
from indexer.engines.opensearch.client import OpenSearchClient
from tests.engines.opensearch.stub_server import serving, version_response


def search_response(failed: int, timed_out: bool = False) -> dict[str, Any]:
    """Return the response of three shards to a search, some of which failed."""
    shards = {"total": 3, "successful": 3 - failed, "failed": failed}
    return {"_shards": shards, "timed_out": timed_out, "hits": {"hits": []}}


@pytest.mark.parametrize(
    ("responses", "complete"),
    [
        ([search_response(0)], True),
        ([search_response(0), search_response(1)], False),
        ([search_response(0, timed_out=True)], False),
    ],
)
def test_the_result_of_a_part_of_the_shards_is_refused(
    responses: list[dict[str, Any]], complete: bool
) -> None:
    def respond(method: str, path: str) -> tuple[int, Any]:
        return 200, {"responses": responses} if method == "POST" else version_response("2.19.0")

    with serving(respond) as (port, _):
        client = OpenSearchClient(parse_address(f"opensearch+http://127.0.0.1:{port}/a", {}))
        searches = [({"index": "a"}, {"query": {"match_all": {}}}) for _ in responses]
        if complete:
            assert len(client.msearch(searches)) == len(responses)
        else:
            with pytest.raises(EngineUnavailable, match="some shards did not answer"):
                client.msearch(searches)


def test_a_request_to_a_full_disk_is_not_repeated() -> None:
    requests: list[str] = []

    def respond(method: str, path: str) -> tuple[int, Any]:
        if method == "GET":
            return 200, version_response("2.19.0")
        requests.append(path)
        reason = "index [a] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage]"
        return 429, {"error": {"type": "cluster_block_exception", "reason": reason}}

    with serving(respond) as (port, _):
        client = OpenSearchClient(parse_address(f"opensearch+http://127.0.0.1:{port}/a", {}))
        with pytest.raises(EngineUnavailable, match="free some space"):
            client.request("POST", "/a/_doc", {})
    assert requests == ["/a/_doc"]
