"""Format text for error messages. Invisible characters are replaced by their names."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

MAX_SHOWN_LENGTH = 80  # characters of a value in a message
MAX_MESSAGE_LENGTH = 1000  # characters of a whole message
MESSAGE_END_LENGTH = 250  # characters that stay of the end, which says what to do

# Invisible characters outside the categories for control, format and space characters.
_OTHER_INVISIBLE = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
)
_NAMES = {
    "\t": "tab",
    "\x0b": "vertical tab",
    "\x0c": "form feed",
    "\r": "carriage return",
    "\x85": "next line",
    "\ufeff": "byte order mark",
    "\u3164": "invisible letter",
    "\u2800": "blank braille pattern",
}
CURLY_QUOTES = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a"
_CURLY_QUOTE = re.compile(f"[{CURLY_QUOTES}]")

_MAY_BE_INVISIBLE = re.compile(r"[^ -~\n]")
_IS_OTHER_INVISIBLE = re.compile(f"[{_OTHER_INVISIBLE}]")


@cache
def is_invisible(char: str) -> bool:
    """Return whether a character is invisible, or looks like an ordinary space."""
    if char in " \n":
        return False
    category = unicodedata.category(char)
    return category in ("Cc", "Cf", "Zs", "Zl", "Zp", "Co") or (
        _IS_OTHER_INVISIBLE.match(char) is not None
    )


@cache
def character_name(char: str) -> str:
    """Return the name and the code of a character: "zero width space U+200B"."""
    name = _NAMES.get(char) or unicodedata.name(char, "control character").lower()
    return f"{name} U+{ord(char):04X}"


def invisible_characters(text: str) -> list[str]:
    """Return the names of the invisible characters of a text, each once, in order."""
    chars = dict.fromkeys(char for char in _MAY_BE_INVISIBLE.findall(text) if is_invisible(char))
    return [character_name(char) for char in chars]


def strip_invisible(text: str) -> str:
    """Return a text without its invisible characters, and without spaces at its ends."""
    return _MAY_BE_INVISIBLE.sub(lambda m: "" if is_invisible(m[0]) else m[0], text).strip()


def visible(text: str) -> str:
    """Return a text for a message: shortened, on one line, with names of invisible characters."""
    cut = text if len(text) <= MAX_SHOWN_LENGTH else f"{text[: MAX_SHOWN_LENGTH - 1]}…"
    return _MAY_BE_INVISIBLE.sub(
        lambda m: f"<{character_name(m[0])}>" if is_invisible(m[0]) else m[0],
        cut.replace("\n", " "),
    )


def cut_message(message: str) -> str:
    """Return a message of at most MAX_MESSAGE_LENGTH characters, with “…” for its middle.

    A wrong value, as of a setting, can be as long as a file. The message names the place at its
    start and the fix at its end.
    """
    if len(message) <= MAX_MESSAGE_LENGTH:
        return message
    start = MAX_MESSAGE_LENGTH - MESSAGE_END_LENGTH - 1
    return f"{message[:start]}…{message[-MESSAGE_END_LENGTH:]}"


def unusual_characters(text: str) -> str:
    """Return a clause about invisible characters and curly quotes in a wrong value, or ""."""
    clauses = []
    if names := invisible_characters(text):
        clauses.append(f"remove the {' and the '.join(names[:3])}")
    if quotes := dict.fromkeys(_CURLY_QUOTE.findall(text)):
        clauses.append(f'write straight quotes (") for the curly quotes {" ".join(quotes)}')
    return " and ".join(clauses)
