"""Health, readiness, metrics and reindexing on request."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from indexer.engines.factory import open_engine
from indexer.indexing import run_log
from indexer.indexing.sync import sync
from indexer.search import zero_result_log
from indexer.settings import Settings
from tests.waiting import wait_for
from webapp import create_app
from webapp.ops.reindex_jobs import FILE_NAME

TOKEN = "a-secret-of-this-test"


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """Index a folder with one activity, which the test may change."""
    content = tmp_path / "content"
    content.mkdir()
    (content / "one.md").write_text("A shelter opened.")
    settings = Settings(
        content=content,
        index=tmp_path / "index",
        token=TOKEN,
        query_log=tmp_path / "log" / "misses.jsonl",
    )
    sync(open_engine(settings), content, "a test", cache=settings.index)
    return settings


@pytest.fixture
def client(own: Settings) -> Iterator[FlaskClient]:
    client = create_app(own).test_client()
    yield client
    if (own.index / FILE_NAME).is_file():
        for id in json.loads((own.index / FILE_NAME).read_bytes()):
            finished_job(client, f"/api/v1/reindex/{id}")


def bearer(token: str = TOKEN) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def finished_job(client: FlaskClient, url: str) -> dict[str, Any]:
    """Return a job when it has finished."""
    wait_for(
        lambda: client.get(url, headers=bearer()).get_json()["state"] in ("done", "held", "failed")
    )
    return dict(client.get(url, headers=bearer()).get_json())


def parse_samples(text: str) -> dict[tuple[str, ...], float]:
    return {
        (
            sample.name,
            *(sample.labels[label] for label in sorted(sample.labels)),
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_health_needs_no_index(tmp_path: Path) -> None:
    client = create_app(Settings(content=tmp_path, index=tmp_path / "none")).test_client()
    assert client.get("/healthz").status_code == 200


def test_readiness_gives_the_generation_or_the_reason(client: FlaskClient, tmp_path: Path) -> None:
    answer = client.get("/readyz")
    assert answer.get_json() | {"indexed_at": ""} == {
        "ready": True,
        "generation": 1,
        "indexed_at": "",
        "activities": 1,
    }
    assert answer.headers["Cache-Control"] == "no-store"
    none = (
        create_app(Settings(content=tmp_path, index=tmp_path / "none")).test_client().get("/readyz")
    )
    assert (none.status_code, none.get_json()["code"]) == (503, "index_missing")
    assert "activities index" in none.get_json()["reason"]
    assert none.headers["Retry-After"]


def test_reindexing_is_off_without_a_token(own: Settings) -> None:
    client = create_app(Settings(content=own.content, index=own.index)).test_client()
    assert client.post("/api/v1/reindex", headers=bearer("")).status_code == 404
    assert client.get("/api/v1/reindex/abc", headers=bearer("")).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearer("wrong"),
        bearer(""),
        {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"},
        bearer("é"),
        bearer(TOKEN + "x"),
        bearer(TOKEN[:-1]),
    ],
)
def test_reindexing_is_refused_without_the_right_token(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    for answer in (
        client.post("/api/v1/reindex", headers=headers),
        client.get("/api/v1/reindex/x", headers=headers),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.get_json()["error"]["code"] == "unauthorized"
        assert TOKEN not in answer.text


def test_a_job_indexes_and_its_address_returns_the_result(
    client: FlaskClient, own: Settings
) -> None:
    (own.content / "two.md").write_text("A court opened.")
    (own.content / "bad.md").write_text("---\nyear: x\n---\nBad.")
    answer = client.post("/api/v1/reindex", headers=bearer())
    assert answer.status_code == 202
    assert answer.headers["Location"] == answer.get_json()["url"]
    job = finished_job(client, answer.headers["Location"])
    assert (job["state"], job["generation"], job["counts"]["added"], job["counts"]["rejected"]) == (
        "done",
        2,
        1,
        1,
    )
    assert "bad.md:2: year" in job["errors"][0]
    assert client.get("/api/v1/search").get_json()["total"] == 2
    assert client.get("/api/v1/reindex/0123456789abcdef", headers=bearer()).status_code == 404


def test_requests_during_a_job_join_the_next_job(client: FlaskClient, own: Settings) -> None:
    with open_engine(own).writer("someone else", 5):  # the first job waits for it
        first = client.post("/api/v1/reindex", headers=bearer()).get_json()["url"]
        state_of(client, first, "running")
        later = {
            client.post("/api/v1/reindex", headers=bearer()).get_json()["url"] for _ in range(5)
        }
        assert len(later) == 1
        assert first not in later
        assert client.get(*later, headers=bearer()).get_json()["state"] == "waiting"
        (own.content / "two.md").write_text("A court opened.")
    assert finished_job(client, first)["state"] == finished_job(client, *later)["state"] == "done"
    assert client.get("/api/v1/search").get_json()["total"] == 2


def state_of(client: FlaskClient, url: str, state: str) -> dict[str, Any]:
    """Return a job when it is in a state."""
    wait_for(lambda: client.get(url, headers=bearer()).get_json()["state"] == state)
    return dict(client.get(url, headers=bearer()).get_json())


def _job_processes(id: str) -> list[int]:
    """Return the process ids of a job."""
    processes = subprocess.run(
        # -ww: without it, ps cuts lines at the width in COLUMNS.
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(os.getpid())],
        capture_output=True,
        text=True,
        check=True,
    )
    return [
        int(line.split()[0])
        for line in processes.stdout.splitlines()
        if f"webapp.ops.reindex_jobs {id}" in line
    ]


def kill(url: str) -> None:
    """Kill the process of a job, as the kernel does when memory runs out."""
    id = url.rpartition("/")[2]
    # A process that has just been started may not show its arguments yet.
    (pid,) = wait_for(lambda: _job_processes(id))
    os.kill(pid, signal.SIGKILL)


def test_requests_to_all_workers_join_one_waiting_job_and_the_running_job_names_the_lock_holder(
    client: FlaskClient, own: Settings
) -> None:
    workers = [client, create_app(own).test_client(), create_app(own).test_client()]
    with open_engine(own).writer("a long run by ana", 5):
        first = client.post("/api/v1/reindex", headers=bearer()).get_json()["url"]
        state_of(client, first, "running")
        later = {
            workers[n % 3].post("/api/v1/reindex", headers=bearer()).get_json()["url"]
            for n in range(9)
        }
        assert len(later) == 1
        wait_for(
            lambda: "ana" in str(workers[1].get(first, headers=bearer()).get_json().get("progress"))
        )
    assert (
        finished_job(workers[2], first)["state"]
        == finished_job(workers[2], *later)["state"]
        == "done"
    )


def test_a_killed_job_has_failed_and_blocks_no_other_job(
    client: FlaskClient, own: Settings
) -> None:
    with open_engine(own).writer("someone else", 5):
        first = client.post("/api/v1/reindex", headers=bearer()).get_json()["url"]
        state_of(client, first, "running")
        second = client.post("/api/v1/reindex", headers=bearer()).get_json()["url"]
        kill(second)
        assert "without a result" in state_of(client, second, "failed")["error"]
        kill(first)
        state_of(client, first, "failed")
        (own.content / "two.md").write_text("A court opened.")
        third = client.post("/api/v1/reindex", headers=bearer()).get_json()["url"]
        assert third not in (first, second)
    assert finished_job(client, third)["counts"]["added"] == 1


def test_a_request_is_refused_with_the_reason_if_the_index_folder_cannot_be_written(
    client: FlaskClient, own: Settings
) -> None:
    own.index.rename(own.index.with_name("away"))
    own.index.write_text("Not a folder.")
    for answer in (
        client.post("/api/v1/reindex", headers=bearer()),
        client.get("/api/v1/reindex/x", headers=bearer()),
    ):
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (
            503,
            "engine_unavailable",
        )
        assert answer.headers["Retry-After"]
        assert "index" in answer.get_json()["error"]["message"]


def test_a_rollback_also_holds_against_a_request(client: FlaskClient, own: Settings) -> None:
    (own.content / "two.md").write_text("A court opened.")
    finished_job(client, client.post("/api/v1/reindex", headers=bearer()).headers["Location"])
    open_engine(own).rollback(1, "a test")
    assert (
        finished_job(client, client.post("/api/v1/reindex", headers=bearer()).headers["Location"])[
            "state"
        ]
        == "held"
    )


def test_a_job_deletes_nothing_if_the_folder_is_empty(client: FlaskClient, own: Settings) -> None:
    (own.content / "one.md").unlink()
    job = finished_job(client, client.post("/api/v1/reindex", headers=bearer()).headers["Location"])
    assert (job["state"], job["counts"]["deleted"]) == ("done", 0)
    assert "activities index --allow-deletions" in job["refusal"]
    samples = parse_samples(client.get("/metrics").get_data(as_text=True))
    assert samples["activities_deletions_refused",] == 1


def test_a_failed_job_states_the_reason(client: FlaskClient, own: Settings) -> None:
    own.content.rename(own.content.with_name("away"))
    job = finished_job(client, client.post("/api/v1/reindex", headers=bearer()).headers["Location"])
    assert job["state"] == "failed"
    assert "cannot be read" in job["error"]


def test_metrics_describe_the_index_and_its_runs_in_prometheus_text(
    client: FlaskClient, own: Settings
) -> None:
    (own.content / "bad.md").write_text("---\nyear: x\n---\nBad.")
    sync(open_engine(own), own.content, "a test", cache=own.index)
    answer = client.get("/metrics")
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    samples_by_name = parse_samples(answer.text)
    assert (
        samples_by_name["activities_generation",]
        == samples_by_name["activities_indexed",]
        == samples_by_name["activities_ready",]
        == 1
    )
    assert samples_by_name["activities_rejected_files",] == 1
    assert samples_by_name["activities_held",] == 0
    assert 0 <= samples_by_name["activities_last_run_age_seconds",] < 60


def test_the_age_of_the_last_run_stays_a_metric_if_all_logged_runs_failed(
    client: FlaskClient, own: Settings
) -> None:
    (own.index / run_log.FILE_NAME).unlink()
    for hour in range(300):
        started = f"2020-01-{1 + hour // 24:02}T{hour % 24:02}:00:00Z"
        run_log.append(
            own.index,
            run_log.RunRecord(
                started, "a watcher", "host", 1, 0.5, "failed", errors=("No space left",)
            ),
        )
    since = (datetime.now(UTC) - datetime(2020, 1, 1, tzinfo=UTC)).total_seconds()
    samples_by_name = parse_samples(client.get("/metrics").text)
    assert samples_by_name["activities_last_run_age_seconds",] == pytest.approx(since, abs=60)
    sync(open_engine(own), own.content, "a test", cache=own.index)
    for _ in range(300):
        run_log.append(
            own.index,
            run_log.RunRecord("2020-01-01T00:00:00Z", "a watcher", "host", 1, 0.5, "failed"),
        )
    assert parse_samples(client.get("/metrics").text)["activities_last_run_age_seconds",] < 60


def test_each_search_without_results_is_logged_without_the_person(
    client: FlaskClient, own: Settings
) -> None:
    assert own.query_log
    own.query_log.parent.mkdir()
    for url in (
        "/?q=Zebra+crossing",
        "/?q=zebra++CROSSING",
        "/?q=zebra++CROSSING",
        "/api/v1/search?q=yak&country=PAK",
        "/?q=shelter",
        "/?country=PAK",
    ):
        client.get(url)
    assert zero_result_log.count_searches(own.query_log) == [("zebra crossing", 3), ("yak", 1)]
    text = own.query_log.read_text()
    assert '"filters": [["country", "PAK"]]' in text
    assert "127.0.0.1" not in text


def test_no_search_is_logged_without_the_setting(own: Settings) -> None:
    client = create_app(Settings(content=own.content, index=own.index)).test_client()
    client.get("/?q=zebra")
    assert own.query_log
    assert not own.query_log.exists()
    assert [path.name for path in own.index.parent.iterdir()].count("log") == 0
