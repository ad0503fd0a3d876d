"""What the documentation says is what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from indexer.schema import FIELDS
from webapp.cli import cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_is_in_the_readme(command: str) -> None:
    assert re.search(rf"(activities|make) {command}\b", README)


@pytest.mark.parametrize("field", [field.name for field in FIELDS])
def test_every_field_is_in_the_readme(field: str) -> None:
    assert f"`{field}`" in README


def test_every_module_is_on_the_map() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    for folder in ("indexer", "webapp"):
        for path in (ROOT / folder).glob("*.py"):
            assert f"`{path.name}`" in text, path


def test_every_module_on_the_map_is_there() -> None:
    for name in re.findall(r"`(\w+\.py)`", (ROOT / "ARCHITECTURE.md").read_text()):
        assert any(
            (ROOT / folder / name).exists()
            for folder in ("indexer", "webapp", "indexer/engines/whoosh", "tests")
        ), name
