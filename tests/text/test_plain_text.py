"""Plain text from Markdown: equal with and without parsing, and equal to the text of the page."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.text.plain_text import parsed_plain_text, plain_text, without_comments
from webapp.markdown_html import body_html

_BLOCKS = set("blockquote br h2 h3 h4 h5 h6 hr li ol p pre table tbody td th thead tr ul".split())


class _VisibleText(HTMLParser):
    """Collects the text that a browser shows, with the numbers of lists and without tags."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._numbers: list[int | None] = []  # numbers of the open lists; None for bullets

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.pieces.append(" ")
        if tag in ("ol", "ul"):
            start = int(dict(attrs).get("start") or 1)
            self._numbers.append(start - 1 if tag == "ol" else None)
        if tag == "li" and self._numbers and (number := self._numbers[-1]) is not None:
            self._numbers[-1] = int(dict(attrs).get("value") or number + 1)
            self.pieces.append(f"{self._numbers[-1]}. ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.pieces.append(" ")
        if tag in ("ol", "ul"):
            self._numbers.pop()

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def visible_text(html: str) -> str:
    parser = _VisibleText()
    parser.feed(html)
    parser.close()
    return " ".join("".join(parser.pieces).split())


@given(st.text(st.sampled_from("ab1 .,:;[]()#>&-+=|~!'\"/\n\té")))
@example("a [b] c: R&D 1) 2. d")
@example("[a]: b")
def test_text_that_is_not_parsed_equals_the_parsed_text(body: str) -> None:
    assert plain_text(body) == parsed_plain_text(body)


_WORDS = st.text(st.sampled_from("abcdé1-"), min_size=1, max_size=8)
_MARKUP = st.sampled_from(
    "* ** *** _ __ ` `` [ ] ( ) ]( ][ ![ [^1] [^1]: [a]: http://e \\ \\* < > <br> <b> </b> <p> "
    "</p> <table> <tr> <td> </td> </tr> </table> <ul> <li> </ul> <div> </div> <!-- --> <sup> "
    "</sup> <a\u00a0href='x'> </a> <pre> </pre> <script> </script> &lt; &amp; &shy; &#35; "
    "& ; | |-| --- === # ## - + 1. 5. 2018. > >> ``` ~~~ : \u00ad".replace("\u00a0", "\x00").split()
).map(lambda text: text.replace("\x00", " "))
_SPACES = st.sampled_from(["", "", " ", "  ", "\n", "\n", "\n\n", "    ", "\t", "  \n"])


@given(st.lists(st.one_of(_WORDS, _MARKUP, _SPACES), max_size=40).map("".join))
def test_the_page_shows_the_plain_text(body: str) -> None:
    assert visible_text(body_html(body)) == plain_text(body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("A shelter. <!-- ask Ana -->", "A shelter. "),
        ("One.\n\n<!-- note\nof two lines -->\n\nTwo.", "One.\n\n\n\nTwo."),
        ("a<!-- x -->b <!-- y -->c", "ab c"),
        ("No comment.", "No comment."),
        ("Open <!-- comment", "Open <!-- comment"),
        ("Code `<!-- shown -->` here.", "Code `<!-- shown -->` here."),
    ],
)
def test_a_body_loses_only_the_comments_that_the_page_hides(body: str, expected: str) -> None:
    assert without_comments(body, plain_text(body)) == expected
