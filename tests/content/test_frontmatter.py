"""The parser for simple front matter agrees with the YAML parser."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.content import frontmatter
from indexer.content.frontmatter import FrontMatterError, read_front_matter

SCALAR = st.text(st.sampled_from("aZ0 ._/-,:#\"'[]é~"), max_size=8)
LINE = st.one_of(
    st.tuples(st.sampled_from(["year", "country", "x"]), SCALAR).map(": ".join),
    st.tuples(st.sampled_from(["year", "theme"]), st.lists(SCALAR, max_size=3)).map(
        lambda x: f"{x[0]}: [{', '.join(x[1])}]"
    ),
    SCALAR,
)


def by_yaml(text: str) -> object:
    """Parse a text that the simple parser cannot read."""
    with_comment = text.replace("\n", "\n#\n", 1)  # only YAML has comments
    front, body, line = read_front_matter(with_comment)
    return (
        {
            key: (
                at - 1,
                [s._replace(line=s.line - 1, start=s.start - 2, end=s.end - 2) for s in scalars],
            )
            for key, (at, scalars) in front.items()
        },
        body,
        line - 1,
    )


@given(st.lists(LINE, max_size=4), st.sampled_from(["---", "---  ", "..."]))
@example(['source: "a: b"', "draft: null", "year:"], "---")
def test_the_simple_parser_and_yaml_agree(lines: list[str], fence: str) -> None:
    text = "\n".join(["---", *lines, fence, "", "Text.", ""])
    if frontmatter._parse_simple("".join(f"{line}\n" for line in lines)) is None:
        return
    assert by_yaml(text) == read_front_matter(text)


def test_the_simple_parser_leaves_other_syntax_to_yaml() -> None:
    for line in (
        "a: b: c",
        "a: 'b'",
        "a: [b",
        "a: null",
        "a: &b c",
        "a: !b c",
        "a: |",
        "a:\tb",
        "- a",
        "a: b #c",
    ):
        assert frontmatter._parse_simple(f"{line}\n") is None, line
    assert frontmatter._parse_simple("a: b\na: c\n") is None
    assert frontmatter._parse_simple('a: [b, "c d"]\ne: NO\nf:\n') is not None


def test_an_error_has_the_line_at_which_it_occurs() -> None:
    with pytest.raises(FrontMatterError) as raised:
        read_front_matter("---\na: b\nc: [d\n---\nText.")
    assert raised.value.line >= 3
