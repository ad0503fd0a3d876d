"""A cluster of three nodes to try things with: `make opensearch`, `make opensearch-stop`."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests.cluster.nodes import LOOPBACK, Cluster
from tests.cluster.parts import NotHere, cache

PORTS = [(9201, 9301), (9202, 9302), (9203, 9303)]
STOP = 30  # seconds a node is given to end by itself


def start() -> None:
    if _running():
        print("OpenSearch is already running:", file=sys.stderr)
    else:
        stop()
        folder = Path(tempfile.mkdtemp(prefix="activities-opensearch-"))
        try:
            print(
                f"starting three nodes of OpenSearch, with their data in {folder}", file=sys.stderr
            )
            cluster = Cluster(folder, PORTS, detached=True)
            try:
                cluster.start()
            except BaseException:
                cluster.stop()
                raise
        except BaseException:
            shutil.rmtree(folder)
            raise
        processes = [node.process.pid for node in cluster.nodes if node.process]
        _state().write_text(json.dumps({"folder": str(folder), "processes": processes}))
    print(f"ACTIVITIES_ENGINE=opensearch+http://{LOOPBACK}:{PORTS[0][0]}/activities")


def stop() -> None:
    """End what start() started, and remove its data."""
    with suppress(FileNotFoundError):
        state = json.loads(_state().read_text())
        folder = Path(state["folder"])
        for number, what in ((signal.SIGTERM, STOP), (signal.SIGKILL, STOP)):
            deadline = time.monotonic() + what
            for process in state["processes"]:
                if _ours(process, folder):
                    os.kill(process, number)
            while (
                any(_ours(process, folder) for process in state["processes"])
                and time.monotonic() < deadline
            ):
                time.sleep(0.1)  # no child of this process: there is nothing to wait on
        shutil.rmtree(folder, ignore_errors=True)
        _state().unlink()


def _running() -> bool:
    """Whether every node that was started still is."""
    try:
        state = json.loads(_state().read_text())
    except FileNotFoundError:
        return False
    return all(_ours(process, Path(state["folder"])) for process in state["processes"])


def _ours(process: int, folder: Path) -> bool:
    """Whether this is still the node that was started, and no other process that got its number."""
    try:
        return str(folder) in Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return False


def _state() -> Path:
    return cache() / "running.json"


if __name__ == "__main__":
    try:
        {"start": start, "stop": stop}[sys.argv[1]]()
    except NotHere as error:
        sys.exit(f"make: no OpenSearch: {error}")
