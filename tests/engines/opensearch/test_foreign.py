"""What answers at the address is not what we can use: one sentence with the cure, exit 3, and nothing is changed."""

from __future__ import annotations

import socket
import warnings
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indexer.engines.base import EngineUnavailable
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.settings import Settings
from tests.engines.opensearch.foreign import CERTIFICATES, greeting, serving
from webapp import create_app
from webapp.cli import cli

SECRET = "correct-horse-battery"
COMMANDS = (["index"], ["search", "women"], ["status"], ["rollback"], ["export", "--format", "csv"])


def said(engine: str, content: Path, *command: str, exit_code: int = 3, **environment: str) -> str:
    """What a command says on standard error, which is one line."""
    found = CliRunner().invoke(
        cli,
        [
            *command,
            "--engine",
            engine,
            "--content",
            str(content),
            "--index",
            str(content.parent / "index"),
        ],
        env={f"ACTIVITIES_OPENSEARCH_{name}": value for name, value in environment.items()},
    )
    assert found.exit_code == exit_code, found.output
    assert len(found.stderr.splitlines()) == 1, found.stderr
    assert SECRET not in found.output
    return found.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c[0])
def test_every_command_says_that_nobody_answers(command: list[str], content: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    text = said(f"opensearch+http://127.0.0.1:{port}/a", content, *command)
    assert (
        f"http://127.0.0.1:{port}/a cannot be reached: start it, or look at host and port in ACTIVITIES_ENGINE"
        in text
    )


def test_a_name_that_nobody_has_is_said(content: Path) -> None:
    assert "is not known by that name" in said(
        "opensearch+http://no-such-host.invalid/a", content, "status"
    )


@pytest.mark.parametrize(
    ("status", "answer", "sentence"),
    [
        (200, "<!doctype html><title>Hello</title>", "is no OpenSearch"),
        (404, "<!doctype html><title>Not found</title>", "is no OpenSearch"),
        (200, {"hello": "world"}, "is no OpenSearch"),
        (200, [1], "is no OpenSearch"),
        (200, {"version": {"number": "many"}}, "is no OpenSearch"),
        (200, greeting("8.15.0", None), "is Elasticsearch 8.15.0: use OpenSearch 2.19 or newer"),
        (200, greeting("7.10.2", None), "is Elasticsearch 7.10.2: use OpenSearch 2.19 or newer"),
        (
            200,
            greeting("2.3.0"),
            "is OpenSearch 2.3.0, which is too old: upgrade it to 2.19 or newer",
        ),
        (401, {"error": "unauthorized"}, "does not let us in: look at ACTIVITIES_OPENSEARCH_USER"),
        (401, "Unauthorized", "does not let us in: look at ACTIVITIES_OPENSEARCH_USER"),
        (
            403,
            {
                "error": {
                    "type": "security_exception",
                    "reason": "no permissions for [cluster:monitor/main]",
                }
            },
            "does not allow this (no permissions for [cluster:monitor/main])",
        ),
        (
            500,
            {"error": {"type": "x", "reason": "it broke"}},
            "cannot answer (status 500, it broke)",
        ),
    ],
)
def test_what_is_no_opensearch_that_we_can_use_is_said(
    status: int, answer: Any, sentence: str, content: Path
) -> None:
    asked = []

    def answered(method: str, path: str) -> tuple[int, Any]:
        asked.append((method, path))
        return status, answer

    with serving(answered) as (port, _):
        text = said(f"opensearch+http://ana@127.0.0.1:{port}/a", content, "index", PASSWORD=SECRET)
    assert sentence in text
    assert set(asked) == {("GET", "/")}  # nothing is asked of a stranger, and nothing written


def test_a_password_or_a_token_is_sent_as_it_is(content: Path) -> None:
    for environment, header in (
        ({"USER": "ana", "PASSWORD": "p"}, "Basic YW5hOnA="),
        ({"TOKEN": "t"}, "Bearer t"),
    ):
        with serving(lambda *_: (401, {})) as (port, heard):
            said(f"opensearch+http://127.0.0.1:{port}/a", content, "status", **environment)
        assert set(heard) == {header}


def test_an_expired_certificate_is_named_and_nothing_is_sent(content: Path) -> None:
    with serving(lambda *_: (200, greeting("3.4.0")), "expired.pem") as (port, heard):
        text = said(
            f"opensearch+https://ana@127.0.0.1:{port}/a",
            content,
            "status",
            PASSWORD=SECRET,
            CA=str(CERTIFICATES / "expired.pem"),
        )
    assert (
        "shows a certificate that is not valid (certificate has expired): have a new one made"
        in text
    )
    assert not heard


def test_a_certificate_of_nobody_we_trust_is_named_with_the_setting_that_cures_it(
    content: Path,
) -> None:
    with serving(lambda *_: (200, greeting("2.3.0")), "valid.pem") as (port, heard):
        url = f"opensearch+https://127.0.0.1:{port}/a"
        assert "name the file of its authority in ACTIVITIES_OPENSEARCH_CA" in said(
            url, content, "status"
        )
        assert not heard
        # With it the answer is read.
        assert "too old" in said(url, content, "status", CA=str(CERTIFICATES / "valid.pem"))


def test_tls_where_there_is_none_and_none_where_there_is_are_said(content: Path) -> None:
    with serving(lambda *_: (200, greeting("3.4.0"))) as (port, _):
        assert "does not speak TLS: write opensearch+http://" in said(
            f"opensearch+https://127.0.0.1:{port}/a", content, "status"
        )
    with serving(lambda *_: (200, greeting("3.4.0")), "valid.pem") as (port, _):
        assert "opensearch+https://" in said(
            f"opensearch+http://127.0.0.1:{port}/a", content, "status"
        )


def test_a_file_of_certificates_that_cannot_be_read_is_named(content: Path, tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("nothing")
    for path in (tmp_path / "missing.pem", tmp_path / "no.pem"):
        assert f"ACTIVITIES_OPENSEARCH_CA: {path}" in said(
            "opensearch+https://127.0.0.1:1/a", content, "status", CA=str(path)
        )


def test_a_page_says_that_it_is_an_outage_and_readyz_why(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("ACTIVITIES_OPENSEARCH_PASSWORD", SECRET)
    with serving(lambda *_: (401, {"error": "unauthorized"})) as (port, _):
        url = f"opensearch+http://ana@127.0.0.1:{port}/a"
        client = create_app(
            Settings(content=content, index=tmp_path / "index", engine=url)
        ).test_client()
        page, api, ready = (client.get(path) for path in ("/", "/api/v1/search", "/readyz"))
        metrics = client.get("/metrics")
    assert (page.status_code, api.status_code, ready.status_code) == (503, 503, 503)
    assert page.headers["Retry-After"]
    assert api.get_json()["error"]["code"] == "engine_unavailable"
    assert "ACTIVITIES_OPENSEARCH_PASSWORD" in ready.get_json()["reason"]
    assert "activities_ready 0.0" in metrics.text
    everything = page.text + api.text + ready.text + metrics.text + caplog.text
    assert SECRET not in everything
    assert "YW5h" not in everything  # nor as the header has it


def test_a_certificate_for_another_name_is_said(content: Path) -> None:
    with (
        warnings.catch_warnings(),
        serving(lambda *_: (200, greeting("3.4.0")), "valid.pem") as (port, heard),
    ):
        warnings.simplefilter("error")
        text = said(
            f"opensearch+https://localhost:{port}/a",
            content,
            "status",
            CA=str(CERTIFICATES / "valid.pem"),
        )
    assert "write the host in ACTIVITIES_ENGINE as the certificate has it" in text
    assert not heard


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_will_soon_be_over_is_asked_again(status: int) -> None:
    """A node that another has just lost is a 500 among them."""
    kind = {
        429: "rejected_execution_exception",
        500: "node_not_connected_exception",
        503: "unavailable_shards_exception",
    }
    refusal = {
        "error": {
            "type": "search_phase_execution_exception",
            "root_cause": [{"type": kind[status], "reason": "why"}],
        }
    }
    asked = 0

    def answer(method: str, path: str) -> tuple[int, Any]:
        nonlocal asked
        if path == "/":
            return 200, greeting("3.4.0")
        asked += path == "/index"
        return (200, {"found": asked}) if asked == 3 else (status, refusal)

    with serving(answer) as (port, _):
        assert OpenSearchEngine(f"opensearch+http://127.0.0.1:{port}/a").cluster.ask(
            "GET", "/index"
        ) == {"found": 3}


def test_a_mistake_of_ours_is_not_asked_again() -> None:
    asked: list[str] = []

    def answer(method: str, path: str) -> tuple[int, Any]:
        asked.append(path)
        return (
            (200, greeting("3.4.0"))
            if path == "/"
            else (500, {"error": {"type": "null_pointer_exception", "reason": "why"}})
        )

    with serving(answer) as (port, _), pytest.raises(EngineUnavailable, match=r"status 500, why"):
        OpenSearchEngine(f"opensearch+http://127.0.0.1:{port}/a").cluster.ask("GET", "/index")
    assert asked.count("/index") == 1
