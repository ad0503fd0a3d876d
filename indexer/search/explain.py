"""Why an activity was found: which words of a query stand in it, in which form and where; no engine is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.query.ast import (
    And,
    Fuzzy,
    InField,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Term,
    to_text,
)
from indexer.query.parser import parse
from indexer.query.plan import without_stop_words
from indexer.schema import FIELD, NOT_STATED, TEXT_FIELDS
from indexer.search.highlight import highlighter
from indexer.text.analysis import Token, tokenize

Form = Literal["exact", "accent", "stem", "prefix", "fuzzy", "value", "absent"]
AROUND = 36  # characters quoted on either side of a match


@dataclass(frozen=True, slots=True)
class TermMatch:
    """A word of a query in one form in one field of an activity.

    form: "exact" as typed, "accent" but for accents, width or the like, "stem" another form of the word, "prefix",
    "fuzzy"; "value" is a value of a facet; "absent" stands for an alternative that this activity does without.
    """

    word: str  # as it could be typed
    form: Form
    field: str = ""  # "title", "body" or the facet; "" where absent
    count: int = 0
    found: str = ""  # as it first stands there; of a facet, the label
    before: str = ""  # what stands around it
    after: str = ""


def explain(text: str, stored: Activity, vocabulary: Vocabulary) -> tuple[TermMatch, ...]:
    """What of a query's text is in an activity, in the query's order; empty for a query without words."""
    typed = {text[token.start : token.end].casefold() for token in tokenize(text)}
    found: dict[TermMatch, None] = {}
    for leaf, field in _leaves(without_stop_words(parse(text).query), None):
        if field is not None and FIELD[field].kind in ("keyword", "integer"):
            matches = list(_values(leaf, field, stored, vocabulary))
        else:
            matches = [
                m
                for name in (TEXT_FIELDS if field is None else [field])
                for m in _words(leaf, name, stored, typed)
            ]
        found.update(
            dict.fromkeys(
                matches
                or [TermMatch(to_text(leaf if field is None else InField(field, leaf)), "absent")]
            )
        )
    return tuple(found)


def _leaves(query: Query, field: str | None) -> Iterator[tuple[Query, str | None]]:
    """The words of a query that can be in an activity, with the field they are asked in."""
    match query:
        case And(children) | Or(children):
            for child in children:
                yield from _leaves(child, field)
        case InField(name, child):
            yield from _leaves(child, name)
        case Term() | Prefix() | Fuzzy() | Phrase() | Range():
            yield query, field
        case Not():
            return


def _values(
    leaf: Query, field: str, stored: Activity, vocabulary: Vocabulary
) -> Iterator[TermMatch]:
    values = stored.meta.get(field, ())
    word = to_text(InField(field, leaf))
    if isinstance(leaf, Range):
        found = [v for v in values if (leaf.low or 0) <= int(v) <= (leaf.high or 9999)]
    elif leaf == Term(NOT_STATED):
        found = [] if values else [NOT_STATED]
    else:
        keys = vocabulary.keys(field, leaf.text) if isinstance(leaf, Term) else ()
        found = [v for v in values if str(v) in keys]
    for value in found:
        yield TermMatch(word, "value", field, 1, vocabulary.label(field, value))


def _words(leaf: Query, field: str, stored: Activity, typed: set[str]) -> Iterator[TermMatch]:
    text = stored.text if field == "body" else "".join(map(str, stored.meta.get(field, ())))
    tokens = highlighter(leaf, stored.language).find(text)
    size = len(leaf.terms) if isinstance(leaf, Phrase) else 1
    by_form: dict[Form, list[tuple[int, int]]] = {}
    for n in range(0, len(tokens) - size + 1, size):
        run = tokens[n : n + size]
        by_form.setdefault(_form(leaf, run, text, typed), []).append((run[0].start, run[-1].end))
    for form, places in by_form.items():
        start, end = places[0]
        begin = 0 if start <= AROUND else text.find(" ", start - AROUND - 1, start) + 1 or start
        stop = (
            len(text)
            if len(text) - end <= AROUND
            else max(text.rfind(" ", end, end + AROUND + 1), end)
        )
        yield TermMatch(
            to_text(leaf),
            form,
            field,
            len(places),
            text[start:end],
            ("… " if begin else "") + text[begin:start],
            text[end:stop] + (" …" if stop < len(text) else ""),
        )


def _form(leaf: Query, run: list[Token], text: str, typed: set[str]) -> Form:
    if isinstance(leaf, Prefix):
        return "prefix"
    wanted = (
        leaf.terms
        if isinstance(leaf, Phrase)
        else (leaf.text,)
        if isinstance(leaf, Term | Fuzzy)
        else ()
    )
    if tuple(token.text for token in run) != wanted:
        return "fuzzy" if isinstance(leaf, Fuzzy) else "stem"
    return (
        "exact"
        if all(text[token.start : token.end].casefold() in typed for token in run)
        else "accent"
    )
