"""Start and stop a local cluster of three nodes: `make opensearch`, `make opensearch-stop`."""

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
from tests.cluster.parts import MissingPart, cache_folder

PORTS = [(9201, 9301), (9202, 9302), (9203, 9303)]  # of each node: HTTP, transport
STOP_SECONDS = 30  # how long to wait for nodes to end after each signal


def start() -> None:
    """Start the cluster if it is not running, and print the setting for it."""
    if _is_running():
        print("OpenSearch is already running:", file=sys.stderr)
    else:
        stop()  # removes the remains of a cluster that ended
        folder = Path(tempfile.mkdtemp(prefix="activities-opensearch-"))
        print(f"starting three OpenSearch nodes, with their data in {folder}", file=sys.stderr)
        try:
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
        _state_file().write_text(json.dumps({"folder": str(folder), "processes": processes}))
    print(f"ACTIVITIES_ENGINE=opensearch+http://{LOOPBACK}:{PORTS[0][0]}/activities")


def stop() -> None:
    """Stop the nodes that start() started, and delete their data."""
    with suppress(FileNotFoundError):
        state = json.loads(_state_file().read_text())
        folder = Path(state["folder"])
        for signal_number in (signal.SIGTERM, signal.SIGKILL):
            deadline = time.monotonic() + STOP_SECONDS
            for process in state["processes"]:
                if _is_node(process, folder):
                    os.kill(process, signal_number)
            while (
                any(_is_node(process, folder) for process in state["processes"])
                and time.monotonic() < deadline
            ):
                time.sleep(0.1)  # not a child process, so it cannot be waited for
        shutil.rmtree(folder, ignore_errors=True)
        _state_file().unlink()


def _is_running() -> bool:
    """True if all nodes that start() started are still running."""
    try:
        state = json.loads(_state_file().read_text())
    except FileNotFoundError:
        return False
    return all(_is_node(process, Path(state["folder"])) for process in state["processes"])


def _is_node(process: int, folder: Path) -> bool:
    """True if the process is a node with data in folder; process ids are reused."""
    try:
        return str(folder) in Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return False


def _state_file() -> Path:
    return cache_folder() / "running.json"


if __name__ == "__main__":
    try:
        {"start": start, "stop": stop}[sys.argv[1]]()
    except MissingPart as error:
        sys.exit(f"make: no OpenSearch: {error}")
