"""No error repeats a long wrong value, wherever the value is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content.activity import parse
from indexer.content.visible_text import MAX_MESSAGE_LENGTH, cut_message
from indexer.schema import FIELD

LENGTH = 20_000
LONG = "q" * LENGTH
SHAPES = {
    "a word": LONG,
    "digits": "9" * LENGTH,
    "words": "a b " * (LENGTH // 4),
    "a string in quotes": f'"{LONG}"',
    "an item": f"[a, {LONG}]",
    "many items": f"[{', '.join(f'Zz{number}' for number in range(2000))}]",
    "a mapping": f"{{{LONG}: {LONG}}}",
    "a list without brackets": ", ".join(["Zz"] * 5000),
    "a date": "2019-" + "1" * LENGTH,
    "a range": "1" * LENGTH + "-" + "2" * LENGTH,
    "an open bracket": f"[{LONG}",
    "an open quotation mark": f'"{LONG}',
    "an anchor": f"&{LONG}",
    "an alias": f"*{LONG}",
    "a tag": f"!{LONG} x",
    "brackets": "[" * 2000,
    "an address": "https://" + LONG,
    "two colons": f"a: {LONG}",
    "a nested list": f"\n  - {LONG}\n  - b",
    "invisible characters": "\u200b" * LENGTH,
    "curly quotes": "“" * LENGTH,
    "control characters": "\x01" * LENGTH,
}
KEYS = (*FIELD, "draft", "published", "status", "expiryDate", "publishDate", "drfat", LONG)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_message_about_front_matter_repeats_a_long_value(shape: str) -> None:
    for key in KEYS:
        parsed = parse("a", "a.md", f"---\n{key}: {SHAPES[shape]}\n---\nText.\n".encode())
        for error in (*parsed.errors, *parsed.warnings):
            assert len(str(error)) <= MAX_MESSAGE_LENGTH
        assert len(parsed.withdrawn) <= MAX_MESSAGE_LENGTH


@given(st.text(min_size=1), st.integers(1, 3000))
def test_a_message_keeps_its_start_and_its_end(text: str, times: int) -> None:
    message = text * times
    shown = cut_message(message)
    if len(message) <= MAX_MESSAGE_LENGTH:
        assert shown == message
    else:
        assert len(shown) == MAX_MESSAGE_LENGTH
        assert message.startswith(shown.partition("…")[0][:700])
        assert message.endswith(shown[-200:])
