"""No page, answer or file repeats a long wrong value of a parameter."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from webapp.parameters import EXPORT, SEARCH

LENGTH = 60_000  # characters; the server accepts 64 KiB
MAX_REPEATED = 200  # characters of a value
MAX_PAGE_SIZE = 250_000  # bytes
PATHS = (
    "/",
    "/fragment",
    "/coverage",
    "/changes",
    "/changes?format=atom",
    "/api/v1/changes",
    "/export?format=csv",
    "/activities/nowhere",
    "/api",
    "/api/v1/search",
    "/api/v1/suggest",
    "/api/v1/names?field=country",
)
NAMES = (*SEARCH, *(parameter.name for parameter in EXPORT), "since", "unknown", "field")


@pytest.mark.parametrize("path", PATHS)
def test_no_parameter_is_repeated_whole(client: FlaskClient, path: str) -> None:
    for name in NAMES:
        separator = "&" if "?" in path else "?"
        # A query is repeated in the search box, up to the length that is searched.
        limit = 5_000 if name == "q" else MAX_REPEATED
        for value in ("x" * LENGTH, "9" * LENGTH):
            response = client.get(f"{path}{separator}{name}={value}")
            assert value[:limit] not in response.text
            assert len(response.data) <= MAX_PAGE_SIZE


@pytest.mark.parametrize("path", PATHS)
def test_no_name_of_a_parameter_is_repeated_whole(client: FlaskClient, path: str) -> None:
    separator = "&" if "?" in path else "?"
    response = client.get(f"{path}{separator}{'x' * LENGTH}=1")
    assert "x" * MAX_REPEATED not in response.text


@pytest.mark.parametrize("path", ["/activities/", "/api/v1/activities/", "/", "/static/"])
def test_no_path_is_repeated_whole(client: FlaskClient, path: str) -> None:
    response = client.get(path + "x" * LENGTH)
    assert response.status_code == 404
    assert "x" * MAX_REPEATED not in response.text
