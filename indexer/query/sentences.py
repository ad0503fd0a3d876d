"""Detection of sentences, in which dashes are punctuation.

A dash before a word is an exclusion in a list of search words (violence -trafficking). In a pasted
sentence it is a bullet or the start of a clause. docs/decisions.md gives the reasons for the rules.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from indexer.text.analysis import fold, stop_word_languages

DASHES = "-\u2013\u2212"  # hyphen, en dash, minus
OPERATORS = frozenset(("OR", "AND", "NOT"))
MIN_SENTENCE_WORDS = 6  # without punctuation at the end
MIN_PUNCTUATED_WORDS = 4  # with it
MIN_FUNCTION_WORDS = 2  # of a sentence without punctuation at the end
MIN_BULLET_WORDS = 3  # of a sentence after a dash at the start of the text
MIN_LIST_ITEM_WORDS = 5  # of other words after a dash at the start of the text

_HAS_CLOSING_DASH = re.compile(rf"\w[{DASHES}][.,;:)]*(?!\S)")
_PIECE = re.compile(r"\S+")
# A full stop after a single letter may belong to an acronym. Some texts have a space before it.
_STOP = r"(?:[^\s.]{2}\s?\.|[!?\u2026\u3002\uff01\uff1f\u0964\u061f]|\.\.)"
_END = re.compile(_STOP + r"[\"\u201d\u00bb'\u2019)\]]*\s*\Z")
_STOP_AND_CAPITAL = re.compile(_STOP + r"\s+[^\W\d_a-z]\w")
_NOT_IN_WORD = re.compile(r"^\W+|\W+$")
_MARKED = re.compile(rf"[{DASHES}](?=[^\W_])(?![A-Za-z_]+:)")  # a dash before a word, not a field
_CLOSING = re.compile(rf"\w([{DASHES}])[.,;:)]*\Z")


def is_sentence(text: str) -> bool:
    """Return whether a text is a sentence or a list item, as opposed to search words."""
    words = [word for word in map(_bare, text.split()) if word]
    count = len(words)
    is_punctuated = _END.search(text) is not None or _STOP_AND_CAPITAL.search(text) is not None
    if is_punctuated and count >= MIN_PUNCTUATED_WORDS:
        return True
    if count >= MIN_SENTENCE_WORDS and _function_words(words) >= MIN_FUNCTION_WORDS:
        return True
    if count < MIN_BULLET_WORDS or not _MARKED.match(text.lstrip()):
        return False
    return count >= MIN_LIST_ITEM_WORDS or is_punctuated or _function_words(words) > 0


def _function_words(words: Sequence[str]) -> int:
    """Return the highest number of stop words of any single language.

    Words in capitals are names (WHO) or operators, unless all words are in capitals.
    """
    has_small_letters = any(map(str.islower, words))
    languages: Counter[str] = Counter()
    for word in words:
        is_name = has_small_letters and len(word) > 1 and word.isupper()
        if not is_name and word not in OPERATORS:
            languages.update(stop_word_languages(fold(word)))
    return max(languages.values(), default=0)


def _bare(word: str) -> str:
    return _NOT_IN_WORD.sub("", word)


def parentheses(text: str) -> frozenset[int]:
    """Return the offsets of dashes that open a parenthesis: police –women included– are trained.

    A later dash of the same kind closes the parenthesis.
    """
    if not _HAS_CLOSING_DASH.search(text):
        return frozenset()
    pieces = list(_PIECE.finditer(text))
    closing = dict.fromkeys(DASHES, -1)  # the number of the last piece that each dash closes
    for number, piece in enumerate(pieces):
        if match := _CLOSING.search(piece[0]):
            closing[match[1]] = number
    return frozenset(
        piece.start()
        for number, piece in enumerate(pieces)
        if _MARKED.match(piece[0]) and number <= closing[piece[0][0]]
    )


def clause_dashes(text: str) -> frozenset[int]:
    """Return the offsets of dashes and of NOT in a sentence that are not exclusions.

    If the sentence does not end with punctuation, dashes before its last words are exclusions,
    except after a function word.
    """
    pieces = list(_PIECE.finditer(text))
    end = len(pieces)
    if not _END.search(text):
        while end and _MARKED.match(pieces[end - 1][0]):
            end -= 1
        if 0 < end < len(pieces) and _function_words([pieces[end - 1][0]]):
            end = len(pieces)  # "in –2019" is not an exclusion
        if end > 1 and pieces[end - 2][0] == "NOT":
            end -= 2
    if end == 0:  # the text has no other words
        return frozenset()
    return frozenset(
        piece.start() for piece in pieces[:end] if _MARKED.match(piece[0]) or piece[0] == "NOT"
    )
