"""Notices about syntax of other search engines and about operators in small letters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indexer.query.ast import Notice
from indexer.text.analysis import fold, stop_word_languages

MAX_OPERAND_WORDS = 4  # in a plain search whose "or" or "not" may be an operator
LOWERCASE_OPERATORS = frozenset(("and", "or", "not"))

_END = r'(?=[\s()"]|\Z)'
# Matches the weights of police^2 and (police women)^2, and also km^2, but not 10^6.
_QUOTED = r'"(?:[^"\\]|\\.)*"'  # matched first, so that its text stays as typed
_WEIGHT = re.compile(rf"{_QUOTED}|(?:(?<=[^\W\d_]{{2}})|(?<=[)\"]))\^\d+(?:\.\d+)?{_END}")
_NUMBER_OF_EDITS = re.compile(rf"{_QUOTED}|(?<=[^\W\d_])~(\d+(?:\.\d+)?){_END}")
_WILDCARD_INSIDE = re.compile(r"[^\W_][?*](?=[^\W_])|^[?*](?=[^\W_])")
_LEADING_LETTERS = re.compile(r"[^\W\d_]{2,}")
_WORD = re.compile(r"\w+")
_EXCLUSION = re.compile(rf"{_QUOTED}|(?<=\s)(?:and|but)\s+not(?=\s)")


def without_numbers(text: str) -> tuple[str, tuple[Notice, ...]]:
    """Replace weights and numbers of edits by spaces. Return the text, and notices about them.

    police^2 becomes police, and traficking~2 becomes traficking~.
    """
    notices: list[Notice] = []

    def add_notice(code: str, match: re.Match[str]) -> None:
        start = match.string.rfind(" ", 0, match.start()) + 1
        notice = Notice(code, {"text": match.string[start : match.end()]})
        if notice not in notices:
            notices.append(notice)

    def remove_weight(match: re.Match[str]) -> str:
        if match[0][0] == '"':
            return match[0]
        add_notice("weight", match)
        return " " * len(match[0])

    def remove_edits(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        add_notice("fuzzy_number", match)
        return "~" + " " * len(match[1])

    if "^" in text:
        text = _WEIGHT.sub(remove_weight, text)
    if "~" in text:
        text = _NUMBER_OF_EDITS.sub(remove_edits, text)
    return text, tuple(notices)


def with_exclusions(text: str) -> str:
    """Replace "and not" and "but not" by NOT in a short text of content words.

    The offsets of the other words are unchanged.
    """
    if "not" not in text:
        return text

    def replace(match: re.Match[str]) -> str:
        return match[0] if match[0][0] == '"' else "NOT".rjust(len(match[0]))

    replaced = _EXCLUSION.sub(replace, text)
    if replaced == text:
        return text
    words = [fold(word) for word in _WORD.findall(replaced)]
    operands = [word for word in words if word not in LOWERCASE_OPERATORS]
    is_sentence = any("en" in stop_word_languages(word) for word in operands)
    if is_sentence or len(operands) > MAX_OPERAND_WORDS:
        return text
    return replaced


def word_notice(raw: str) -> Notice | None:
    """Return a notice about a wildcard inside a word, or about a plus sign before it."""
    if _WILDCARD_INSIDE.search(raw):
        letters = _LEADING_LETTERS.match(raw)
        return Notice("wildcard", {"text": raw, "example": f"{letters[0] if letters else 'wom'}*"})
    if raw[:1] == "+" and raw[1:2].isalpha():
        return Notice("plus_sign", {"text": raw, "word": raw[1:]})
    return None


def lowercase_operator_notices(
    text: str, operators: Sequence[str], is_explicit: bool
) -> Iterator[Notice]:
    """Yield notices about "and", "or" and "not" that are probably meant as operators.

    operators contains these words in order, wherever they occur between operands. A text with other
    function words has no notices. "and" has no notice in plain text, because activities with all
    words rank first anyway.
    """
    if not operators:
        return
    words = [word for word in map(fold, _WORD.findall(text)) if word not in LOWERCASE_OPERATORS]
    if any("en" in stop_word_languages(word) for word in words):
        return
    if not is_explicit and len(words) > MAX_OPERAND_WORDS:
        return
    for operator in dict.fromkeys(operators):
        if operator == "and" and not is_explicit:
            continue
        yield Notice(f"{operator}_in_small_letters")
