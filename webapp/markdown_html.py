"""Render Markdown as safe HTML."""

from __future__ import annotations

from functools import lru_cache

import markdown
import nh3
from markupsafe import Markup

_TAGS = set(
    "p em strong a ul ol li blockquote code pre br hr h2 h3 h4 h5 h6"
    " table thead tbody tr th td sup sub abbr del".split()
)
_ATTRIBUTES = {"a": {"href", "title"}, "abbr": {"title"}}
_URL_SCHEMES = {"http", "https", "mailto"}


@lru_cache(256)
def body_html(body: str) -> Markup:
    """Return a Markdown body as HTML without active content.

    The HTML is sanitised after rendering, because Markdown may contain HTML. Images are removed:
    they would be requests to other hosts. h1 elements are removed because the page has its own, and
    so are addresses with schemes other than http, https and mailto.
    """
    html = markdown.markdown(body, extensions=["tables"])
    safe = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_URL_SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )
    return Markup(safe)  # noqa: S704 - sanitised above
