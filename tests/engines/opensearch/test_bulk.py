"""Bulk requests: encoding of actions, and the pending changes of a run."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.opensearch.bulk import Action, decode_actions
from indexer.engines.opensearch.changes import PendingChanges
from indexer.engines.opensearch.dictionary import FrequencyChange
from indexer.engines.opensearch.mapping import encode_stored, term_streams
from indexer.engines.opensearch.serializer import dumps, loads
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
def test_encoded_actions_are_decoded_unchanged(expected: list[Action]) -> None:
    assert list(decode_actions(b"".join(action.encode().data for action in expected))) == expected


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b/c", "d", "e-1"]), st.none() | TEXTS), max_size=20),
    st.integers(1, 5000),
)
def test_pending_changes_give_the_last_version_of_each_activity_in_pieces_of_any_size(
    edits: list[tuple[str, str | None]], size: int
) -> None:
    expected: dict[str, str] = {}
    with closing(PendingChanges()) as changes:
        for id, text in edits:
            if text is None:
                changes.delete(id)
                expected.pop(id, None)
            else:
                changes.put(_stored(id, text))
                expected[id] = text
        assert set(changes.ids) == {id for id, _ in edits}
        assert (len(changes), changes.put_count) == (len(changes.ids), len(expected))
        with patch("indexer.engines.opensearch.bulk.MAX_REQUEST_BYTES", size):
            pieces = list(changes.lines(70))
    actions = [action for piece in pieces for action in decode_actions(piece.data)]
    assert sum(piece.count for piece in pieces) == len(actions) == len(expected)
    # The run number takes one byte in the file and two in a piece, twice per document.
    assert all(piece.count == 1 or len(piece.data) <= size + 2 * piece.count for piece in pieces)
    documents = {action.id: _document(action) for action in actions}
    assert {
        id: (document["made"], document["stored"]["body"]) for id, document in documents.items()
    } == {f"70:{id}": (70, text) for id, text in expected.items()}
    frequencies = FrequencyChange()
    for text in expected.values():
        frequencies.add(term_streams(_stored("any", text)))
    assert _word_counts(changes.frequencies) == _word_counts(frequencies)


def _stored(id: str, text: str) -> Mapping[str, Any]:
    return encode_stored(activity(id, text), "")


def _word_counts(frequencies: FrequencyChange) -> dict[str, int]:
    documents = map(_document, frequencies.actions(1))
    return {document["word"]: document["count"] for document in documents}


def _document(action: Action) -> Any:
    return loads(action.document or b"")
