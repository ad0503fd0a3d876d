"""Every engine finds ids by the first digits of their hashes."""

from __future__ import annotations

from collections.abc import Callable

from indexer.content.activity import Activity
from indexer.content.id_hash import MIN_HASH_LENGTH, id_hash
from indexer.engines.base import Engine

OpenEngine = Callable[[], Engine]
# The hashes of these ids have the same first 10 digits. Found by hashing 90 million ids.
COLLISION = ("a-29851426", "a-63382091")


def write(engine: Engine, *ids: str, delete: str = "") -> None:
    with engine.writer("a test", 1) as writer:
        for id in ids:
            writer.put(Activity(id, "1", "words", "en", {"language": ("en",)}, "words"))
        if delete:
            writer.delete(delete)
        writer.commit()


def test_ids_are_found_by_short_and_long_prefixes(open_again: OpenEngine) -> None:
    write(open_again(), "a", "b")
    write(open_again(), "2019/c")
    short, long = id_hash("a")[:MIN_HASH_LENGTH], id_hash("2019/c")
    with open_again().snapshot() as snapshot:
        ids = snapshot.ids_by_hash([short, long, id_hash("d"), short])
    assert ids == {short: ("a",), long: ("2019/c",)}


def test_a_deleted_activity_is_not_found(open_again: OpenEngine) -> None:
    write(open_again(), "a", "b")
    write(open_again(), delete="a")
    with open_again().snapshot() as snapshot:
        assert snapshot.ids_by_hash([id_hash("a")]) == {}


def test_a_replaced_activity_is_found_once(open_again: OpenEngine) -> None:
    write(open_again(), "a")
    write(open_again(), "a", "b")
    with open_again().snapshot() as snapshot:
        assert snapshot.ids_by_hash([id_hash("a")]) == {id_hash("a"): ("a",)}


def test_many_prefixes_are_found_at_once(open_again: OpenEngine) -> None:
    ids = [f"activity-{number}" for number in range(500)]
    write(open_again(), *ids)
    with open_again().snapshot() as snapshot:
        ids_of = snapshot.ids_by_hash([id_hash(id)[:11] for id in ids])
    assert [each for (each,) in ids_of.values()] == ids


def test_a_prefix_of_two_hashes_finds_both_ids(open_again: OpenEngine) -> None:
    write(open_again(), *COLLISION)
    prefix = id_hash(COLLISION[0])[:MIN_HASH_LENGTH]
    with open_again().snapshot() as snapshot:
        assert snapshot.ids_by_hash([prefix]) == {prefix: tuple(sorted(COLLISION))}
