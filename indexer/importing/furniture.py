"""Tell paragraphs from page furniture: menus, page numbers, headings and notices."""

from __future__ import annotations

import re

from indexer.text.analysis import terms

# A short line that consists of these words is part of a menu.
_MENU_WORDS = frozenset(
    "search home menu next previous page login share print back top contact about more read filter "
    "apply reset".split()
)
# Beginnings of sentences about the web page, not about an activity.
_PAGE_NOTICE = re.compile(
    r"©|copyright\b|skip to\b|(?:read|learn|see|show|load) more\b|click here|follow us"
    r"|share (?:this|on)\b|subscribe to|sign up|last (?:updated|modified|reviewed)|print this"
    r"|back to\b|showing \d|page \d|jump to|(?:accept|manage|reject)(?: all)? cookies|(?:we"
    r"|this (?:web)?site|our (?:web)?site|by )[\w ,'’]*\bcookies\b|[^.]*all rights reserved"
    r"|please enable javascript|https?://\S+$",
    re.IGNORECASE,
)
SENTENCE_ENDS = (".", "!", "?", ";", ":", "。", "？", "！", "؟", "।")
_MAX_NOTICE_LENGTH = 300  # characters; a longer text is a paragraph, whatever its first words are
_MIN_SENTENCE_TERMS = 8  # terms of a sentence without punctuation at its end


def is_furniture(text: str) -> bool:
    """Return whether a text belongs to the page around the paragraphs.

    Such texts are menu items, page numbers, headings, copyright lines and fragments of sentences.
    """
    words = terms(text)
    if len(words) <= 2 or not any(word.isalpha() for word in words) or is_page_notice(text):
        return True
    is_short = len(words) < _MIN_SENTENCE_TERMS or _MENU_WORDS.issuperset(words)
    return is_short and not ends_sentence(text)


def ends_sentence(text: str) -> bool:
    """Return whether a text ends with the punctuation of a sentence."""
    return text.rstrip("\"'”’»)] ").endswith(SENTENCE_ENDS)


def is_fragment(line: str, previous: str = "") -> bool:
    """Return whether a line of a block cannot be part of a sentence.

    A single word may be the end of the sentence in the previous line.
    """
    words = terms(line)
    is_word = len(words) <= 1 and (not previous or ends_sentence(previous))
    is_menu = is_word or _MENU_WORDS.issuperset(words)
    return (is_menu and not line.endswith(SENTENCE_ENDS)) or is_page_notice(line)


def is_page_notice(text: str) -> bool:
    """Return whether a text is a notice about the page, such as a copyright line."""
    is_short = len(text) < _MAX_NOTICE_LENGTH
    return is_short and _PAGE_NOTICE.match(text.lstrip("-–•*»› ")) is not None
