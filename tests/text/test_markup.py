"""Markdown is shown and searched without loss: the page and the plain text have all words."""

from __future__ import annotations

import gc

import pytest

from indexer.text.markup.document import render_html
from indexer.text.plain_text import MAX_OPEN_BRACKETS, MarkupError, plain_text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("one<br>two", "one two"),
        ("one<br/>two<BR />three", "one two three"),
        ("one  \ntwo", "one two"),
        ("<div>one</div><div>two</div>", "one two"),
        ("one<p>two</p>three", "one two three"),
        ("<ul><li>one</li><li>two</li></ul>", "one two"),
        ("<table><tr><td>one</td><td>two</td></tr></table>", "one two"),
        ("- one\n- two\n  - three", "one two three"),
        ("> one\n\ntwo", "one two"),
        ("# one\ntwo", "one two"),
        ("one\n===\ntwo", "one two"),
        ("one\n\n---\n\ntwo", "one two"),
        ("<h2>one</h2>two", "one two"),
        ("<dl><dt>one<dd>two</dl>", "one two"),
    ],
)
def test_line_breaks_cells_items_and_blocks_separate_words(body: str, text: str) -> None:
    assert plain_text(body) == text


def test_a_table_is_read_as_its_cells() -> None:
    body = "| Country | Year |\n| --- | ---: |\n| Kenya | 2018 |\n| Fiji | 2019 | extra |"
    assert plain_text(body) == "Country Year Kenya 2018 Fiji 2019 extra"
    assert "<th>Country</th>" in render_html(body)
    assert "<td>extra</td>" in render_html(body)


def test_an_escaped_bar_is_part_of_its_cell() -> None:
    assert "<td>a|b</td>" in render_html("|x|\n|-|\n|a\\|b|")


@pytest.mark.parametrize(
    "text",
    [
        "#16Days of activism",
        "#hashtag",
        "####### seven",
        "2018. A report",
        "1) one",
        ">50 women took part",
        ">= 50 %",
        "5*3*2",
        "g=h*i*j",
        "<UN Women>",
        "<Women> and <men>",
        "<Map of Kenya>",
        "<I am here>",
        "a < b and c > d",
        "<",
        "<!-- open",
        "<script> open",
        "snake_case_name",
        "[Kenya]: Nairobi",
        "[^2] without a note",
        "[a](b",
        "![a](b",
        "Women [sic](in the original)",
        "[x] done",
        "AT&T; R&D &unknown;",
        "C:\\temp\\data",
        "one\\",
        "`open",
        "| a bar |",
        "= equals",
        "~~~ tildes and words",
    ],
)
def test_text_that_resembles_markup_is_unchanged(text: str) -> None:
    assert plain_text(text) == text


def test_an_ordered_list_shows_its_numbers() -> None:
    body = "5. five\n6. six\n9. nine"
    assert plain_text(body) == "5. five 6. six 9. nine"
    assert '<ol start="5">' in render_html(body)
    assert '<li value="9">' in render_html(body)


def test_a_list_with_equal_numbers_is_numbered_in_order() -> None:
    assert plain_text("1. one\n1. two") == "1. one 2. two"


def test_a_footnote_is_shown_at_its_place() -> None:
    body = "Trafficking[^2] fell.\n\n[^2]: See *page* 5."
    assert plain_text(body) == "Trafficking[2] fell. [2] See page 5."
    assert "Trafficking<sup>[2]</sup>" in render_html(body)


def test_a_footnote_that_is_not_referred_to_is_kept() -> None:
    assert plain_text("Text.\n\n[^2]: Note") == "Text. [2] Note"


def test_a_definition_that_is_used_is_a_link() -> None:
    body = 'See [the report][r].\n\n[r]: https://example.org "Title"'
    assert plain_text(body) == "See the report."
    assert '<a href="https://example.org" title="Title">the report</a>' in render_html(body)


def test_a_definition_may_be_referred_to_in_another_case_and_with_other_spaces() -> None:
    body = "See [the report][The  Report].\n\n[the report]: https://example.org"
    assert plain_text(body) == "See the report."
    assert '<a href="https://example.org">the report</a>' in render_html(body)


