"""Parsing of one content file, and its errors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content.activity import MAX_FILE_SIZE, parse, to_markdown
from indexer.content.values import VALUE_KINDS
from indexer.schema import Field


def errors(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    return [str(error) for error in parse("x", "content/x.md", data).errors]


def test_an_error_names_the_file_line_field_and_reason() -> None:
    assert errors('---\ncountry: [PAK]\n\nyear: "20l9"\n---\nText.') == [
        'content/x.md:4: year: "20l9" is not a whole number'
    ]


def test_all_errors_of_a_file_are_reported() -> None:
    messages = errors("---\ncountry: [XX]\nyear: x\ntitel: y\n---\nText.")
    assert [line.split(":")[1] for line in messages] == ["2", "3", "4"]
    assert 'did you mean "title"' in messages[2]


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
def test_invalid_input_is_a_clear_error(text: str | bytes, reason: str) -> None:
    messages = errors(text)
    assert messages
    assert any(part in messages[0] for part in reason.split("|"))


def test_a_bom_and_crlf_line_ends_are_accepted() -> None:
    parsed = parse("x", "content/x.md", b"\xef\xbb\xbf---\r\ncountry: [PAK]\r\n---\r\nText.\r\n")
    assert parsed.activity is not None
    assert parsed.activity.meta["country"] == ("PAK",)


def test_the_country_code_no_is_norway_and_not_false() -> None:
    parsed = parse("x", "content/x.md", b"---\ncountry: NO\n---\nText.")
    assert parsed.activity is not None
    assert parsed.activity.meta["country"] == ("NOR",)
    assert [fix.key for fix in parsed.fixes] == ["NOR"]


def test_regions_are_derived_from_countries() -> None:
    parsed = parse("x", "content/x.md", b"---\ncountry: KEN\n---\nText.")
    assert parsed.activity is not None
    assert parsed.activity.meta["region"] == ("002", "202", "014")


@given(st.binary(max_size=300))
def test_parsing_never_raises(data: bytes) -> None:
    parse("x", "content/x.md", data)


@given(
    st.lists(st.sampled_from(["PAK", "NOR", "XKX", "COD"]), unique=True),
    st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=80),
)
def test_a_formatted_file_is_parsed_to_the_same_values(countries: list[str], title: str) -> None:
    text = to_markdown({"country": countries, "title": [title]}, "The body.")
    parsed = parse("x", "x.md", text.encode())
    assert not parsed.errors
    assert parsed.activity is not None
    assert parsed.activity.meta.get("country", ()) == tuple(countries)


def test_a_text_field_without_a_limit_gets_the_default() -> None:
    notes = Field("notes", "stored", "Notes", help="Remarks.")
    assert VALUE_KINDS["text"]("A remark.", notes) == "A remark."
    with pytest.raises(ValueError, match="at most 2000 are allowed"):
        VALUE_KINDS["text"]("x" * 2001, notes)


@pytest.mark.parametrize(
    ("alias", "id"),
    [("/about/us/", "about/us"), ("2013/Foo_Bar.html", "2013/foo-bar-html"), ("a-b", "a-b")],
)
def test_an_alias_may_be_an_address_with_slashes(alias: str, id: str) -> None:
    result = parse("x", "x.md", f"---\naliases: [{alias}]\n---\nText.\n".encode())
    assert result.activity is not None
    assert result.activity.meta["aliases"] == (id,)
    assert [fix.key for fix in result.fixes] == ([] if alias == id else [id])


@pytest.mark.parametrize("alias", ["/", "a//b", "https://example.org/a", "/文/"])
def test_an_alias_without_an_id_is_an_error(alias: str) -> None:
    (error,) = parse("x", "x.md", f"---\naliases: ['{alias}']\n---\nText.\n".encode()).errors
    assert "is not an id" in error.reason
