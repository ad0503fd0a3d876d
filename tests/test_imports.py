"""Imports point one way: the indexer never imports the web, and each engine keeps its library to itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# A package or module may import itself and the lines above its own.
ORDER = [
    {"clock", "jsonl", "processes", "progress", "settings"},
    {"text"},
    {"schema"},
    {"content", "query"},
    {"engines"},
    {"importing", "indexing", "search"},
    {"cli"},
]
LEVEL = {name: level for level, names in enumerate(ORDER) for name in names}


def sources() -> Iterator[Path]:
    """Every module of the program."""
    for folder in ("indexer", "webapp"):
        yield from (ROOT / folder).rglob("*.py")


def imported(path: Path) -> set[str]:
    """The dotted names of the modules that a file imports; `from a import b` gives both "a" and "a.b"."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_the_indexer_never_imports_the_web() -> None:
    for path in (ROOT / "indexer").rglob("*.py"):
        web = {
            name
            for name in imported(path)
            if name.partition(".")[0] in ("flask", "webapp", "granian")
        }
        assert not web, path


@pytest.mark.parametrize(
    ("library", "engine"), [("whoosh", "whoosh"), ("opensearchpy", "opensearch")]
)
def test_only_its_own_engine_imports_a_search_library(library: str, engine: str) -> None:
    for path in sources():
        if f"engines/{engine}" not in path.as_posix():
            assert not {name for name in imported(path) if name.partition(".")[0] == library}, path


def test_packages_of_the_indexer_import_only_packages_above_them() -> None:
    for path in (ROOT / "indexer").rglob("*.py"):
        package = path.relative_to(ROOT / "indexer").with_suffix("").parts[0]
        if package == "__init__":
            continue
        others = {
            name.split(".")[1] for name in imported(path) if name.startswith("indexer.")
        } & LEVEL.keys()
        upward = {name for name in others - {package} if LEVEL[name] >= LEVEL[package]}
        assert not upward, path


def test_no_module_imports_a_private_name_of_another() -> None:
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                private = [
                    a.name
                    for a in node.names
                    if a.name.startswith("_") and not a.name.startswith("__")
                ]
                assert not private, f"{path}:{node.lineno}"


def test_only_the_importing_package_extracts_values_from_prose() -> None:
    for path in sources():
        if "importing" not in path.parts and path.name != "cli.py":
            assert not {name for name in imported(path) if name.startswith("indexer.importing")}, (
                path
            )


def test_a_command_without_pages_does_not_load_the_web() -> None:
    code = "import sys; from webapp.cli import cli; cli(['status', '--help'], standalone_mode=False); print(*sys.modules)"
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "indexer.indexing.status" in output
    assert not {"flask", "webapp.api.views", "granian", "indexer.importing.importer"} & set(output)
