"""Leaves of a query: the words of plain text, and of text between marks of explicit syntax."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.query.ast import Phrase, Term
from indexer.text.analysis import MAX_TERM_LENGTH, Token, terms, tokenize
from indexer.text.characters import character_class
from indexer.text.normalization import normalize

MAX_RUN_LENGTH = 64  # characters without spaces in one phrase; a longer run is several phrases

Leaf = Term | Phrase


def word_leaves(text: str) -> Iterator[Leaf]:
    """Yield the words of a text in order: each a Term, or a Phrase of unspaced characters.

    A word has the same typed form wherever it occurs in the text, so that equal words are equal.
    """
    run: list[Token] = []
    typed_forms: dict[str, str] = {}
    for token in tokenize(text):
        first = token.text[0]
        is_character = not first.isascii() and character_class(first) == "character"
        if run and not (is_character and token.start == run[-1].end and len(run) < MAX_RUN_LENGTH):
            yield _run_leaf(run, text)
            run = []
        if is_character:
            run.append(token)
        else:
            if token.text not in typed_forms:
                typed_forms[token.text] = _typed_word(text[token.start : token.end], token.text)
            yield Term(token.text, typed_forms[token.text])
    if run:
        yield _run_leaf(run, text)


def typed_form(typed: str, folded: str) -> str:
    """Return a word or value as typed, in Unicode form NFC; "" if equal to the folded form."""
    # A soft hyphen only allows a line break, and would join the word to the next one.
    typed = normalize("NFC", typed.replace("\u00ad", ""))
    return "" if typed == folded else typed


def _typed_word(typed: str, term: str) -> str:
    """Return a word as typed; "" if the word alone would be analysed to another term."""
    is_simple = typed.isascii() and typed.isalnum()
    if len(typed) > MAX_TERM_LENGTH or any(map(str.isspace, typed)):
        return ""
    if not is_simple and terms(typed) != [term]:
        return ""
    return typed_form(typed, term)


def _run_leaf(run: list[Token], text: str) -> Leaf:
    """Return the leaf for characters of a script without spaces between words."""
    words = tuple(token.text for token in run)
    typed = text[run[0].start : run[-1].end]
    if len(words) == 1:
        return Term(words[0], _typed_word(typed, words[0]))
    return Phrase(words, typed_form(typed, ""))
