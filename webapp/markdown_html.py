"""Renders Markdown as safe HTML."""

from __future__ import annotations

from functools import lru_cache

import markdown
import nh3
from markupsafe import Markup

_TAGS = {
    "p",
    "em",
    "strong",
    "a",
    "ul",
    "ol",
    "li",
    "blockquote",
    "code",
    "pre",
    "br",
    "hr",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "sup",
    "sub",
    "abbr",
    "del",
}


_SCHEMES = {"http", "https", "mailto"}


@lru_cache(256)
def body_html(body: str) -> Markup:
    """A Markdown body as HTML that can do no harm: sanitised after rendering, never before.

    No images (a request to another host), no h1 (the page has one), no scheme but http, https and
    mailto.
    """
    html = markdown.markdown(body, extensions=["tables"])
    safe = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "abbr": {"title"}},
        url_schemes=_SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )
    return Markup(safe)  # noqa: S704 - sanitised above
