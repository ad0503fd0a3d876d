"""Other sites may read public data, and nothing else."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

READS = [
    "/api/v1/search?q=police",
    "/api/v1/activities/nowhere",
    "/api/v1/openapi.json",
    "/export?format=csv",
    "/export?format=atom",
]


@pytest.mark.parametrize("url", READS)
def test_every_origin_may_read_a_response_and_a_304(client: FlaskClient, url: str) -> None:
    first = client.get(url, headers={"Origin": "https://elsewhere.example"})
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in first.headers["Access-Control-Expose-Headers"]
    again = client.get(
        url, headers={"Origin": "https://elsewhere.example", "If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304
    assert again.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "url", ["/api/v1/search?year=x", "/api/v1/activities/none-such", "/export?format=exe"]
)
def test_every_origin_may_read_an_error(client: FlaskClient, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code in (400, 404)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_preflight_request_lists_the_allowed_methods_and_headers(client: FlaskClient) -> None:
    asking = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    answer = client.options("/api/v1/search", headers=asking)
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert answer.headers["Access-Control-Allow-Headers"] == "If-None-Match"


@pytest.mark.parametrize(
    "url", ["/", "/healthz", "/metrics", "/readyz", "/api/v1/reindex", "/activities/nowhere"]
)
def test_pages_and_operator_endpoints_are_closed_to_other_origins(
    client: FlaskClient, url: str
) -> None:
    assert "Access-Control-Allow-Origin" not in client.get(url).headers
    assert (
        "Access-Control-Allow-Methods"
        not in client.options(url, headers={"Access-Control-Request-Method": "POST"}).headers
    )
