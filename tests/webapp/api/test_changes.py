"""GET /api/v1/changes, and the changes that a cited search names."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.webapp.changed_collection import changed_collection
from webapp import create_app


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return create_app(changed_collection(tmp_path_factory.mktemp("changes"))).test_client()


def test_changes_since_a_generation_are_listed(changed: FlaskClient) -> None:
    answer = changed.get("/api/v1/changes?since=1").get_json()
    assert (answer["generation"], answer["since"]["generation"]) == (3, 1)
    assert (answer["complete"], answer["up_to_date"], answer["total"]) == (True, True, 4)
    assert answer["counts"] == {"added": 1, "edited": 2, "withdrawn": 1}
    assert [(change["kind"], change["id"], change["fields"]) for change in answer["changes"]] == [
        ("added", "clinic", []),
        ("edited", "prisons", ["year"]),
        ("edited", "courts", ["text"]),
        ("withdrawn", "secret-name", []),
    ]


def test_an_edited_text_has_its_new_words_and_the_number_of_deleted_ones(
    changed: FlaskClient,
) -> None:
    (courts,) = changed.get("/api/v1/changes?q=Lahore&since=1").get_json()["changes"]
    assert (courts["new_words"], courts["gone_words"]) == (2, 1)
    assert [piece["text"] for piece in courts["snippet"] if piece["matched"]] == ["Lahore", "girls"]


def test_a_withdrawn_activity_has_no_text(changed: FlaskClient) -> None:
    withdrawn = changed.get("/api/v1/changes?since=1").get_json()["changes"][-1]
    assert withdrawn["url"] == "/activities/secret-name"
    assert (withdrawn["heading"], withdrawn["language"], withdrawn["snippet"]) == (None, None, [])


def test_pages_link_to_each_other(changed: FlaskClient) -> None:
    answer = changed.get("/api/v1/changes?since=1&per_page=3&page=2").get_json()
    assert (answer["page"], answer["pages"], len(answer["changes"])) == (2, 2, 1)
    assert answer["links"] == {
        "self": "/api/v1/changes?page=2&per_page=3&since=1",
        "prev": "/api/v1/changes?per_page=3&since=1",
        "next": None,
        "last": "/api/v1/changes?page=2&per_page=3&since=1",
    }


@pytest.mark.parametrize(
    ("query", "parameter"), [("since=yesterday", "since"), ("year=x", "year"), ("page=0", "page")]
)
def test_a_wrong_value_is_an_error(changed: FlaskClient, query: str, parameter: str) -> None:
    response = changed.get(f"/api/v1/changes?{query}")
    assert response.status_code == 400
    assert response.get_json()["error"]["parameter"] == parameter


def test_notices_name_unknown_parameters_and_generations_to_come(changed: FlaskClient) -> None:
    notices = changed.get("/api/v1/changes?since=99&color=red").get_json()["notices"]
    assert [notice["code"] for notice in notices] == ["no_generation_yet", "unknown_parameter"]


def test_a_cited_search_names_its_changes(changed: FlaskClient) -> None:
    notices = changed.get("/api/v1/search?q=women&generation=1").get_json()["notices"]
    (changes,) = [notice for notice in notices if notice["code"] == "changed_since"]
    assert (changes["added"], changes["edited"], changes["withdrawn"]) == (1, 1, 1)
    assert changes["url"] == "/changes?q=women&since=1"
