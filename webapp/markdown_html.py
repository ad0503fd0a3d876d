"""Render Markdown as safe HTML."""

from __future__ import annotations

import re
from functools import lru_cache

import nh3
from markupsafe import Markup

from indexer.text.markup.document import render_html

_TAGS = set(
    "p em strong a ul ol li blockquote code pre br hr h2 h3 h4 h5 h6"
    " table thead tbody tr th td sup sub abbr del".split()
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "ol": {"start"},
    "li": {"value"},
}
_TEXT = re.compile("(?:^|>)[^<]*+")
# The time of nh3 is quadratic in the number of ampersands and no-break spaces in a text. These
# characters replace them. They do not occur in rendered text.
_AMPERSAND, _NO_BREAK_SPACE = "\x02", "\x03"
_URL_SCHEMES = {"http", "https", "mailto"}
MAX_CACHED_LENGTH = 20_000  # characters; longer bodies are rendered each time, to save memory


def body_html(body: str) -> Markup:
    """Return a Markdown body as HTML without active content.

    The visible text equals plain_text(), which reads the same tree. The HTML is sanitised after
    rendering, because Markdown may contain HTML. Images are replaced by their descriptions, because
    they would cause requests to other hosts. Links keep only the schemes http, https and mailto.
    """
    return _short_html(body) if len(body) <= MAX_CACHED_LENGTH else _sanitised(body)


@lru_cache(256)
def _short_html(body: str) -> Markup:
    return _sanitised(body)


def _sanitised(body: str) -> Markup:
    safe = nh3.clean(
        _TEXT.sub(lambda match: _without_slow_characters(match[0]), render_html(body)),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_URL_SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )
    safe = safe.replace(_AMPERSAND, "&amp;").replace(_NO_BREAK_SPACE, "&nbsp;")
    return Markup(safe)  # noqa: S704 - sanitised above


def _without_slow_characters(text: str) -> str:
    return text.replace("&amp;", _AMPERSAND).replace("\u00a0", _NO_BREAK_SPACE)
