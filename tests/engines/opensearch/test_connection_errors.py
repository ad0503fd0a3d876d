"""Unusable servers: one line on standard error, exit code 3, and no changes."""

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
from tests.engines.opensearch.stub_server import CERTIFICATES, serving, version_response
from webapp import create_app
from webapp.cli import cli

SECRET = "correct-horse-battery"
COMMANDS = (["index"], ["search", "women"], ["status"], ["rollback"], ["export", "--format", "csv"])


def run_error(engine: str, content: Path, *command: str, exit_code: int = 3, **secrets: str) -> str:
    """Run a command that fails, and return its one line on standard error."""
    index = content.parent / "index"
    options = ["--engine", engine, "--content", str(content), "--index", str(index)]
    result = CliRunner().invoke(
        cli,
        [*command, *options],
        env={f"ACTIVITIES_OPENSEARCH_{name}": value for name, value in secrets.items()},
    )
    assert result.exit_code == exit_code, result.output
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert SECRET not in result.output
    return result.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c[0])
def test_every_command_reports_a_server_that_cannot_be_reached(
    command: list[str], content: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    message = run_error(f"opensearch+http://127.0.0.1:{port}/a", content, *command)
    expected = (
        f"http://127.0.0.1:{port}/a cannot be reached: "
        "start it, or check the host and port in ACTIVITIES_ENGINE"
    )
    assert expected in message


def test_an_unknown_host_name_is_reported(content: Path) -> None:
    message = run_error("opensearch+http://no-such-host.invalid/a", content, "status")
    assert "has an unknown host name" in message


@pytest.mark.parametrize(
    ("status", "response", "expected"),
    [
        (200, "<!doctype html><title>Hello</title>", "is not OpenSearch"),
        (404, "<!doctype html><title>Not found</title>", "is not OpenSearch"),
        (200, {"hello": "world"}, "is not OpenSearch"),
        (200, [1], "is not OpenSearch"),
        (200, {"version": {"number": "many"}}, "is not OpenSearch"),
        (
            200,
            version_response("8.15.0", None),
            "is Elasticsearch 8.15.0: use OpenSearch 2.19 or newer",
        ),
        (
            200,
            version_response("7.10.2", None),
            "is Elasticsearch 7.10.2: use OpenSearch 2.19 or newer",
        ),
        (
            200,
            version_response("2.3.0"),
            "is OpenSearch 2.3.0, which is too old: upgrade to OpenSearch 2.19 or newer",
        ),
        (
            401,
            {"error": "unauthorized"},
            "rejects the credentials: check ACTIVITIES_OPENSEARCH_USER",
        ),
        (401, "Unauthorized", "rejects the credentials: check ACTIVITIES_OPENSEARCH_USER"),
        (
            403,
            {
                "error": {
                    "type": "security_exception",
                    "reason": "no permissions for [cluster:monitor/main]",
                }
            },
            "does not allow this request (no permissions for [cluster:monitor/main])",
        ),
        (
            500,
            {"error": {"type": "x", "reason": "it broke"}},
            "cannot answer (status 500, it broke)",
        ),
    ],
)
def test_an_unusable_server_is_reported_and_receives_no_other_request(
    status: int, response: Any, expected: str, content: Path
) -> None:
    requests = []

    def respond(method: str, path: str) -> tuple[int, Any]:
        requests.append((method, path))
        return status, response

    with serving(respond) as (port, _):
        url = f"opensearch+http://ana@127.0.0.1:{port}/a"
        message = run_error(url, content, "index", PASSWORD=SECRET)
    assert expected in message
    assert set(requests) == {("GET", "/")}


def test_a_password_or_a_token_is_sent_in_the_authorization_header(content: Path) -> None:
    for secrets, header in (
        ({"USER": "ana", "PASSWORD": "p"}, "Basic YW5hOnA="),
        ({"TOKEN": "t"}, "Bearer t"),
    ):
        with serving(lambda *_: (401, {})) as (port, authorization):
            run_error(f"opensearch+http://127.0.0.1:{port}/a", content, "status", **secrets)
        assert set(authorization) == {header}


def test_an_expired_certificate_is_reported_and_nothing_is_sent(content: Path) -> None:
    with serving(lambda *_: (200, version_response("3.4.0")), "expired.pem") as (
        port,
        authorization,
    ):
        message = run_error(
            f"opensearch+https://ana@127.0.0.1:{port}/a",
            content,
            "status",
            PASSWORD=SECRET,
            CA=str(CERTIFICATES / "expired.pem"),
        )
    expected = (
        "has a certificate that is not valid (certificate has expired): renew the certificate"
    )
    assert expected in message
    assert not authorization


def test_an_untrusted_certificate_is_reported_with_the_setting_that_trusts_it(
    content: Path,
) -> None:
    with serving(lambda *_: (200, version_response("2.3.0")), "valid.pem") as (
        port,
        authorization,
    ):
        url = f"opensearch+https://127.0.0.1:{port}/a"
        message = run_error(url, content, "status")
        assert "set ACTIVITIES_OPENSEARCH_CA to the certificate file of its authority" in message
        assert not authorization
        # With that setting, the response is read.
        trusted = run_error(url, content, "status", CA=str(CERTIFICATES / "valid.pem"))
        assert "too old" in trusted


def test_a_missing_or_unexpected_tls_is_reported(content: Path) -> None:
    with serving(lambda *_: (200, version_response("3.4.0"))) as (port, _):
        message = run_error(f"opensearch+https://127.0.0.1:{port}/a", content, "status")
        assert "does not use TLS: write opensearch+http://" in message
    with serving(lambda *_: (200, version_response("3.4.0")), "valid.pem") as (port, _):
        message = run_error(f"opensearch+http://127.0.0.1:{port}/a", content, "status")
        assert "opensearch+https://" in message


def test_an_unreadable_certificate_file_is_named(content: Path, tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("nothing")
    for path in (tmp_path / "missing.pem", tmp_path / "no.pem"):
        message = run_error("opensearch+https://127.0.0.1:1/a", content, "status", CA=str(path))
        assert f"ACTIVITIES_OPENSEARCH_CA: {path}" in message


def test_pages_report_an_outage_and_readyz_gives_its_reason(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("ACTIVITIES_OPENSEARCH_PASSWORD", SECRET)
    with serving(lambda *_: (401, {"error": "unauthorized"})) as (port, _):
        url = f"opensearch+http://ana@127.0.0.1:{port}/a"
        settings = Settings(content=content, index=tmp_path / "index", engine=url)
        client = create_app(settings).test_client()
        page, api, ready = (client.get(path) for path in ("/", "/api/v1/search", "/readyz"))
        metrics = client.get("/metrics")
    assert (page.status_code, api.status_code, ready.status_code) == (503, 503, 503)
    assert page.headers["Retry-After"]
    assert api.get_json()["error"]["code"] == "engine_unavailable"
    assert "ACTIVITIES_OPENSEARCH_PASSWORD" in ready.get_json()["reason"]
    assert "activities_ready 0.0" in metrics.text
    everything = page.text + api.text + ready.text + metrics.text + caplog.text
    assert SECRET not in everything
    assert "YW5h" not in everything  # the start of the encoded credentials


def test_a_certificate_for_another_host_name_is_reported(content: Path) -> None:
    with (
        warnings.catch_warnings(),
        serving(lambda *_: (200, version_response("3.4.0")), "valid.pem") as (port, authorization),
    ):
        warnings.simplefilter("error")
        url = f"opensearch+https://localhost:{port}/a"
        message = run_error(url, content, "status", CA=str(CERTIFICATES / "valid.pem"))
    assert "use a host name of the certificate in ACTIVITIES_ENGINE" in message
    assert not authorization


@pytest.mark.parametrize(
    ("status", "error_type"),
    [
        (429, "rejected_execution_exception"),
        (500, "node_not_connected_exception"),
        (503, "unavailable_shards_exception"),
    ],
)
def test_a_temporary_error_is_retried(status: int, error_type: str) -> None:
    """OpenSearch reports a node that was just lost as a 500."""
    refusal = {
        "error": {
            "type": "search_phase_execution_exception",
            "root_cause": [{"type": error_type, "reason": "why"}],
        }
    }
    attempts = 0

    def respond(method: str, path: str) -> tuple[int, Any]:
        nonlocal attempts
        if path == "/":
            return 200, version_response("3.4.0")
        attempts += path == "/index"
        return (200, {"attempt": attempts}) if attempts == 3 else (status, refusal)

    with serving(respond) as (port, _):
        client = OpenSearchEngine(f"opensearch+http://127.0.0.1:{port}/a").client
        assert client.request("GET", "/index") == {"attempt": 3}


def test_a_permanent_error_is_not_retried() -> None:
    requests: list[str] = []

    def respond(method: str, path: str) -> tuple[int, Any]:
        requests.append(path)
        if path == "/":
            return 200, version_response("3.4.0")
        return 500, {"error": {"type": "null_pointer_exception", "reason": "why"}}

    with serving(respond) as (port, _), pytest.raises(EngineUnavailable, match=r"status 500, why"):
        OpenSearchEngine(f"opensearch+http://127.0.0.1:{port}/a").client.request("GET", "/index")
    assert requests.count("/index") == 1
