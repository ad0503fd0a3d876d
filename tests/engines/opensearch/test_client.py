"""Responses that the client refuses, and requests that it does not repeat."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from indexer.engines.base import EngineUnavailable, TooExpensive
from indexer.engines.opensearch.address import parse_address
from indexer.engines.opensearch.client import OpenSearchClient
from tests.engines.opensearch.stub_server import serving, version_response


def search_response(failed: int, timed_out: bool = False) -> dict[str, Any]:
    """Return the response of three shards to a search, some of which failed."""
    shards = {"total": 3, "successful": 3 - failed, "failed": failed}
    return {"_shards": shards, "timed_out": timed_out, "hits": {"hits": []}}


@contextmanager
def client_of(*responses: dict[str, Any]) -> Iterator[OpenSearchClient]:
    """Yield a client of a server that gives these responses to several searches."""

    def respond(method: str, path: str) -> tuple[int, Any]:
        body = {"responses": responses} if method == "POST" else version_response("2.19.0")
        return 200, body

    with serving(respond) as (port, _):
        yield OpenSearchClient(parse_address(f"opensearch+http://127.0.0.1:{port}/a", {}))


SEARCH = ({"index": "a"}, {"query": {"match_all": {}}})


def test_the_results_of_all_shards_are_returned() -> None:
    with client_of(search_response(0), search_response(0)) as client:
        assert len(client.msearch([SEARCH, SEARCH])) == 2


def test_the_result_of_a_part_of_the_shards_is_refused() -> None:
    with (
        client_of(search_response(0), search_response(1)) as client,
        pytest.raises(EngineUnavailable, match="some shards did not answer"),
    ):
        client.msearch([SEARCH, SEARCH])


def test_a_result_that_the_time_limit_cut_is_refused() -> None:
    with client_of(search_response(0, timed_out=True)) as client, pytest.raises(TooExpensive):
        client.msearch([SEARCH])


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
