"""Explanations: which parts of a query match an activity, in which form and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.query.ast import Fuzzy, InField, Phrase, Prefix, Range, Term, to_text
from indexer.query.forms import NO_FORMS, FormKind, WordForm, WordForms
from indexer.query.optional_words import without_stop_words
from indexer.query.parser import ParsedQuery
from indexer.schema import FIELD, NOT_STATED, TEXT_FIELDS
from indexer.search.matcher import Leaf, leaf_of_form, leaves, matcher
from indexer.text.analysis import Token, fold, tokenize

Form = Literal["exact", "accent", "stem", "fuzzy", "value", "absent", FormKind]
CONTEXT_LENGTH = 36  # characters quoted on either side of a match


@dataclass(frozen=True, slots=True)
class TermMatch:
    """A part of a query that matches a field of an activity in one form.

    form is "exact" (as typed), "accent" (as typed except for accents, width and the like), "stem"
    (another form of the word), "prefix", "fuzzy", "value" (a value of a facet), "absent" (a word
    that the activity does not have), or the kind of a WordForm.
    """

    word: str  # in the query language
    form: Form
    field: str = ""  # "title", "body" or a facet; "" if absent
    count: int = 0  # occurrences in the field
    found: str = ""  # the first occurrence as written; of a facet, the label
    before: str = ""  # the text before the first occurrence
    after: str = ""


def explain(
    query: ParsedQuery, activity: Activity, vocabulary: Vocabulary, forms: WordForms = NO_FORMS
) -> tuple[TermMatch, ...]:
    """Return the matches of a query in an activity, in the order of the query.

    forms: further forms of the words of a plain query.
    """
    text = query.text
    typed_words = {text[token.start : token.end].casefold() for token in tokenize(text)}
    matches: dict[TermMatch, None] = {}  # without duplicates, in order
    for leaf, field in leaves(without_stop_words(query.query)):
        if field is not None and FIELD[field].kind in ("keyword", "integer"):
            leaf_matches = list(_value_matches(leaf, field, activity, vocabulary))
        else:
            fields = TEXT_FIELDS if field is None else [field]
            leaf_matches = [
                match
                for name in fields
                for match in _word_matches(leaf, name, activity, typed_words)
            ]
        if isinstance(leaf, Term) and field is None:
            for form in forms.get(leaf.text, ()):
                leaf_matches += _form_matches(leaf, form, activity, vocabulary)
        if not leaf_matches:
            word = to_text(leaf if field is None else InField(field, leaf))
            leaf_matches = [TermMatch(word, "absent")]
        matches.update(dict.fromkeys(leaf_matches))
    return tuple(matches)


def _value_matches(
    leaf: Leaf, field: str, activity: Activity, vocabulary: Vocabulary
) -> Iterator[TermMatch]:
    values = activity.meta.get(field, ())
    if isinstance(leaf, Range):
        matches = [v for v in values if (leaf.low or 0) <= int(v) <= (leaf.high or 9999)]
    elif isinstance(leaf, Term) and leaf.text == NOT_STATED:
        matches = [] if values else [NOT_STATED]
    else:
        keys = vocabulary.keys(field, leaf.text) if isinstance(leaf, Term) else ()
        matches = [v for v in values if str(v) in keys]
    word = to_text(InField(field, leaf))
    for value in matches:
        yield TermMatch(word, "value", field, 1, vocabulary.label(field, value))


def _form_matches(
    leaf: Term, form: WordForm, activity: Activity, vocabulary: Vocabulary
) -> Iterator[TermMatch]:
    """Yield the matches of a further form of a word."""
    word = to_text(leaf)
    for value in activity.meta.get(form.field, ()) if form.values else ():
        if str(value) in form.values:
            label = vocabulary.label(form.field, value)
            yield TermMatch(word, form.kind, form.field, 1, label)
    if not form.words:
        return
    matches = _text_matches(leaf_of_form(form), activity)
    if not matches and form.parts:
        by_part = [_text_matches(Term(fold(part), part), activity) for part in form.parts]
        matches = [first for first, *_ in by_part] if all(by_part) else []
    for match in matches:
        yield replace(match, word=word, form=form.kind)


def _text_matches(leaf: Term | Phrase | Prefix, activity: Activity) -> list[TermMatch]:
    """Return the matches of a word or phrase in the text fields."""
    return [match for field in TEXT_FIELDS for match in _word_matches(leaf, field, activity, set())]


def _word_matches(
    leaf: Leaf, field: str, activity: Activity, typed_words: set[str]
) -> Iterator[TermMatch]:
    """Yield a match for each form in which a word or phrase occurs in a text field."""
    text = activity.text if field == "body" else "".join(map(str, activity.meta.get(field, ())))
    tokens = matcher(leaf, activity.language).find(text)
    size = len(leaf.terms) if isinstance(leaf, Phrase) else 1
    by_form: dict[Form, list[tuple[int, int]]] = {}
    for n in range(0, len(tokens) - size + 1, size):
        run = tokens[n : n + size]
        form = _form(leaf, run, text, typed_words)
        by_form.setdefault(form, []).append((run[0].start, run[-1].end))
    for form, ranges in by_form.items():
        start, end = ranges[0]
        before, after = _context(text, start, end)
        yield TermMatch(to_text(leaf), form, field, len(ranges), text[start:end], before, after)


def _context(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the whole words around a range of a text, with "…" where the text continues."""
    first, last = 0, len(text)
    if start > CONTEXT_LENGTH:
        first = text.find(" ", start - CONTEXT_LENGTH - 1, start) + 1 or start
    if last - end > CONTEXT_LENGTH:
        last = max(text.rfind(" ", end, end + CONTEXT_LENGTH + 1), end)
    before = ("… " if first else "") + text[first:start]
    return before, text[end:last] + (" …" if last < len(text) else "")


def _form(leaf: Leaf, run: list[Token], text: str, typed_words: set[str]) -> Form:
    """Return the form in which consecutive words of a text match a leaf."""
    if isinstance(leaf, Prefix):
        return "prefix"
    terms: tuple[str, ...] = ()
    if isinstance(leaf, Phrase):
        terms = leaf.terms
    elif isinstance(leaf, Term | Fuzzy):
        terms = (leaf.text,)
    if tuple(token.text for token in run) != terms:
        return "fuzzy" if isinstance(leaf, Fuzzy) else "stem"
    as_typed = all(text[token.start : token.end].casefold() in typed_words for token in run)
    return "exact" if as_typed else "accent"
