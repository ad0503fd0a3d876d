"""What other hands did to the cluster: said in one sentence with the cure, and nothing of theirs is touched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indexer.engines.base import EngineUnavailable, IndexDamaged, IndexMissing, IndexOutOfDate
from indexer.engines.opensearch import mapping, pointer
from indexer.engines.opensearch import writer as writer_module
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.engines.opensearch.mapping import LAYOUT
from indexer.query.plan import Plan
from tests.engines.conftest import ON_A_CLUSTER
from tests.engines.contract.test_engine import activity, ids
from tests.engines.contract.test_engine import write as commit
from tests.engines.opensearch.test_foreign import said

pytestmark = ON_A_CLUSTER

Opened = Callable[[], OpenSearchEngine]
Ask = Callable[..., Any]
COMMANDS = (["status"], ["search", "words"], ["index"])
THEIRS = {
    "settings": {"index": {"number_of_shards": 1, "number_of_replicas": 0}},
    "mappings": {"properties": {"x": {"type": "keyword"}}},
}


def theirs(ask: Ask, name: str) -> None:
    """An index that somebody else made, with a document."""
    ask("PUT", f"/{name}", THEIRS)
    ask("PUT", f"/{name}/_doc/1?refresh=true", {"x": "theirs"})


def untouched(ask: Ask, name: str) -> bool:
    found = ask("GET", f"/{name}/_doc/1")
    return bool(
        found["_source"] == {"x": "theirs"}
        and found["_version"] == 1
        and ask("GET", f"/{name}/_count")["count"] == 1
    )


def test_an_index_of_somebody_else_under_our_name_is_never_written_to(
    url: str, ask: Ask, content: Path
) -> None:
    name = f"{url.rpartition('/')[2]}-state"
    theirs(ask, name)
    for command in COMMANDS:
        text = said(url, content, *command)
        assert f'the index "{name}"' in text
        assert (
            "is not of this program, and is left as it is: choose another prefix in ACTIVITIES_ENGINE"
            in text
        )
    assert untouched(ask, name)


def test_an_alias_that_stands_for_two_indices_is_named_with_both(
    url: str, ask: Ask, content: Path
) -> None:
    prefix = url.rpartition("/")[2]
    for name in ("one", "two"):
        theirs(ask, f"{prefix}-{name}")
        ask("PUT", f"/{prefix}-{name}/_alias/{prefix}-state")
    for command in COMMANDS:
        text = said(url, content, *command)
        assert (
            f'the name "{prefix}-state" is an alias of 2 indices ({prefix}-one, {prefix}-two): take the alias off'
            in text
        )
    assert all(untouched(ask, f"{prefix}-{name}") for name in ("one", "two"))


def test_an_index_that_has_the_name_of_the_next_is_left_and_another_name_taken(
    open_cluster: Opened, ask: Ask
) -> None:
    engine = open_cluster()
    name = f"{engine.prefix}-{LAYOUT}-1"
    theirs(ask, name)
    with pytest.raises(
        EngineUnavailable, match="not of this program; it is left as it is: run this again"
    ):
        commit(engine, activity("a"))
    assert commit(engine, activity("a")) == 2
    assert ids(open_cluster()) == ["a"]
    commit(engine, activity("b"), rebuild=True)  # which collects what is ours
    assert untouched(ask, name)


def test_a_mapping_changed_by_hand_is_said_and_a_rebuild_cures_it(
    open_cluster: Opened, url: str, ask: Ask, content: Path
) -> None:
    said_first = said_by_index(url, content)
    assert "4 added" in said_first
    index = open_cluster()._pointer().held[-1].index
    ask("PUT", f"/{index}/_mapping", {"properties": {"extra": {"type": "keyword"}}})
    for command in COMMANDS:
        text = said(url, content, *command)
        assert f'the mapping of "{index}"' in text
        assert (
            'was changed by hand (extra): run "activities index --rebuild", which fills a new one'
            in text
        )
    (content / "kgz-police.md").write_text(
        "---\ncountry: nowhere\n---\nText.\n"
    )  # its last good version is kept
    with open_cluster().writer("a test", 1, rebuild=True) as writer:
        kept = writer.last_good("kgz-police")
        assert kept is not None
        writer.put_stored(kept)
        writer.commit()
    assert ids(open_cluster()) == ["kgz-police"]


def said_by_index(url: str, content: Path) -> str:
    from click.testing import CliRunner

    from webapp.cli import cli

    done = CliRunner().invoke(
        cli,
        [
            "index",
            "--engine",
            url,
            "--content",
            str(content),
            "--index",
            str(content.parent / "index"),
        ],
    )
    assert done.exit_code == 0, done.output
    return done.stdout


def test_an_index_that_is_gone_is_said_and_a_rebuild_cures_it(
    open_cluster: Opened, ask: Ask
) -> None:
    engine = open_cluster()
    commit(engine, activity("a"))
    index = engine._pointer().held[-1].index
    ask("DELETE", f"/{index}")
    for reader in (engine, open_cluster()):
        with (
            pytest.raises(
                IndexDamaged, match=f'"{index}" is gone .*run "activities index --rebuild"'
            ),
            reader.snapshot() as snapshot,
        ):
            snapshot.match(Plan())
    with pytest.raises(IndexDamaged, match="is gone"), open_cluster().writer("a test", 1):
        pass
    assert commit(open_cluster(), activity("b"), rebuild=True) == 2
    assert ids(open_cluster()) == ["b"]


def test_an_index_that_was_replaced_by_another_is_no_index_of_ours(
    open_cluster: Opened, ask: Ask
) -> None:
    commit(open_cluster(), activity("a"))
    index = open_cluster()._pointer().held[-1].index
    ask("DELETE", f"/{index}")
    theirs(ask, index)
    with pytest.raises(IndexDamaged, match="was made by something else"), open_cluster().snapshot():
        pass
    commit(open_cluster(), activity("b"), rebuild=True)
    commit(open_cluster(), activity("c"))
    assert untouched(ask, index)


def test_all_gone_is_as_at_the_beginning(open_cluster: Opened, ask: Ask) -> None:
    engine = open_cluster()
    commit(engine, activity("a"))
    identity = engine.identity
    ask("DELETE", f"/{engine.prefix}-state")
    with pytest.raises(IndexMissing, match='run "activities index"'), open_cluster().snapshot():
        pass
    assert (
        commit(engine, activity("b")) == 2
    )  # what there was is removed; its number is not used again
    assert ids(engine) == ["b"]
    assert [made for _, made in engine.indices()] == [2]
    assert (
        engine.identity != identity
    )  # what was kept of the old one is not taken for the new one's


def test_another_release_builds_beside_and_the_old_one_still_answers(
    open_cluster: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = open_cluster()
    commit(old, activity("a", digest="old"))
    with monkeypatch.context() as patch:
        for module in (mapping, pointer, writer_module):
            patch.setattr(module, "LAYOUT", "0123456789ab")
        patch.setattr(pointer.StateIndex.pointer, "__defaults__", ("0123456789ab",))
        patch.setattr("indexer.engines.opensearch.lease._ID", "lease-0123456789ab")
        patch.setattr("indexer.engines.opensearch.engine.LAYOUT", "0123456789ab")
        new = open_cluster()
        with (
            pytest.raises(IndexOutOfDate, match='made by another release: run "activities index"'),
            new.snapshot(),
        ):
            pass
        with new.writer("a test", 1) as writer:
            assert writer.digests() == {}
            last = writer.last_good("a")
            assert last is not None
            assert last.digest == "old"
            writer.put(activity("b"))
            writer.commit()
        assert ids(new) == ["b"]
        commit(new, activity("c"), rebuild=True)  # which collects, but nothing of the old release's
        assert ids(new) == ["c"]
    assert ids(open_cluster()) == ["a"]


def test_a_pointer_that_is_no_pointer_is_said(open_cluster: Opened, ask: Ask) -> None:
    engine = open_cluster()
    commit(engine, activity("a"))
    ask(
        "PUT",
        f"/{engine.prefix}-state/_doc/pointer-{LAYOUT}",
        {"kind": "pointer", "held": "nothing"},
    )
    with pytest.raises(IndexDamaged, match="cannot be read"), open_cluster().snapshot():
        pass
