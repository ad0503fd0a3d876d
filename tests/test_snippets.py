"""Which piece of a text is shown, and what of it is marked."""

from __future__ import annotations

import pytest

from indexer.query import Term
from indexer.snippets import snippet

SENTENCE = "the Attorney-General’s Office for investigation of cases of violence against women (and girls) in towns"


@pytest.mark.parametrize("word", ["investigation", "cases", "violence", "against", "women", "girls", "towns"])
def test_a_snippet_never_begins_inside_a_word(word: str) -> None:
    shown = snippet(Term(word), "word " * 20 + SENTENCE + " and so on" * 30, "en")
    assert shown[0].text == "… "
    assert shown[1].text.split()[0] in {"word", *SENTENCE.split()}
