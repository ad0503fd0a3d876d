"""Stop words of a query: words that need not match in activities in their language."""

from __future__ import annotations

from collections.abc import Iterable

from indexer.query.ast import And, Not, Query, Term
from indexer.text.analysis import stop_word_languages

ACRONYMS = frozenset({"UN", "US", "WHO", "IT"})  # in lower case, stop words of some languages


def stop_languages(term: Term) -> frozenset[str]:
    """Return the languages in which a word of a query is a stop word.

    An acronym in capitals is a word in every language.
    """
    return frozenset() if term.typed in ACRONYMS else stop_word_languages(term.text)


def is_only_stop_words(queries: Iterable[Query]) -> bool:
    """Return whether every part of a conjunction is a stop word or an exclusion."""
    return all(
        isinstance(query, Not) or (isinstance(query, Term) and bool(stop_languages(query)))
        for query in queries
    )


def without_stop_words(query: Query) -> Query:
    """Return a conjunction without its English stop words.

    The conjunction is returned unchanged if only negations would remain.
    """
    if not isinstance(query, And):
        return query
    children = tuple(
        child
        for child in query.children
        if not (isinstance(child, Term) and "en" in stop_languages(child))
    )
    if all(isinstance(child, Not) for child in children):
        return query
    return children[0] if len(children) == 1 else And(children)
