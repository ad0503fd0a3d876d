"""Imports run one way: the index knows nothing of the web, and Whoosh has one home."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_the_indexer_never_imports_the_web() -> None:
    for path in (ROOT / "indexer").rglob("*.py"):
        assert not {
            name for name in imported(path) if name.partition(".")[0] in ("flask", "webapp", "granian")
        }, path


def test_whoosh_is_imported_in_its_engine_only() -> None:
    for folder in ("indexer", "webapp"):
        for path in (ROOT / folder).rglob("*.py"):
            if "engines/whoosh" not in path.as_posix():
                assert not {name for name in imported(path) if name.partition(".")[0] == "whoosh"}, path
