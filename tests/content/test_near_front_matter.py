"""Malformed front matter is an error with its line and its fix, and is never read as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content.activity import parse, to_markdown
from indexer.content.hiding_keys import DATE_KEYS, HIDING_KEYS

FIELDS = "country: [PAK]\ndraft: true\n"
BLOCK = f"---\n{FIELDS}---\nText."


def errors(text: str) -> list[tuple[int, str]]:
    parsed = parse("x", "x.md", text.encode())
    assert (parsed.activity is None) == bool(parsed.errors)
    return [(error.line, error.reason) for error in parsed.errors]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (f" {BLOCK}", 1, 'has a space before the "---"'),
        (f"\n{BLOCK}", 1, "remove the blank line"),
        (f"\n\n{BLOCK}", 1, "remove the blank line"),
        (f"\n\ufeff{BLOCK}", 2, "byte order mark U+FEFF"),
        (f"\ufeff\ufeff{BLOCK}", 1, "byte order mark U+FEFF"),
        (f"\u200b{BLOCK}", 1, "zero width space U+200B"),
        (f"\u200b\n{BLOCK}", 1, "remove the zero width space U+200B"),
        (f"\u00a0{BLOCK}", 1, "no-break space U+00A0"),
        (f"\u2060{BLOCK}", 1, "word joiner U+2060"),
        (f"\x0c{BLOCK}", 1, "form feed U+000C"),
        (f"# A comment\n{BLOCK}", 1, "has a comment above"),
        (f"<!-- A comment -->\n{BLOCK}", 1, "has a comment above"),
        (f"<!--\nA licence\n-->\n\n{BLOCK}", 1, "has a comment above"),
    ],
)
def test_front_matter_below_other_lines_is_an_error(text: str, line: int, reason: str) -> None:
    ((error_line, message),) = errors(text)
    assert error_line == line
    assert reason in message


@pytest.mark.parametrize(
    ("fence", "reason"),
    [
        ("—", 'has "—" (em dash U+2014)'),
        ("—-", 'has "—-" (em dash U+2014)'),
        ("–––", "en dash U+2013"),
        ("----", 'has "----"'),
        ("--", 'has "--"'),
        ("- - -", 'has "- - -"'),
        ("--- # x", 'has "--- # x"'),
        ("---yaml", 'has "---yaml"'),
        ("---\u200b", "zero width space U+200B"),
        (";;;", 'has ";;;"'),
        ("***", 'has "***"'),
        ("===", 'has "==="'),
        ("___", 'has "___"'),
        ("<!--", 'has "<!--"'),
        ("--- title: x", 'has "--- title: x"'),
    ],
)
def test_a_malformed_opening_fence_is_an_error(fence: str, reason: str) -> None:
    for closing in (fence, "---"):
        ((line, message),) = errors(f"{fence}\n{FIELDS}{closing}\nText.")
        assert line == 1
        assert reason in message
        assert 'write "---" alone in line 1' in message


@pytest.mark.parametrize("fence", ["—", "—-", "----", "--", " ---", "--- # x", "---\u200b", "```"])
@pytest.mark.parametrize("rest", ["Text.", "Text.\n\n---\nMore."])
def test_a_malformed_closing_fence_is_an_error(fence: str, rest: str) -> None:
    ((line, message),) = errors(f"---\n{FIELDS}{fence}\n{rest}")
    assert line == 4
    assert "where front matter ends" in message


@pytest.mark.parametrize("key", sorted({*HIDING_KEYS, *DATE_KEYS} - {"draft"}))
def test_a_key_that_hides_is_never_read_as_text(key: str) -> None:
    parsed = parse("a", "a.md", f"{key}: soon\nPolice officers were trained.\n".encode())
    assert parsed.activity is None
    assert parsed.errors or parsed.withdrawn


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{FIELDS}---\nText.", 'field "country" without a line "---" above'),
        (f"{FIELDS}\nText.", 'field "country" without a line "---" above'),
        ("draft: true\nText.", 'field "draft"'),
        ("contry: PAK\nyaer: 2018\n---\nText.", 'field "contry"'),
        ("Title: A refuge\nCountry: Pakistan\n\nText.", 'field "Title"'),
        ("country\uff1aPAK\n\nText.", 'field "country"'),
        ('country = "PAK"\n\nText.', 'field "country"'),
        (":title: x\n:draft: true\n\nText.", 'field "title"'),
        ("published: false\n\nText.", 'field "published"'),
    ],
)
def test_fields_without_a_fence_are_an_error(text: str, reason: str) -> None:
    ((line, message),) = errors(text)
    assert line == 1
    assert reason in message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"```yaml\n{FIELDS}```\nText.", 'in a block of code ("```yaml")'),
        (f"~~~\n{FIELDS}~~~\nText.", "in a block of code"),
        (f"```\n---\n{FIELDS}---\n```\nText.", "in a block of code"),
        ("+++\ncountry = 'PAK'\n+++\nText.", "has TOML front matter"),
        ("\n+++\ncountry = 'PAK'\n+++\nText.", "has TOML front matter"),
        ('{\n  "country": ["PAK"]\n}\nText.', "has JSON front matter"),
        ('{"draft": true}\nText.', "has JSON front matter"),
        (';;;\n{"draft": true}\n;;;\nText.', 'has ";;;"'),
        (f"<!--\n{FIELDS}-->\nText.", 'has "<!--"'),
    ],
)
def test_front_matter_of_another_format_is_an_error(text: str, reason: str) -> None:
    ((_, message),) = errors(text)
    assert reason in message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\ntitle: x\n---\ncountry: PAK\n\nText.", 4),
        ("---\ntitle: x\n---\n\nDraft: true\n\nText.", 5),
        ("---\ntitle: x # a comment\n---\n\ndraft: true\n", 5),
        (f"---\n---\n{BLOCK}", 4),
    ],
)
def test_a_body_that_begins_with_fields_is_an_error(text: str, line: int) -> None:
    ((error_line, message),) = errors(text)
    assert error_line == line
    assert 'move the line above the closing "---"' in message


@pytest.mark.parametrize(
    "body",
    [
        "Note: the police were trained.",
        "Country: Pakistan is the largest of them, and others follow.",
        "Source: the police said so.\nThey also said more.",
        "country\\: PAK",
        "**Country:** Pakistan",
        "# Country: Pakistan\n\nText.",
        "From: the director\nTo: all\n\nText.",
        "https://example.org is the address.",
        "- country: Pakistan\n- year: 2018",
        "— Who was there? — Nobody.",
        "-- Note: the police.",
        "***\n\nNote: the police.\n\n***",
        "Text.\n\n---\n\ncountry: Pakistan",
        "```python\ncountry: str\n```",
        "{{< figure >}}\n\nText.",
        "10:30 is the time.",
    ],
)
def test_prose_that_resembles_a_field_is_valid(body: str) -> None:
    assert errors(body) == []
    assert errors(f"---\ntitle: x\n---\n{body}") == []


@given(
    st.sampled_from(["", " ", "\n", "\t", "\ufeff\ufeff", "\u200b", "\u00a0", "# x\n", "\u00ad"]),
    st.sampled_from(["---", "—", "—-", "----", "--", "--- # x", ";;;", "```yaml", "***", "––", ""]),
    st.permutations(["country: [PAK]", "draft: true", "title: A refuge", "year: 2018"]),
    st.sampled_from(["---", "—", "----", "```", ""]),
)
def test_known_fields_are_never_shown_as_text(
    above: str, fence: str, fields: list[str], closing: str
) -> None:
    text = "\n".join([f"{above}{fence}", *fields, closing, "", "Text."])
    activity = parse("x", "x.md", text.encode()).activity
    assert activity is None or activity.text == "Text."


@pytest.mark.parametrize(
    "body", ["title = x", "Draft: true", "country\uff1aPAK", "---\n\ndraft: 1"]
)
def test_a_body_that_is_written_to_a_file_is_read_as_text(body: str) -> None:
    assert errors(to_markdown({"country": ["PAK"]}, body)) == []
