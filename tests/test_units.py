"""The systemd units of docs/operating.md are valid and hardened."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

MANUAL = Path(__file__).parents[1] / "docs" / "operating.md"
MAX_EXPOSURE = 30  # tenths of the score of systemd-analyze, which calls below 3 good

if shutil.which("systemd-analyze") is None:
    pytest.skip("systemd is not installed", allow_module_level=True)


@pytest.fixture
def units(tmp_path: Path) -> dict[str, Path]:
    """The units of the manual as files, with a program and a user that exist here."""
    found = {}
    for name, text in re.findall(
        r"```ini\n# /etc/systemd/system/(\S+)\n(.*?)```", MANUAL.read_text(), re.DOTALL
    ):
        text = re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text)
        text = re.sub(r"(User|WorkingDirectory)=.*\n", "", text)
        found[name] = tmp_path / name
        found[name].write_text(text)
    assert set(found) == {"activities.service", "activities.socket"}
    return found


def test_the_service_unit_is_hardened(units: dict[str, Path]) -> None:
    ran = subprocess.run(
        [
            "systemd-analyze",
            "security",
            "--no-pager",
            "--offline=true",
            f"--threshold={MAX_EXPOSURE}",
            units["activities.service"],
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr


def test_systemd_accepts_every_line_of_the_units(units: dict[str, Path]) -> None:
    ran = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units.values()],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    problems = [line for line in ran.stderr.splitlines() if "activities." in line]
    assert not problems
