"""Sort keys for names, in the order of a language (Unicode Collation Algorithm).

Åland sorts with the letter A, except in languages such as Swedish, in which å follows z.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any


@cache
def _collator(locale: str) -> Any:  # icu has no types
    import icu  # imported late: it takes 20 ms and 12 MB, and many commands do not sort names

    return icu.Collator.createInstance(icu.Locale.forLanguageTag(locale))


@lru_cache(50_000)
def sort_key(name: str, locale: str) -> bytes:
    """Return the sort key of a name in a locale, a BCP 47 tag.

    A locale without a tailored order has the order of CLDR's root. Keys are cached, because the
    names of facets recur in each search.
    """
    return bytes(_collator(locale).getSortKey(name))


def load_collation() -> None:
    """Load the collation data. Otherwise sort_key() loads it on first use.

    Processes that are forked afterwards share the memory.
    """
    sort_key("", "en")
