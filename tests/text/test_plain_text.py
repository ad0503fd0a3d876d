"""Plain text from Markdown, with and without rendering."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from indexer.text.plain_text import plain_text, render_plain_text


@given(st.text(st.sampled_from("ab1 .,:;[]()#>&-+=|~!'\"/\n\té")))
@example("a [b] c: R&D 1) 2. d")
@example("[a]: b")
def test_text_that_is_not_rendered_equals_the_rendered_text(body: str) -> None:
    assert plain_text(body) == render_plain_text(body)


def test_markup_is_removed() -> None:
    body = "A *b* [c](http://d) <script>e</script> &lt; &amp; f\n\n- g"
    assert plain_text(body) == "A b c < & f g"
