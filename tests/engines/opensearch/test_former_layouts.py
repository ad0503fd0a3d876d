"""Indices of earlier releases are removed a day after the first commit of the new layout."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from indexer.clock import DAY, iso
from indexer.engines.base import Engine, IndexBusy
from indexer.engines.factory import open_engine
from indexer.engines.opensearch.mapping import index_meta
from indexer.settings import Settings
from tests.engines.conftest import ON_A_CLUSTER, ManualClock
from tests.engines.contract.test_engine import activity, write

pytestmark = ON_A_CLUSTER

Raw = Callable[..., Any]
FORMER = "0123456789ab"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(time.time())


@pytest.fixture
def engine(url: str, clock: ManualClock) -> Engine:
    """An index that was first committed two days ago."""
    clock.seconds -= 2 * DAY
    engine = open_engine(Settings(engine=url), clock)
    write(engine, activity("a"))
    clock.seconds += 2 * DAY
    return engine


def create_former(raw: Raw, prefix: str, moved: float, lease: dict[str, Any] | None = None) -> None:
    """Create an index and a pointer of an earlier release, which last moved at a Unix time."""
    meta = index_meta() | {"layout": FORMER}
    raw("PUT", f"/{prefix}-{FORMER}-3", {"mappings": {"_meta": meta}})
    pointer = {"kind": "pointer", "layout": FORMER, "moved": int(moved * 1000), "held": []}
    raw("PUT", f"/{prefix}-state/_doc/pointer-{FORMER}?refresh=true", pointer)
    if lease:
        raw("PUT", f"/{prefix}-state/_doc/lease-{FORMER}?refresh=true", lease)


def remove_former(engine: Engine) -> tuple[str, ...]:
    with engine.writer("a test", 1) as writer:
        return writer.remove_former()


def test_an_unused_former_index_is_removed_with_a_message(
    engine: Engine, raw: Raw, url: str, clock: ManualClock
) -> None:
    prefix = url.rpartition("/")[2]
    create_former(raw, prefix, clock.seconds - 3 * DAY)
    raw("PUT", f"/{prefix}-{FORMER}-other", {})
    name = f"{prefix}-{FORMER}-3"
    assert remove_former(engine) == (f"removed {name}, the index of an earlier release",)
    assert raw("GET", f"/{name}") == raw("GET", f"/{prefix}-state/_doc/pointer-{FORMER}") == 404
    assert raw("GET", f"/{prefix}-{FORMER}-other") != 404  # of another program
    assert remove_former(engine) == ()
    with engine.snapshot() as snapshot:
        assert snapshot.get("a")[0]


def test_a_former_index_that_may_still_be_in_use_is_kept(
    engine: Engine, raw: Raw, url: str, clock: ManualClock
) -> None:
    prefix = url.rpartition("/")[2]
    create_former(raw, prefix, clock.seconds - DAY / 2)
    assert remove_former(engine) == ()
    for lease_age, stays in ((60, True), (2 * DAY, False)):
        lease = {"since": iso(int(clock.seconds) - lease_age)}
        create_former(raw, prefix, clock.seconds - 3 * DAY, lease)
        assert (remove_former(engine) == ()) is stays


def test_a_former_index_is_kept_for_a_day_after_the_first_commit(
    url: str, raw: Raw, clock: ManualClock
) -> None:
    engine = open_engine(Settings(engine=url), clock)
    write(engine, activity("a"))
    prefix = url.rpartition("/")[2]
    create_former(raw, prefix, clock.seconds - 3 * DAY)
    for number in range(5):
        assert remove_former(engine) == ()
        clock.seconds += DAY // 5 - 1
        write(engine, activity("b", str(number)), rebuild=number == 3)
    clock.seconds += 5
    assert remove_former(engine)


def remove_others(engine: Engine) -> tuple[str, ...]:
    with engine.writer("a test", 1, rebuild=True) as writer:
        writer.put(activity("a"))
        writer.commit()
        return writer.remove_others()


def test_a_recently_used_index_of_another_release_is_removed_with_all_others(
    engine: Engine, raw: Raw, url: str, clock: ManualClock
) -> None:
    prefix = url.rpartition("/")[2]
    create_former(raw, prefix, clock.seconds - 60)
    assert remove_others(engine) == (f"removed {prefix}-{FORMER}-3, the index of another release",)
    assert raw("GET", f"/{prefix}-{FORMER}-3") == 404


def test_a_run_of_another_release_keeps_its_index_and_is_reported(
    engine: Engine, raw: Raw, url: str, clock: ManualClock
) -> None:
    prefix = url.rpartition("/")[2]
    create_former(raw, prefix, clock.seconds - 60, {"since": iso(clock.seconds - 60)})
    with pytest.raises(IndexBusy, match="a run of another release"):
        remove_others(engine)
    assert raw("GET", f"/{prefix}-{FORMER}-3") != 404
