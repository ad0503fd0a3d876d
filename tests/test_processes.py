"""The number of CPUs that work is shared between."""

from __future__ import annotations

import os
import threading

import pytest

from indexer.processes import can_fork, usable_cpus


def test_usable_cpus_are_those_that_the_system_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 2, 5}, raising=False)
    assert usable_cpus() == 3


def test_without_cpu_affinity_all_cpus_of_the_machine_are_usable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert usable_cpus() == 4


def test_an_unknown_number_of_cpus_counts_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert usable_cpus() == 1


@pytest.mark.parametrize(
    ("threads", "cpus", "allowed"), [(1, 2, True), (2, 2, False), (1, 1, False)]
)
def test_a_process_forks_only_with_one_thread_and_several_cpus(
    monkeypatch: pytest.MonkeyPatch, threads: int, cpus: int, allowed: bool
) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: threads)
    monkeypatch.setattr("indexer.processes.usable_cpus", lambda: cpus)
    assert can_fork() is allowed