def test_the_target_of_a_link_may_have_spaces_parentheses_and_a_title() -> None:
    for target in ("a b.pdf", "<a b.pdf>", "a_(b).pdf", 'a.pdf "The (title)"', "a\\)b"):
        assert plain_text(f"See [the report]({target}).") == "See the report."


def test_a_comment_is_not_shown() -> None:
    assert plain_text("one <!-- two --> three") == "one three"
    assert plain_text("one\n\n<!-- two\n\nthree -->\n\nfour") == "one four"


def test_scripts_are_not_text() -> None:
    assert plain_text("one <script>two</script> three <style>four</style>") == "one three"


def test_an_image_is_shown_as_its_description() -> None:
    assert plain_text("See ![women at a market](a.png) <img alt='and a map' src='b.png'>") == (
        "See women at a market and a map"
    )


def test_entities_are_characters() -> None:
    assert plain_text("&lt;b&gt; &amp;amp; caf&eacute; &#65;&#x42;") == "<b> &amp; café AB"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("traf-\nficking", "trafficking"),
        ("traf-  \n  ficking", "trafficking"),
        ("traf\u00adficking", "trafficking"),
        ("traf\u00ad\nficking", "trafficking"),
        ("traf&shy;ficking", "trafficking"),
        ("gender-\nbased", "gender-based"),
        ("non-\ngovernmental", "non-governmental"),
        ("Asia-\nPacific", "Asia-Pacific"),
        ("COVID-\n19", "COVID-19"),
        ("pre- and\npost-\nwar", "pre- and post-war"),
        ("pre-\nand post-war", "pre- and post-war"),
        ("two-\nfold, a two-fold rise", "two-fold, a two-fold rise"),
        ("cease-\nfire, a ceasefire", "ceasefire, a ceasefire"),
        ("half-\nway, a half-way house", "half-way, a half-way house"),
        ("a dash -\nb", "a dash - b"),
    ],
)
def test_a_divided_word_is_joined_and_a_compound_keeps_its_hyphen(body: str, text: str) -> None:
    assert plain_text(body) == text
    assert text in render_html(body).replace("\n", " ")


def test_a_heading_of_level_one_has_level_two_on_the_page() -> None:
    assert render_html("# one #") == "<h2>one</h2>"


def test_emphasis_ends_inside_a_word_and_divides_unspaced_text() -> None:
    assert render_html("*NGO*s **NGO**s un**friend**ly 这是*强调*文字 2**3**4") == (
        "<p><em>NGO</em>s <strong>NGO</strong>s un<strong>friend</strong>ly "
        "这是<em>强调</em>文字 2**3**4</p>"
    )


def test_code_is_unchanged() -> None:
    assert plain_text("`*a*  &lt;` ``b`c``") == "*a* &lt; b`c"
    assert plain_text("```text\n# one\n\n- two\n```") == "# one - two"


def test_deeper_lists_and_quotations_are_text() -> None:
    assert plain_text("> " * 30 + "deep").endswith("> > deep")


def test_deeply_nested_emphasis_keeps_its_text() -> None:
    assert plain_text("*a " * 500 + "b*" * 500).count("a") == 500


def test_too_many_open_brackets_are_refused_with_their_line() -> None:
    with pytest.raises(MarkupError) as caught:
        plain_text("one\n\n" + "[" * (MAX_OPEN_BRACKETS + 1))
    assert caught.value.line == 3
    assert plain_text("\\[" * 100) == "[" * 100


def test_the_brackets_of_other_paragraphs_do_not_count() -> None:
    assert plain_text("[a\n\n" * 100).startswith("[a [a")


def test_parsing_leaves_no_reference_cycles() -> None:
    """A run disables the cyclic garbage collector, so that cycles would fill the memory."""
    body = "*a* [b](c) <b>d</b>\n\n- e\n\n> f\n\n|g|\n|-|\n\n<table><tr><td>h</td></tr></table>"
    plain_text(body)
    gc.collect()
    gc.disable()
    try:
        plain_text(body)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_an_address_that_is_too_long_is_left_out() -> None:
    assert render_html(f"[a]({'b' * 10_000})") == "<p><a>a</a></p>"
