"""`make` as root names the packages that it installs, and installs nothing as another user."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAKE = shutil.which("make")


def run_target(target: str, folder: Path, user: int) -> tuple[str, str]:
    """Run a target where no package is installed. Return messages and the calls of apt-get."""
    calls = folder / "calls"
    for name, script in (("id", f"echo {user}"), ("apt-get", f'echo "$@" >> {calls}')):
        (folder / name).write_text(f"#!/bin/bash\n{script}\n")
        (folder / name).chmod(0o755)
    ran = subprocess.run(
        [str(MAKE), "--no-print-directory", "-C", str(ROOT), target],
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return ran.stderr, calls.read_text() if calls.exists() else ""


@pytest.mark.skipif(MAKE is None, reason="make is not installed")
@pytest.mark.parametrize("target", ["strace", "maven", "wrk", "chromium"])
def test_root_reads_which_packages_are_installed(target: str, tmp_path: Path) -> None:
    messages, calls = run_target(target, tmp_path, user=0)
    package = calls.split()[-1]
    assert "install -y" in calls
    assert f"running as root: installing the Debian package(s) {package}" in messages


@pytest.mark.skipif(MAKE is None, reason="make is not installed")
@pytest.mark.parametrize("target", ["strace", "maven", "wrk", "chromium"])
def test_another_user_reads_which_packages_to_install(target: str, tmp_path: Path) -> None:
    messages, calls = run_target(target, tmp_path, user=1000)
    assert not calls
    assert 'is missing: run "sudo apt-get install' in messages
