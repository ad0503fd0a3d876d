"""Changes by other programs: reported with a fix, and their indices are never changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indexer.engines.base import EngineUnavailable, IndexDamaged, IndexMissing, IndexOutOfDate
from indexer.engines.opensearch import indices, lease, mapping, pointer
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.engines.opensearch.mapping import LAYOUT
from indexer.query.plan import Plan
from tests.engines.conftest import ON_A_CLUSTER
from tests.engines.contract.test_engine import activity, ids
from tests.engines.contract.test_engine import write as commit
from tests.engines.opensearch.test_connection_errors import run_error
from webapp.cli import cli

pytestmark = ON_A_CLUSTER

Connect = Callable[[], OpenSearchEngine]
Raw = Callable[..., Any]
COMMANDS = (["status"], ["search", "words"], ["index"])
FOREIGN_INDEX = {
    "settings": {"index": {"number_of_shards": 1, "number_of_replicas": 0}},
    "mappings": {"properties": {"x": {"type": "keyword"}}},
}


def create_foreign_index(raw: Raw, name: str) -> None:
    """Create an index of another program, with one document."""
    raw("PUT", f"/{name}", FOREIGN_INDEX)
    raw("PUT", f"/{name}/_doc/1?refresh=true", {"x": "theirs"})


def is_unchanged(raw: Raw, name: str) -> bool:
    """True if the index has only its original document."""
    document = raw("GET", f"/{name}/_doc/1")
    return bool(
        document["_source"] == {"x": "theirs"}
        and document["_version"] == 1
        and raw("GET", f"/{name}/_count")["count"] == 1
    )


def served_index(connect: Connect) -> str:
    """Return the name of the index that is served."""
    return connect().state.pointer().retained[-1].index


def test_an_index_of_another_program_with_our_name_is_never_written_to(
    url: str, raw: Raw, content: Path
) -> None:
    name = f"{url.rpartition('/')[2]}-state"
    create_foreign_index(raw, name)
    for command in COMMANDS:
        message = run_error(url, content, *command)
        assert f'the index "{name}"' in message
        assert (
            "belongs to another program and is not changed: "
            "choose another prefix in ACTIVITIES_ENGINE"
        ) in message
    assert is_unchanged(raw, name)


def test_an_alias_of_two_indices_is_reported_with_their_names(
    url: str, raw: Raw, content: Path
) -> None:
    prefix = url.rpartition("/")[2]
    for name in ("one", "two"):
        create_foreign_index(raw, f"{prefix}-{name}")
        raw("PUT", f"/{prefix}-{name}/_alias/{prefix}-state")
    for command in COMMANDS:
        message = run_error(url, content, *command)
        assert (
            f'the name "{prefix}-state" is an alias of 2 indices ({prefix}-one, {prefix}-two): '
            "remove the alias"
        ) in message
    assert all(is_unchanged(raw, f"{prefix}-{name}") for name in ("one", "two"))


def test_a_run_whose_index_name_is_taken_fails_and_the_next_run_uses_another_name(
    connect: Connect, raw: Raw
) -> None:
    engine = connect()
    name = f"{engine.prefix}-{LAYOUT}-1"
    create_foreign_index(raw, name)
    with pytest.raises(
        EngineUnavailable, match="belongs to another program and is not changed: run this again"
    ):
        commit(engine, activity("a"))
    assert commit(engine, activity("a")) == 2
    assert ids(connect()) == ["a"]
    commit(engine, activity("b"), rebuild=True)  # collects garbage
    assert is_unchanged(raw, name)


def test_a_mapping_changed_by_hand_is_reported_and_a_rebuild_fixes_it(
    connect: Connect, url: str, raw: Raw, content: Path
) -> None:
    assert "4 added" in run_index(url, content)
    index = served_index(connect)
    raw("PUT", f"/{index}/_mapping", {"properties": {"extra": {"type": "keyword"}}})
    for command in COMMANDS:
        message = run_error(url, content, *command)
        assert f'the mapping of "{index}"' in message
        assert (
            'was changed by hand (extra): run "activities index --rebuild", which fills a new one'
            in message
        )
    # A rebuild keeps the last good version of a file that has become invalid.
    (content / "kgz-police.md").write_text("---\ncountry: nowhere\n---\nText.\n")
    with connect().writer("a test", 1, rebuild=True) as writer:
        last_good = writer.last_good("kgz-police")
        assert last_good is not None
        writer.put_stored(last_good)
        writer.commit()
    assert ids(connect()) == ["kgz-police"]


def run_index(url: str, content: Path) -> str:
    """Run `activities index`, and return its output."""
    index = content.parent / "index"
    options = ["--engine", url, "--content", str(content), "--index", str(index)]
    result = CliRunner().invoke(cli, ["index", *options])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_missing_index_is_reported_and_a_rebuild_fixes_it(connect: Connect, raw: Raw) -> None:
    engine = connect()
    commit(engine, activity("a"))
    index = served_index(connect)
    raw("DELETE", f"/{index}")
    message = f'"{index}" is missing .*run "activities index --rebuild"'
    for reader in (engine, connect()):
        with pytest.raises(IndexDamaged, match=message), reader.snapshot() as snapshot:
            snapshot.match(Plan())
    with pytest.raises(IndexDamaged, match="is missing"), connect().writer("a test", 1):
        pass
    assert commit(connect(), activity("b"), rebuild=True) == 2
    assert ids(connect()) == ["b"]


def test_an_index_replaced_by_another_program_is_reported_and_never_changed(
    connect: Connect, raw: Raw
) -> None:
    commit(connect(), activity("a"))
    index = served_index(connect)
    raw("DELETE", f"/{index}")
    create_foreign_index(raw, index)
    with pytest.raises(IndexDamaged, match="created by another program"), connect().snapshot():
        pass
    commit(connect(), activity("b"), rebuild=True)
    commit(connect(), activity("c"))
    assert is_unchanged(raw, index)


def test_after_the_state_index_is_deleted_a_run_starts_again(connect: Connect, raw: Raw) -> None:
    engine = connect()
    commit(engine, activity("a"))
    identity = engine.identity
    raw("DELETE", f"/{engine.prefix}-state")
    with pytest.raises(IndexMissing, match='run "activities index"'), connect().snapshot():
        pass
    # The old index is removed, and its number is not used again.
    assert commit(engine, activity("b")) == 2
    assert ids(engine) == ["b"]
    assert [number for _, number in engine.indices.find()] == [2]
    assert engine.identity != identity  # so caches about the old index are not used


def test_two_releases_keep_separate_indices(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = connect()
    commit(old, activity("a", digest="old"))
    with monkeypatch.context() as patch:
        for module in (mapping, pointer, indices, lease):
            patch.setattr(module, "LAYOUT", "0123456789ab")
        new = connect()
        with (
            pytest.raises(IndexOutOfDate, match='made by another release: run "activities index"'),
            new.snapshot(),
        ):
            pass
        with new.writer("a test", 1) as writer:
            assert writer.digests() == {}
            last_good = writer.last_good("a")
            assert last_good is not None
            assert last_good.digest == "old"
            writer.put(activity("b"))
            writer.commit()
        assert ids(new) == ["b"]
        commit(new, activity("c"), rebuild=True)  # collects garbage, of this layout only
        assert ids(new) == ["c"]
    assert ids(connect()) == ["a"]


def test_an_invalid_pointer_document_is_reported(connect: Connect, raw: Raw) -> None:
    engine = connect()
    commit(engine, activity("a"))
    document = {"kind": "pointer", "held": "nothing"}
    raw("PUT", f"/{engine.prefix}-state/_doc/pointer-{LAYOUT}", document)
    with pytest.raises(IndexDamaged, match="cannot be read"), connect().snapshot():
        pass
