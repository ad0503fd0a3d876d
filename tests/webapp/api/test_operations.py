"""What operators ask: health, readiness, metrics; and reindexing on call."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
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
from webapp import create_app
from webapp.ops.reindex_jobs import NAME

TOKEN = "a-secret-of-this-test"


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """A folder with one activity, indexed, that a test may change."""
    content = tmp_path / "content"
    content.mkdir()
    (content / "one.md").write_text("A shelter opened.")
    found = Settings(
        content=content,
        index=tmp_path / "index",
        token=TOKEN,
        query_log=tmp_path / "log" / "misses.jsonl",
    )
    sync(open_engine(found), content, "a test", cache=found.index)
    return found


@pytest.fixture
def asked(own: Settings) -> Iterator[FlaskClient]:
    client = create_app(own).test_client()
    yield client
    if (own.index / NAME).is_file():
        for id in json.loads((own.index / NAME).read_bytes()):
            ended(client, f"/api/v1/reindex/{id}")


def bearer(token: str = TOKEN) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def ended(client: FlaskClient, url: str) -> dict[str, Any]:
    """A job, once it is over."""
    deadline = time.monotonic() + 60
    while True:
        job: dict[str, Any] = client.get(url, headers=bearer()).get_json()
        if job["state"] in ("done", "held", "failed"):
            return job
        assert time.monotonic() < deadline, job
        time.sleep(0.05)


def samples(text: str) -> dict[tuple[str, ...], float]:
    return {
        (
            sample.name,
            *(sample.labels[label] for label in sorted(sample.labels)),
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_process_that_lives_says_so_without_an_index(tmp_path: Path) -> None:
    client = create_app(Settings(content=tmp_path, index=tmp_path / "none")).test_client()
    assert client.get("/healthz").status_code == 200


def test_readiness_names_the_generation_or_the_reason(asked: FlaskClient, tmp_path: Path) -> None:
    answer = asked.get("/readyz")
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
    asked: FlaskClient, headers: dict[str, str]
) -> None:
    for answer in (
        asked.post("/api/v1/reindex", headers=headers),
        asked.get("/api/v1/reindex/x", headers=headers),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.get_json()["error"]["code"] == "unauthorized"
        assert TOKEN not in answer.text


def test_a_call_indexes_and_its_address_says_what_came_of_it(
    asked: FlaskClient, own: Settings
) -> None:
    (own.content / "two.md").write_text("A court opened.")
    (own.content / "bad.md").write_text("---\nyear: x\n---\nBad.")
    answer = asked.post("/api/v1/reindex", headers=bearer())
    assert answer.status_code == 202
    assert answer.headers["Location"] == answer.get_json()["url"]
    job = ended(asked, answer.headers["Location"])
    assert (job["state"], job["generation"], job["counts"]["added"], job["counts"]["rejected"]) == (
        "done",
        2,
        1,
        1,
    )
    assert "bad.md:2: year" in job["errors"][0]
    assert asked.get("/api/v1/search").get_json()["total"] == 2
    assert asked.get("/api/v1/reindex/0123456789abcdef", headers=bearer()).status_code == 404


def test_calls_during_a_run_join_the_next_one(asked: FlaskClient, own: Settings) -> None:
    with open_engine(own).writer("someone else", 5):  # the first run waits for it
        first = asked.post("/api/v1/reindex", headers=bearer()).get_json()["url"]
        deadline = time.monotonic() + 30
        while asked.get(first, headers=bearer()).get_json()["state"] != "running":
            assert time.monotonic() < deadline
            time.sleep(0.02)
        later = {
            asked.post("/api/v1/reindex", headers=bearer()).get_json()["url"] for _ in range(5)
        }
        assert len(later) == 1
        assert first not in later
        assert asked.get(*later, headers=bearer()).get_json()["state"] == "waiting"
        (own.content / "two.md").write_text("A court opened.")
    assert ended(asked, first)["state"] == ended(asked, *later)["state"] == "done"
    assert asked.get("/api/v1/search").get_json()["total"] == 2


def state_of(client: FlaskClient, url: str, wanted: str) -> dict[str, Any]:
    """A job, once it is in a state."""
    deadline = time.monotonic() + 30
    while (job := client.get(url, headers=bearer()).get_json())["state"] != wanted:
        assert time.monotonic() < deadline, job
        time.sleep(0.02)
    return dict(job)


def kill(url: str) -> None:
    """End the process of a job as the kernel does where memory is short."""
    id = url.rpartition("/")[2]
    found = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())],
        capture_output=True,
        text=True,
        check=True,
    )
    (pid,) = [
        int(line.split()[0])
        for line in found.stdout.splitlines()
        if f"webapp.ops.reindex_jobs {id}" in line
    ]
    os.kill(pid, signal.SIGKILL)


def test_calls_of_all_workers_join_the_one_run_that_waits_and_it_says_for_whom(
    asked: FlaskClient, own: Settings
) -> None:
    workers = [asked, create_app(own).test_client(), create_app(own).test_client()]
    with open_engine(own).writer("a long run by ana", 5):
        first = asked.post("/api/v1/reindex", headers=bearer()).get_json()["url"]
        state_of(asked, first, "running")
        later = {
            workers[n % 3].post("/api/v1/reindex", headers=bearer()).get_json()["url"]
            for n in range(9)
        }
        assert len(later) == 1
        deadline = time.monotonic() + 30
        while "ana" not in str(workers[1].get(first, headers=bearer()).get_json().get("progress")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
    assert ended(workers[2], first)["state"] == ended(workers[2], *later)["state"] == "done"


def test_a_run_that_was_killed_has_failed_and_is_no_obstacle(
    asked: FlaskClient, own: Settings
) -> None:
    with open_engine(own).writer("someone else", 5):
        first = asked.post("/api/v1/reindex", headers=bearer()).get_json()["url"]
        state_of(asked, first, "running")
        second = asked.post("/api/v1/reindex", headers=bearer()).get_json()["url"]
        kill(second)
        assert "without a result" in state_of(asked, second, "failed")["error"]
        kill(first)
        state_of(asked, first, "failed")
        (own.content / "two.md").write_text("A court opened.")
        third = asked.post("/api/v1/reindex", headers=bearer()).get_json()["url"]
        assert third not in (first, second)
    assert ended(asked, third)["counts"]["added"] == 1


def test_where_nothing_can_be_written_a_call_is_answered_with_the_reason(
    asked: FlaskClient, own: Settings
) -> None:
    own.index.rename(own.index.with_name("away"))
    own.index.write_text("Not a folder.")
    for answer in (
        asked.post("/api/v1/reindex", headers=bearer()),
        asked.get("/api/v1/reindex/x", headers=bearer()),
    ):
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (
            503,
            "engine_unavailable",
        )
        assert answer.headers["Retry-After"]
        assert "index" in answer.get_json()["error"]["message"]


def test_a_rollback_holds_against_a_call_too(asked: FlaskClient, own: Settings) -> None:
    (own.content / "two.md").write_text("A court opened.")
    ended(asked, asked.post("/api/v1/reindex", headers=bearer()).headers["Location"])
    open_engine(own).rollback(1, "a test")
    assert (
        ended(asked, asked.post("/api/v1/reindex", headers=bearer()).headers["Location"])["state"]
        == "held"
    )


def test_a_run_that_fails_says_why(asked: FlaskClient, own: Settings) -> None:
    own.content.rename(own.content.with_name("away"))
    job = ended(asked, asked.post("/api/v1/reindex", headers=bearer()).headers["Location"])
    assert job["state"] == "failed"
    assert "cannot be read" in job["error"]


def test_metrics_are_prometheus_text_with_the_index_and_its_runs(
    asked: FlaskClient, own: Settings
) -> None:
    (own.content / "bad.md").write_text("---\nyear: x\n---\nBad.")
    sync(open_engine(own), own.content, "a test", cache=own.index)
    answer = asked.get("/metrics")
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    found = samples(answer.text)
    assert (
        found["activities_generation",]
        == found["activities_indexed",]
        == found["activities_ready",]
        == 1
    )
    assert found["activities_rejected_files",] == 1
    assert found["activities_held",] == 0
    assert 0 <= found["activities_last_run_age_seconds",] < 60


def test_the_age_of_the_newest_run_stays_a_metric_where_all_that_are_logged_failed(
    asked: FlaskClient, own: Settings
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
    found = samples(asked.get("/metrics").text)
    assert found["activities_last_run_age_seconds",] == pytest.approx(since, abs=60)
    sync(open_engine(own), own.content, "a test", cache=own.index)
    for _ in range(300):
        run_log.append(
            own.index,
            run_log.RunRecord("2020-01-01T00:00:00Z", "a watcher", "host", 1, 0.5, "failed"),
        )
    assert samples(asked.get("/metrics").text)["activities_last_run_age_seconds",] < 60


def test_searches_without_hits_are_logged_each_time_without_who_asked(
    asked: FlaskClient, own: Settings
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
        asked.get(url)
    assert zero_result_log.count_searches(own.query_log) == [("zebra crossing", 3), ("yak", 1)]
    text = own.query_log.read_text()
    assert '"filters": [["country", "PAK"]]' in text
    assert "127.0.0.1" not in text


def test_no_log_is_kept_unless_it_is_asked_for(own: Settings) -> None:
    client = create_app(Settings(content=own.content, index=own.index)).test_client()
    client.get("/?q=zebra")
    assert own.query_log
    assert not own.query_log.exists()
    assert [path.name for path in own.index.parent.iterdir()].count("log") == 0
