"""The CPUs, threads and free memory of this process."""

from __future__ import annotations

import ctypes
import os
import threading
from contextlib import suppress


def usable_cpus() -> int:
    """Return the number of CPUs that this process may use, at least 1.

    A container or `taskset` can allow fewer than the machine has. Only some systems report that
    (macOS does not); elsewhere all CPUs of the machine count.
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def can_fork() -> bool:
    """Return whether a forked process is safe and useful: one thread here, and several CPUs.

    A fork copies only the calling thread. A lock that another thread holds would stay locked in
    the new process.
    """
    return threading.active_count() == 1 and usable_cpus() > 1


def release_free_memory() -> None:
    """Return free memory to the system. Without this, glibc keeps it, as other libraries may."""
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
