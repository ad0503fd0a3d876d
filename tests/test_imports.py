"""Imports run one way: the index knows nothing of the web, and Whoosh has one home."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_the_indexer_never_imports_the_web() -> None:
    for path in (ROOT / "indexer").rglob("*.py"):
        assert not {name for name in imported(path) if name.partition(".")[0] in ("flask", "webapp", "granian")}, path


@pytest.mark.parametrize(("library", "engine"), [("whoosh", "whoosh"), ("opensearchpy", "opensearch")])
def test_an_engines_library_is_imported_in_that_engine_only(library: str, engine: str) -> None:
    for folder in ("indexer", "webapp"):
        for path in (ROOT / folder).rglob("*.py"):
            if f"engines/{engine}" not in path.as_posix():
                assert not {name for name in imported(path) if name.partition(".")[0] == library}, path


# Each may import those before it, and nothing after it.
ORDER = """
    clock progress jsonl arrays prose analysis schema places scan query frontmatter activity labels settings content corrections plan request
    engines exits snippets search coverage suggest similar why preview misses runs sync status watch export
    years gazetteer contexts detect topics sources proposals importer cli
""".split()


def test_imports_run_one_way() -> None:
    for path in (ROOT / "indexer").glob("*.py"):
        name = path.stem
        if name == "__init__":
            continue
        used = {part.split(".")[1] for part in imported(path) if part.startswith("indexer.")}
        assert used <= set(ORDER[: ORDER.index(name)]), path


def test_only_an_import_detects() -> None:
    readers = "content search sync export labels exits plan request schema activity query".split()
    guessing = {
        "indexer.detect",
        "indexer.gazetteer",
        "indexer.contexts",
        "indexer.years",
        "indexer.proposals",
    }
    for name in readers:
        assert not imported(ROOT / "indexer" / f"{name}.py") & guessing


def test_a_command_that_needs_no_web_waits_for_none() -> None:
    run = (
        "import sys; from webapp.cli import cli; cli(['status', '--help'], standalone_mode=False); print(*sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=True).stdout.split()
    assert "indexer.status" in said
    assert not {"flask", "webapp.api", "granian", "indexer.importer"} & set(said)
