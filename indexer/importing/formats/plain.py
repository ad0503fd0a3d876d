"""Split plain text into paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from indexer.importing.furniture import SENTENCE_ENDS, is_fragment
from indexer.importing.list_markers import Marker, find_markers
from indexer.importing.paragraph import Paragraph

_WORD = re.compile(r"[^\W\d_]+")
_DIVIDED_WORD = re.compile(r"([^\W\d_]+)-\n([^\W\d_]+)")

_NumberedLine = tuple[int, str]


def read_plain_text(text: str) -> Iterator[Paragraph]:
    """Yield the paragraphs of a plain text.

    If sentences continue on the next line, the paragraphs are the blocks between blank lines and
    the items of lists. Otherwise each line is a paragraph.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1)]
    if _has_wrapped_lines(text):
        words = set(_WORD.findall(text.casefold()))
        for first, paragraph in _join_lines(lines, words):
            yield Paragraph(f"line {first}", paragraph)
    else:
        yield from (Paragraph(f"line {number}", line) for number, line in lines if line)


def _has_wrapped_lines(text: str) -> bool:
    """Return whether more than a quarter of the lines end in the middle of a sentence.

    The text must also have blank lines or a list, which separate the paragraphs.
    """
    pairs = re.findall(r"(\S)[ \t]*\n[ \t]*(?=(\S))", text)
    # Menu lines do not end like sentences either, but the lines after them begin with a capital.
    broken = sum(
        end not in SENTENCE_ENDS and start.isalpha() and not start.isupper() for end, start in pairs
    )
    if broken * 4 <= len(pairs):
        return False
    if re.search(r"\S[ \t]*\n[ \t]*\n\s*\S", text) is not None:
        return True
    return sum(bool(find_markers(line.strip())) for line in text.split("\n")) > 1


def _join_lines(lines: list[_NumberedLine], words: AbstractSet[str]) -> Iterator[_NumberedLine]:
    """Yield the paragraphs of lines, each with the number of its first line.

    words: the words of the whole text, in lower case.
    """
    block: list[_NumberedLine] = []
    for number, line in [*lines, (0, "")]:
        if line:
            block.append((number, line))
            continue
        for item in split_items(block):
            yield from _join_block(item, words)
        block = []


def split_items(block: list[_NumberedLine]) -> Iterator[list[_NumberedLine]]:
    """Split a block before each line that begins an item of a list.

    A dash or a number at the start of a line may also continue a sentence. It begins an item if
    the line before it ends a sentence, or if it follows the marker of an item above. Other bullets
    always begin an item.
    """
    item: list[_NumberedLine] = []
    above: list[Marker] = []
    for number, line in block:
        markers = find_markers(line)
        if markers and item:
            is_certain = item[-1][1].endswith(SENTENCE_ENDS) or not markers[0].is_ambiguous
            if is_certain or any(m.follows(other) for m in markers for other in above):
                yield item
                item = []
        if markers and not item:
            above = markers
        item.append((number, line))
    yield item


def _join_block(block: list[_NumberedLine], words: AbstractSet[str]) -> Iterator[_NumberedLine]:
    """Join the lines of a block. A menu line or a link above or below it is not part of it."""
    lines = list(block)
    while len(lines) > 1 and is_fragment(lines[0][1]):
        yield lines.pop(0)
    while len(lines) > 1 and is_fragment(lines[-1][1], lines[-2][1]):
        yield lines.pop()
    if lines:
        text = "\n".join(line for _, line in lines)
        text = _DIVIDED_WORD.sub(lambda match: _join_word(match, words), text)
        yield lines[0][0], text.replace("\n", " ")


def _join_word(match: re.Match[str], words: AbstractSet[str]) -> str:
    """Join a word that a hyphen divides at the end of a line.

    The hyphen is removed only if the word occurs without a hyphen elsewhere in the text: a hyphen
    at the end of a line may also be part of the word.
    """
    start, end = match.groups()
    return start + end if (start + end).casefold() in words else f"{start}-{end}"
