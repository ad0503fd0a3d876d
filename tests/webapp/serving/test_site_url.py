"""Validation of the site's address, --url or ACTIVITIES_URL."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from indexer.settings import parse_site_url
from webapp.commands import serve

INVALID = [
    ("https://example.org/activities", "has a path"),
    ("https://example.org/activities/", "has a path"),
    ("https://example.org//", "has a path"),
    ("https://ana@example.org", "has a user or password"),
    ("https://ana:s3cret@example.org", "has a user or password"),
    ("https://:s3cret@example.org/activities", "has a user or password"),
    ("https://example.org?lang=fr", "has a query"),
    ("https://example.org/?", "has a query"),
    ("https://example.org/#top", "has a fragment"),
    ("https://example.org#", "has a fragment"),
    ("ftp://ana:s3cret@example.org", "does not begin with http:// or https://"),
    ("example.org", "does not begin with http:// or https://"),
    ("javascript:alert(1)", "does not begin with http:// or https://"),
    ("http:/ana:s3cret@example.org", "does not begin with http:// or https://"),
    ("http://", "has no host"),
    ("http://:8000", "has no host"),
    ("http://[::1", "is not a URL"),
    ("http://example.org:port", "is not a URL"),
    ("http://example.org:99999", "is not a URL"),
    ("http://example .org", "is not a URL"),
    ("http://example.org\n", "is not a URL"),
    ("http://example.org\\activities", "is not a URL"),
]


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("", ""),
        ("https://activities.example.org", "https://activities.example.org"),
        ("https://activities.example.org/", "https://activities.example.org"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("HTTPS://Activities.example.org", "HTTPS://Activities.example.org"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_an_address_at_the_root_of_a_host_is_accepted(value: str, url: str) -> None:
    assert parse_site_url(value) == url


@pytest.mark.parametrize(("value", "problem"), INVALID)
def test_any_other_address_is_invalid_and_not_repeated(value: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as error:
        parse_site_url(value)
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize(("value", "problem"), INVALID)
@pytest.mark.parametrize("by_option", [True, False])
def test_any_other_address_is_refused_with_the_setting_the_problem_and_the_fix(
    value: str, problem: str, *, by_option: bool
) -> None:
    options = ["--url", value] if by_option else []
    environment = {} if by_option else {"ACTIVITIES_URL": value}
    result = CliRunner().invoke(serve, options, env=environment)
    assert result.exit_code == 2
    assert f"--url or ACTIVITIES_URL: the address {problem}" in result.output
    assert "https://activities.example.org" in result.output
    assert "s3cret" not in result.output


def test_an_address_for_editing_is_refused_without_printing_its_password() -> None:
    result = CliRunner().invoke(serve, ["--edit-url", "ftp://ana:s3cret@example.org"])
    assert result.exit_code == 2
    assert "--edit-url" in result.output
    assert "s3cret" not in result.output
