"""The rules for imports: which package may import which, and which module may import a library."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROGRAM = ("indexer", "webapp")

# A package or module may import itself and the lines above its own.
INDEXER_ORDER = [
    {"clock", "jsonl", "processes", "progress", "settings"},
    {"text"},
    {"schema"},
    {"content", "query"},
    {"engines"},
    {"importing", "indexing", "search"},
    {"report"},
    {"cli"},
    {"commands"},
]
WEBAPP_ORDER = [
    {"i18n", "markdown_html", "selection_state"},
    {"parameters"},
    {"middleware", "ops"},
    {"app_state", "search_state"},
    {"activities", "zero_results"},
    {"api"},
    {"pages"},
    {"serving"},
    {"cli", "commands"},
]
ORDERS = [("indexer", INDEXER_ORDER), ("webapp", WEBAPP_ORDER)]
# The modules of commands. They may import everything.
COMMAND_MODULES = {
    "indexer/cli.py",
    *(str(path.relative_to(ROOT)) for path in ROOT.glob("indexer/commands/*.py")),
    "webapp/cli.py",
    "webapp/commands.py",
}
MAX_TOP_MODULES = {"indexer": 7, "webapp": 9}  # without __init__.py


def program_modules() -> list[Path]:
    """Return the paths of all modules of the program."""
    return [path for package in PROGRAM for path in sorted((ROOT / package).rglob("*.py"))]


def short_name(path: Path) -> str:
    """Return a path relative to the root of the project, such as "indexer/cli.py"."""
    return path.relative_to(ROOT).as_posix()


@cache
def import_statements(path: Path) -> list[ast.Import | ast.ImportFrom]:
    """Return all import statements of a file, also those inside functions."""
    nodes = ast.walk(ast.parse(path.read_text()))
    return [node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))]


def imported_names(path: Path) -> set[str]:
    """Return the dotted names that a file imports; `from a import b` gives both "a" and "a.b"."""
    names: set[str] = set()
    for node in import_statements(path):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def imported_libraries(path: Path) -> set[str]:
    """Return the top-level packages that a file imports."""
    return {name.partition(".")[0] for name in imported_names(path)}


def is_module(name: str) -> bool:
    """Return whether a dotted name is a module or package of the program."""
    path = ROOT.joinpath(*name.split("."))
    return name.split(".")[0] in PROGRAM and (path.is_dir() or path.with_suffix(".py").is_file())


def imported_modules(path: Path) -> Iterator[str]:
    """Yield the local names that a file gives to modules of the program."""
    for node in import_statements(path):
        if isinstance(node, ast.Import):
            yield from (alias.asname for alias in node.names if alias.asname)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if is_module(f"{node.module}.{alias.name}"):
                    yield alias.asname or alias.name


def is_private(name: str) -> bool:
    """Return whether a name begins with a single underscore."""
    return name.startswith("_") and not name.startswith("__")


def upward_imports(package: str, order: Sequence[set[str]]) -> list[str]:
    """Return the imports of a package that its order does not allow, for messages of tests."""
    level = {name: number for number, names in enumerate(order) for name in names}
    upward = []
    for path in (ROOT / package).rglob("*.py"):
        importer = path.relative_to(ROOT / package).with_suffix("").parts[0]
        if importer not in level or short_name(path) in COMMAND_MODULES:
            continue
        targets = {
            name.split(".")[1] for name in imported_names(path) if name.startswith(f"{package}.")
        }
        upward += [
            f"{short_name(path)} imports {target}"
            for target in (targets & level.keys()) - {importer}
            if level[target] >= level[importer]
        ]
    return upward


def test_the_indexer_does_not_import_the_web() -> None:
    for path in (ROOT / "indexer").rglob("*.py"):
        assert not {"flask", "webapp", "granian"} & imported_libraries(path), path


@pytest.mark.parametrize(
    ("library", "engine"), [("whoosh", "whoosh"), ("opensearchpy", "opensearch")]
)
def test_a_search_library_is_imported_by_its_own_engine_only(library: str, engine: str) -> None:
    for path in program_modules():
        if not short_name(path).startswith(f"indexer/engines/{engine}/"):
            assert library not in imported_libraries(path), path


def test_click_is_imported_by_command_modules_only() -> None:
    importers = {short_name(p) for p in program_modules() if "click" in imported_libraries(p)}
    assert importers <= COMMAND_MODULES


@pytest.mark.parametrize(("package", "order"), ORDERS)
def test_the_order_contains_all_parts_of_a_package(package: str, order: list[set[str]]) -> None:
    modules = {path.stem for path in (ROOT / package).glob("*.py")} - {"__init__"}
    packages = {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
    assert modules | packages == set.union(*order)


@pytest.mark.parametrize(("package", "order"), ORDERS)
def test_the_parts_of_a_package_are_imported_downwards(package: str, order: list[set[str]]) -> None:
    assert upward_imports(package, order) == []


@pytest.mark.parametrize("package", PROGRAM)
def test_few_modules_are_at_the_top_of_a_package(package: str) -> None:
    modules = {path.name for path in (ROOT / package).glob("*.py")} - {"__init__.py"}
    assert len(modules) <= MAX_TOP_MODULES[package]


def test_no_module_imports_a_private_name_of_another_module() -> None:
    for path in program_modules():
        for node in import_statements(path):
            if isinstance(node, ast.ImportFrom):
                private = [alias.name for alias in node.names if is_private(alias.name)]
                assert not private, f"{path}:{node.lineno}"


def test_no_module_uses_a_private_attribute_of_another_module() -> None:
    for path in program_modules():
        modules = set(imported_modules(path))
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and is_private(node.attr):
                owner = node.value.id if isinstance(node.value, ast.Name) else ""
                assert owner not in modules, f"{path}:{node.lineno}"


def test_the_importing_package_is_imported_by_commands_only() -> None:
    for path in program_modules():
        if short_name(path) not in COMMAND_MODULES and "importing" not in path.parts:
            names = {n for n in imported_names(path) if n.startswith("indexer.importing")}
            assert not names, path


def test_a_command_that_shows_no_pages_does_not_load_the_web_application() -> None:
    code = (
        "import sys; from webapp.cli import cli; "
        "cli(['status', '--help'], standalone_mode=False); print(*sys.modules)"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "indexer.indexing.status" in output
    assert not {"flask", "webapp.api.views", "granian", "indexer.importing.importer"} & set(output)
