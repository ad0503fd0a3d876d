"""Lighthouse over the pages of content/, as a phone and as a desktop: `make lighthouse`. Exit 1 where a score falls short.

A directory with an index in ACTIVITIES_INDEX is served instead of content/: `ACTIVITIES_INDEX=… make lighthouse`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from indexer.settings import Settings
from tests.browser.conftest import ARGUMENTS
from tests.serving import serving

COMMAND = Path(__file__).parent / "node_modules/.bin/lighthouse"
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
RUNS = 3
PAGES = {
    "home": "/",
    "search": "/?q=women",
    "filters": "/?q=violence&country=GTM",
    "why": "/?q=women&why={id}",
    "nothing": "/?q=zzzzqqq",
    "activity": "/activities/{id}",
    "coverage": "/coverage?q=women",
    "help": "/help",
    "API": "/api?q=women",
}


def run(url: str, *options: str) -> dict[str, Any] | None:
    """The report of one run; None where Chromium recorded nothing, as it does now and then on a busy machine."""
    flags = "--headless=new " + " ".join(ARGUMENTS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "report.json")  # Node ends before a pipe has taken all of a report
        ran = subprocess.run(
            [
                COMMAND,
                url,
                "--quiet",
                "--output=json",
                f"--output-path={path}",
                f"--chrome-flags={flags}",
                f"--only-categories={','.join(LEAST)}",
                *options,
            ],
            env=os.environ | {"CHROME_PATH": shutil.which("chromium") or ""},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        report: dict[str, Any] | None = json.loads(path.read_text()) if path.exists() else None
    if ran.returncode or not report or report.get("runtimeError"):
        said = report.get("runtimeError", {}).get("message", "") if report else ""
        print(
            f"    no report, exit {ran.returncode}: {(said or ran.stderr).strip()[:200]}",
            flush=True,
        )
        return None
    return report


def scores(url: str, *options: str) -> tuple[dict[str, int], list[str]]:
    """The scores of a page in percent, and what kept them from being full: the best of RUNS, as others' load only lowers them."""
    found: dict[str, int] = dict.fromkeys(LEAST, -1)
    missed: list[str] = []
    for _ in range(RUNS):
        if (report := run(url, *options)) is None:
            continue
        now = {name: round(100 * report["categories"][name]["score"]) for name in LEAST}
        if sum(now.values()) > sum(found.values()):
            found = now
            missed = [
                f"{ref['id']}: {audit['title']} {audit.get('displayValue', '')}"
                for name in LEAST
                if found[name] < 100
                for ref in report["categories"][name]["auditRefs"]
                if ref["weight"]
                and (audit := report["audits"][ref["id"]])["score"] not in (None, 1)
            ]
        if all(found[name] >= least for name, least in LEAST.items()):
            break
    return found, missed


def main() -> int:
    """Print a table; the number of scores that fall short."""
    short = 0
    with (
        tempfile.TemporaryDirectory() as index,
        serving(Settings(index=Path(os.environ.get("ACTIVITIES_INDEX", index)))) as server,
    ):
        first = json.loads(server.get("/api/v1/search?q=women&per_page=1"))["hits"][0]["id"]
        print(f"{'page':12}{'as':10}" + "".join(f"{name:>16}" for name in LEAST))
        for name, address in PAGES.items():
            for kind, options in (("phone", ()), ("desktop", ("--preset=desktop",))):
                found, missed = scores(server.url + address.format(id=first), *options)
                print(
                    f"{name:12}{kind:10}" + "".join(f"{score:16}" for score in found.values()),
                    flush=True,
                )
                for line in missed:
                    print(f"    {line}", flush=True)
                short += sum(found[category] < least for category, least in LEAST.items())
    return short


if __name__ == "__main__":
    sys.exit(bool(main()))
