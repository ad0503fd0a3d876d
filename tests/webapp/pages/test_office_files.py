"""Downloads for office programs."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import openpyxl
import pytest
from flask.testing import FlaskClient

from indexer.search.export import workbook


def test_a_workbook_has_the_activities_that_the_search_counts(client: FlaskClient) -> None:
    response = client.get("/export?format=xlsx&country=PAK")
    assert response.status_code == 200
    assert response.content_type == (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    assert response.headers["Content-Disposition"].endswith(".xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(response.data))["Activities"].values)
    ids = {row[rows[0].index("Id")] for row in rows[1:]}
    assert ids == {"pakistan-trafficking", "myanmar-police"}


def test_one_activity_is_a_workbook(client: FlaskClient) -> None:
    response = client.get("/export?format=xlsx&id=egypt-shelter")
    book = openpyxl.load_workbook(io.BytesIO(response.data))
    assert book["Activities"].max_row == 2
    assert ("Activity", "egypt-shelter") in list(book["About"].values)


def test_too_many_activities_for_a_format_are_an_error_with_both_numbers(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 2)
    response = client.get("/export?format=xlsx")
    assert response.status_code == 413
    assert "This search has 6 activities, and this download holds at most 2" in response.text


def test_a_server_without_space_for_a_file_says_so(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    response = client.get("/export?format=xlsx")
    assert response.status_code == 503
    assert "the server has no space for it" in response.text
    assert response.headers["Retry-After"]
    assert str(tmp_path) not in response.text
