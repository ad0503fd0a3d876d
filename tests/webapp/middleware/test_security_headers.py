"""The content security policy."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("directive", "sources"),
    [
        ("default-src", ["'none'"]),
        ("script-src", ["'self'"]),
        ("style-src", ["'self'"]),
        ("form-action", ["'self'"]),
        ("base-uri", ["'none'"]),
        ("frame-ancestors", ["'none'"]),
    ],
)
def test_the_policy_allows_nothing_from_other_sites(
    client: FlaskClient, directive: str, sources: list[str]
) -> None:
    header = client.get("/").headers["Content-Security-Policy"]
    policy = {name: values for name, *values in map(str.split, header.split(";"))}
    assert policy[directive] == sources
