"""The memory of processes, from Linux's /proc (proc(5))."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path


def peak_memory() -> int:
    """Return the largest amount of memory that this process has used so far, in kilobytes.

    It is VmHWM of proc(5), which begins at zero when a program is executed. The maximum that
    getrusage gives begins with the memory of the parent, such as a whole test run.
    """
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1])


def smaps_rollup(pid: int, name: str) -> int:
    """Return a value of /proc/PID/smaps_rollup in bytes; 0 if the process has ended."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return 0


def process_tree(pid: int) -> list[int]:
    """Return the ids of a process and all its descendants."""
    pids = [pid]
    for parent in pids:  # the list grows while it is read
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{parent}/task"):
                pids += map(int, Path(f"/proc/{parent}/task/{task}/children").read_text().split())
    return pids
