"""The token stays in the process that needs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.settings import Settings

TOKEN = "a-token-of-this-test"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("ACTIVITIES_TOKEN", TOKEN)
    return Settings(content=Path("content"), index=Path("index"), token=TOKEN)


def test_the_environment_of_child_processes_has_no_token(settings: Settings) -> None:
    environment = settings.to_environment()
    assert environment["ACTIVITIES_INDEX"] == "index"
    assert "ACTIVITIES_TOKEN" not in environment
    assert TOKEN not in environment.values()


def test_settings_print_no_token(settings: Settings) -> None:
    assert settings.token == TOKEN
    assert TOKEN not in repr(settings)
    assert TOKEN not in f"{settings} {settings!a}"
