"""One Markdown file, and every way it can be wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content.activity import MAX_FILE_SIZE, parse, to_markdown


def errors(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    return [str(error) for error in parse("x", "content/x.md", data).errors]


def test_an_error_names_file_line_field_and_reason() -> None:
    found = errors('---\ncountry: [PAK]\n\nyear: "20l9"\n---\nText.')
    assert found == ['content/x.md:4: year: "20l9" is not a whole number']


def test_every_error_of_a_file_is_named() -> None:
    found = errors("---\ncountry: [XX]\nyear: x\ntitel: y\n---\nText.")
    assert [line.split(":")[1] for line in found] == ["2", "3", "4"]
    assert 'did you mean "title"' in found[2]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("---\ncountry: [PAK]\nText", "never closed"),
        ("---\n- PAK\n---\nText", "is a list"),
        ("---\nPakistan\n---\nText", "not a valid|is not"),
        ("+++\ncountry = 'PAK'\n+++\nText", "TOML"),
        ("---\n\tcountry: [PAK]\n---\nText", "tabs"),
        ("---\nyear: 2018\nyear: 2019\n---\nText", "is given twice"),
        (b"---\ntitle: caf\xe9\n---\nText", "content/x.md:2: byte 0xe9 is not UTF-8"),
        (b"---\ntitle: x\n---\nTe\0xt", "content/x.md:4: has a NUL byte"),
        ("---\na: &a [x,x]\nb: *a\n---\nText", "anchor or alias"),
        ("---\ntitle: !!python/object:os.system x\n---\nText", "YAML tag"),
        ("", "is empty"),
        ("---\ncountry: [PAK]\n---\n", "has no text"),
        ("x" * (MAX_FILE_SIZE + 1), "larger than"),
        ("---\npartner: none\n---\nText", "not stated"),
        ("[" * 5000, "nested too deeply"),
        ("---\nyear: {from: 2018}\n---\nText", "nothing deeper"),
    ],
)
def test_bad_input_is_a_clear_error(text: str | bytes, reason: str) -> None:
    found = errors(text)
    assert found
    assert any(part in found[0] for part in reason.split("|"))


def test_a_bom_and_crlf_are_no_error() -> None:
    found = parse("x", "content/x.md", b"\xef\xbb\xbf---\r\ncountry: [PAK]\r\n---\r\nText.\r\n")
    assert found.activity is not None
    assert found.activity.meta["country"] == ("PAK",)


def test_norway_is_a_country_and_not_false() -> None:
    found = parse("x", "content/x.md", b"---\ncountry: NO\n---\nText.")
    assert found.activity is not None
    assert found.activity.meta["country"] == ("NOR",)
    assert [c.key for c in found.fixes] == ["NOR"]


def test_regions_follow_from_countries() -> None:
    found = parse("x", "content/x.md", b"---\ncountry: KEN\n---\nText.")
    assert found.activity is not None
    assert found.activity.meta["region"] == ("002", "202", "014")


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    parse("x", "content/x.md", data)


@given(
    st.lists(st.sampled_from(["PAK", "NOR", "XKX", "COD"]), unique=True),
    st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=80),
)
def test_what_is_written_is_read_back(countries: list[str], title: str) -> None:
    text = to_markdown({"country": countries, "title": [title]}, "The body.")
    found = parse("x", "x.md", text.encode())
    assert not found.errors
    assert found.activity is not None
    assert found.activity.meta.get("country", ()) == tuple(countries)
