"""The peak memory of a process, apart from that of the process that started it."""

from __future__ import annotations

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
