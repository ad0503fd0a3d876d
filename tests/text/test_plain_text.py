"""Prose without rendering is the prose of rendering."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from indexer.text.plain_text import plain_text, rendered


@given(st.text(st.sampled_from("ab1 .,:;[]()#>&-+=|~!'\"/\n\té")))
@example("a [b] c: R&D 1) 2. d")
@example("[a]: b")
def test_what_needs_no_rendering_is_what_rendering_gives(body: str) -> None:
    assert plain_text(body) == rendered(body)


def test_markup_is_not_prose() -> None:
    assert (
        plain_text("A *b* [c](http://d) <script>e</script> &lt; &amp; f\n\n- g") == "A b c < & f g"
    )
