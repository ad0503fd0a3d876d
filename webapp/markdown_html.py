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
_AMPERSAND = "\x02"
_URL_SCHEMES = {"http", "https", "mailto"}
MAX_CACHED_LENGTH = 20_000  # characters; longer bodies are rendered each time, to save memory


def body_html(body: str) -> Markup:
    """Return a Markdown body as HTML without active content.

    The visible text is that of plain_text(), which reads the same tree. The HTML is sanitised after
    rendering, because Markdown may contain HTML. Images are shown as their descriptions: they would
    be requests to other hosts. Addresses with schemes other than http, https and mailto are
    removed.
    """
    return _short_html(body) if len(body) <= MAX_CACHED_LENGTH else _sanitised(body)


@lru_cache(256)
def _short_html(body: str) -> Markup:
    return _sanitised(body)


def _sanitised(body: str) -> Markup:
    # nh3 takes a time quadratic in the number of entities "&amp;" in a text. A character that no
    # body has takes their place.
    html = _TEXT.sub(lambda match: match[0].replace("&amp;", _AMPERSAND), render_html(body))
    safe = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_URL_SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )
    return Markup(safe.replace(_AMPERSAND, "&amp;"))  # noqa: S704 - sanitised above
