"""The changes of a search in every engine."""

from __future__ import annotations

from collections.abc import Callable

from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.indexing.record_changes import record_changes
from indexer.search.changes import SearchChanges, search_changes
from indexer.search.request import Filter, SearchRequest

OpenEngine = Callable[[], Engine]


def activity(id: str, text: str, **meta: tuple[str, ...]) -> Activity:
    return Activity(id, text, text, "en", {"language": ("en",), **meta}, text)


def commit(engine: Engine, *puts: Activity, delete: tuple[str, ...] = ()) -> None:
    with engine.writer("a test", 1) as writer:
        for put in puts:
            writer.put(put)
        for id in delete:
            writer.delete(id)
        writer.commit()
        record_changes(engine)


def changes(engine: Engine, request: SearchRequest) -> SearchChanges:
    return search_changes(engine, request, 1, Vocabulary({}))


def test_words_and_filters_select_changes_and_new_words_are_known(open_again: OpenEngine) -> None:
    engine = open_again()
    commit(engine, activity("a", "prison staff"), activity("b", "police"), activity("c", "x"))
    commit(
        engine,
        activity("a", "prison nurses"),
        activity("d", "prison", country=("KEN",)),
        activity("new/c", "x", aliases=("c",)),
        delete=("b", "c"),
    )
    everything = changes(engine, SearchRequest())
    assert [(each.change.kind, each.change.id) for each in everything.changes] == [
        ("added", "d"),
        ("edited", "a"),
        ("edited", "new/c"),
        ("withdrawn", "b"),
    ]
    words = changes(engine, SearchRequest("prison"))
    assert [each.change.id for each in words.changes] == ["d", "a"]
    assert words.changes[1].difference is not None
    assert words.changes[1].difference.gone_words == 1
    kenya = changes(engine, SearchRequest("prison", (Filter("country", "KEN"),)))
    assert (kenya.added, kenya.edited, kenya.withdrawn) == (1, 0, 1)
