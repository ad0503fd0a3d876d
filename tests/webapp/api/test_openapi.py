"""The running server behaves as its OpenAPI document describes; schemathesis sends the requests."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import jsonschema_rs
import pytest
from flask.testing import FlaskClient

from indexer.schema import FACETS
from indexer.search.results import SuggestionKind
from indexer.settings import Settings
from tests.serving import Server, serving
from tests.waiting import wait_for
from webapp.api.openapi import document, schema_of
from webapp.ops.reindex_jobs import RUNNING, WAITING, ReindexJobs
from webapp.parameters import SEARCH


@pytest.fixture(scope="module")
def server(settings: Settings) -> Iterator[Server]:
    with serving(settings, env={"ACTIVITIES_TOKEN": "a secret that nobody has"}) as running:
        yield running


def run_schemathesis(server: Server, folder: Path, *options: str) -> None:
    """Run schemathesis; its report is the text of the failure."""
    command = [
        Path(sys.executable).with_name("st"),
        "run",
        f"{server.url}/api/v1/openapi.json",
        "--no-color",
        "--request-timeout",
        "30",
        "--generation-deterministic",
        *options,
    ]
    hooks = {
        "SCHEMATHESIS_HOOKS": "tests.webapp.schemathesis_hooks",
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    ran = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | hooks,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"(\d+) generated, \1 passed", ran.stdout), ran.stdout


def test_schemathesis_finds_no_fault(server: Server, tmp_path: Path) -> None:
    run_schemathesis(server, tmp_path, "--phases", "fuzzing", "--max-examples", "5")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_schemathesis_finds_no_fault_at_the_limits_of_any_parameter(
    server: Server, tmp_path: Path
) -> None:
    run_schemathesis(
        server, tmp_path, "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "150"
    )


def test_the_document_is_served_unchanged(client: FlaskClient) -> None:
    served = client.get("/api/v1/openapi.json").get_json()
    assert served == json.loads(json.dumps(document()))
    assert served["openapi"].startswith("3.1.")


def test_the_document_describes_exactly_the_parameters_that_are_read() -> None:
    described = [p["name"] for p in document()["paths"]["/api/v1/search"]["get"]["parameters"]]
    assert described == list(SEARCH)
    assert {*FACETS, *(f"-{name}" for name in FACETS)} < set(described)


def undescribed_keys(value: Any, schema: Any, where: str = "") -> Iterator[str]:
    """Yield the keys of a JSON value that its schema does not name."""
    schemas = document()["components"]["schemas"]
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if isinstance(value, dict) and "properties" in schema:
        for name, member in value.items():
            if name not in schema["properties"]:
                yield f"{where}.{name}"
            else:
                yield from undescribed_keys(member, schema["properties"][name], f"{where}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from undescribed_keys(item, schema["items"], where)


def test_every_key_of_a_response_is_described(client: FlaskClient) -> None:
    """Except the values of notices, which depend on the code."""
    paths = document()["paths"]
    urls = {
        "/api/v1/search?q=police&why=myanmar-police": "/api/v1/search",
        "/api/v1/search?q=polize&match=all": "/api/v1/search",
        "/api/v1/search?q=-zebra+traff": "/api/v1/search",
        "/api/v1/activities/pakistan-trafficking": "/api/v1/activities/{id}",
    }
    for url, path in urls.items():
        schema = paths[path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        value = client.get(url).get_json()
        assert list(undescribed_keys(value, schema)) == []
        jsonschema_rs.validate({**schema, "components": document()["components"]}, value)
    assert list(
        undescribed_keys({"hits": [{"new": 1}]}, {"$ref": "#/components/schemas/Search"})
    ) == [".hits.new"]


def test_every_kind_of_suggestion_for_an_empty_result_is_described(client: FlaskClient) -> None:
    kinds = document()["components"]["schemas"]["Exit"]["properties"]["kind"]["enum"]
    assert kinds == list(get_args(SuggestionKind))
    exits = client.get("/api/v1/search?q=zebra+trained&match=all").get_json()["exits"]
    assert [suggestion["kind"] for suggestion in exits] == ["drop_word", "match_most"]
    exits = client.get("/api/v1/search?q=-zebra+traff").get_json()["exits"]
    assert [suggestion["kind"] for suggestion in exits] == ["begins_with", "drop_word"]


def test_a_reindexing_job_is_described(tmp_path: Path) -> None:
    settings = Settings(content=tmp_path / "content", index=tmp_path / "index")
    settings.content.mkdir()
    (settings.content / "a.md").write_text("---\nyear: 2020\n---\nA text.\n")
    settings.index.mkdir()
    reindexer = ReindexJobs(settings)
    id = reindexer.request()
    wait_for(lambda: (reindexer.get(id) or {}).get("state") not in (WAITING, RUNNING))
    job = reindexer.get(id) or {}
    assert job["state"] == "done"
    assert list(undescribed_keys(job, {"$ref": "#/components/schemas/Job"})) == []


@pytest.mark.parametrize(
    "query",
    [
        "generation=0",
        "generation=1000000000",
        "why=A",
        "why=../x",
        "page=0",
        "year=20",
        "sort=best",
    ],
)
def test_a_value_that_the_document_forbids_is_refused(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/search?{query}")
    assert answer.status_code == 400
    assert answer.get_json()["error"]["parameter"] == query.partition("=")[0]


def test_an_unsupported_type_raises_an_error() -> None:
    with pytest.raises(TypeError, match="no JSON Schema"):
        schema_of(complex)
