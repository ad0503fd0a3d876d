"""The keys of front matter that hide an activity, here or in other tools."""

from __future__ import annotations

from collections.abc import Mapping

_TRUE = frozenset({"true", "yes", "on", "1", "y", "t"})
_FALSE = frozenset({"false", "no", "off", "0", "n", "f"})
_HIDDEN_STATUS = frozenset(
    "draft drafts unpublished private hidden archived withdrawn retracted deleted removed trash "
    "embargoed".split()
)
_SHOWN_STATUS = frozenset({"published", "publish", "public", "live"})

# By key in lower case: the values that hide an activity, and the values that show it.
HIDING_KEYS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "draft": (_TRUE, _FALSE),
    "published": (_FALSE, _TRUE),
    "status": (_HIDDEN_STATUS, _SHOWN_STATUS),
    "unpublished": (_TRUE, _FALSE),
    "withdrawn": (_TRUE, _FALSE),
    "hidden": (_TRUE, _FALSE),
    "private": (_TRUE, _FALSE),
    "archived": (_TRUE, _FALSE),
}
# Keys whose value is a date, in lower case: true if they hide an activity until that date, false if
# they hide it from that date on.
DATE_KEYS: Mapping[str, bool] = {
    "publishdate": True,
    "pubdate": True,
    "expirydate": False,
    "unpublishdate": False,
}
