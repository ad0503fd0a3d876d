"""Downloads for office programs."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import docx
import openpyxl
import pytest
from flask.testing import FlaskClient

from indexer.search.export import FORMATS, briefing, workbook


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


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_an_id_that_does_not_exist_is_not_a_file(client: FlaskClient, format: str) -> None:
    for id in ("no-such-id", "../secret", ""):
        response = client.get("/export", query_string={"format": format, "id": id})
        assert response.status_code == 404
        assert "Content-Disposition" not in response.headers
        assert response.content_type.startswith("text/html")


def test_too_many_activities_for_a_format_are_an_error_with_both_numbers(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 2)
    response = client.get("/export?format=xlsx")
    assert response.status_code == 413
    assert "This search has 6 activities, and this format holds at most 2" in response.text


def test_a_server_without_space_for_a_file_says_so(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    response = client.get("/export?format=xlsx")
    assert response.status_code == 503
    assert "the server has no space for it" in response.text
    assert response.headers["Retry-After"]
    assert str(tmp_path) not in response.text


def headings(data: bytes, style: str) -> list[str]:
    paragraphs = docx.Document(io.BytesIO(data)).paragraphs
    return [paragraph.text for paragraph in paragraphs if paragraph.style.name == style]


def test_a_briefing_has_the_activities_that_the_search_counts(client: FlaskClient) -> None:
    response = client.get("/export?format=docx&country=PAK")
    assert response.status_code == 200
    assert response.content_type == (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    )
    assert response.headers["Content-Disposition"].endswith(".docx")
    assert headings(response.data, "Heading 2") == ["Pakistan: 2 activities"]
    assert headings(response.data, "Title") == ["Activities in Pakistan"]


def test_a_briefing_has_the_sections_that_the_address_names(client: FlaskClient) -> None:
    data = client.get("/export?format=docx&country=PAK&group=theme").data
    assert headings(data, "Heading 2") == ["Trafficking: 1 activity", "No theme stated: 1 activity"]


def test_a_wrong_grouping_is_an_error(client: FlaskClient) -> None:
    response = client.get("/export?format=docx&group=year")
    assert response.status_code == 400
    assert "“year” is not a valid group" in response.text


def test_a_briefing_of_too_many_activities_is_refused_with_both_numbers(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(briefing, "MAX_ACTIVITIES", 5)
    response = client.get("/export?format=docx")
    assert response.status_code == 413
    assert "This search has 6 activities, and this format holds at most 5" in response.text


def test_a_briefing_of_too_much_text_is_refused(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(briefing, "MAX_CHARACTERS", 50)
    response = client.get("/export?format=docx")
    assert response.status_code == 413
    assert "longer than the 50 characters" in response.text
