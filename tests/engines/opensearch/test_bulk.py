"""Bulk requests: what was gathered is what is sent, and can be told apart again."""

from __future__ import annotations

from contextlib import closing
from typing import Any
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.opensearch.bulk import Action, actions
from indexer.engines.opensearch.dictionary import FrequencyChange
from indexer.engines.opensearch.mapping import storable, streams
from indexer.engines.opensearch.pointer import Pointer
from indexer.engines.opensearch.serializer import dumps, loads
from indexer.engines.opensearch.writer import OpenSearchWriter
from tests.engines.contract.test_engine import activity

TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
ACTIONS = st.builds(
    Action,
    TEXTS,
    st.none() | st.builds(lambda text: dumps({"text": text}), TEXTS),
    st.none() | st.tuples(st.integers(0, 2**40), st.integers(1, 9)),
    TEXTS,
)


@given(st.lists(ACTIONS))
def test_actions_are_read_from_their_lines(given_ones: list[Action]) -> None:
    assert list(actions(b"".join(action.lines().text for action in given_ones))) == given_ones


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b/c", "d", "e-1"]), st.none() | TEXTS), max_size=20),
    st.integers(1, 5000),
)
def test_of_what_was_gathered_the_last_version_is_sent_in_pieces_of_any_size(
    changes: list[tuple[str, str | None]], size: int
) -> None:
    nobody: Any = None  # neither an engine nor a lease is asked before the commit
    expected: dict[str, str] = {}
    with closing(OpenSearchWriter(nobody, nobody, Pointer(), "a test", True)) as writer:
        for id, text in changes:
            if text is None:
                writer.delete(id)
                expected.pop(id, None)
            else:
                writer.put(activity(id, text))
                expected[id] = text
        writer._file.flush()
        with patch("indexer.engines.opensearch.writer.SIZE", size):
            pieces = list(writer._puts(70))
    sent = [action for piece in pieces for action in actions(piece.text)]
    assert sum(piece.count for piece in pieces) == len(sent) == len(expected)
    # A piece is longer by one of the two digits of the number, twice a document.
    assert all(piece.count == 1 or len(piece.text) <= size + 2 * piece.count for piece in pieces)
    documents = {action.id: loads(action.document or b"") for action in sent}
    assert {id: (found["made"], found["stored"]["body"]) for id, found in documents.items()} == {
        f"70:{id}": (70, text) for id, text in expected.items()
    }
    words = FrequencyChange()
    for text in expected.values():
        words.add(streams(storable(activity("any", text), "")))
    counted, wanted = (
        {found["word"]: found["count"] for found in map(_document, change.actions(1))}
        for change in (writer._words, words)
    )
    assert counted == wanted


def _document(action: Action) -> Any:
    return loads(action.document or b"")
