"""The program runs with every Python version that it declares."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
VERSIONS = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
# Quick folders that cover parsing, indexing, searching and pages.
FOLDERS = (
    "content",
    "query",
    "text",
    "search",
    "engines/whoosh",
    "engines/contract",
    "webapp/pages",
)


def interpreter(version: str) -> str | None:
    """Return the path of a Python interpreter of this version, or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [
        shutil.which(f"python{version}"),
        *map(str, pyenv.glob(f"{version}.*/bin/python")),
    ]
    for path in filter(None, candidates):
        check = [path, "-c", "import sys, venv, ensurepip; print(*sys.version_info[:2], sep='.')"]
        result = subprocess.run(check, capture_output=True, text=True, check=False)
        if result.stdout.strip() == version:
            return path
    return None


def test_the_versions_from_3_11_to_3_13_are_declared() -> None:
    assert VERSIONS == ["3.11", "3.12", "3.13"]
    assert PROJECT["requires-python"] == ">=3.11"


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("version", [v for v in VERSIONS if v != f"3.{sys.version_info.minor}"])
def test_the_locked_dependencies_and_the_program_work_with_the_version(
    version: str, tmp_path: Path
) -> None:
    path = interpreter(version)
    if path is None:
        pytest.skip(f"Python {version} is not installed")
    python = tmp_path / "venv" / "bin" / "python"
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    lock = ROOT / "requirements-dev.lock"
    subprocess.run([path, "-m", "venv", tmp_path / "venv"], check=True)
    subprocess.run([*pip, "--require-hashes", "-r", lock], check=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    folders = [f"tests/{folder}" for folder in FOLDERS]
    options = ["-q", "-p", "no:cacheprovider", "--basetemp", tmp_path / "tests"]
    command = [python, "-m", "pytest", *options, *folders]
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout[-4000:]
