"""Parse typed text to a query tree over the terms of indexer.text.analysis. Parsing never fails."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from indexer.query.ast import (
    And,
    Fuzzy,
    InField,
    MatchAll,
    Not,
    Notice,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Term,
)
from indexer.schema import FIELD, NOT_STATED, Value
from indexer.text.analysis import MAX_TERM_LENGTH, fold, terms

MAX_QUERY_LENGTH = 512  # characters; a longer text was pasted by mistake
MAX_TERMS = 64  # of one query
MAX_DEPTH = 20  # nested parentheses
MIN_PREFIX_LENGTH = 2  # letters; a single letter matches a tenth of the vocabulary


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query, and notices about the parts of the text that are taken as plain words or ignored."""

    query: Query
    notices: tuple[Notice, ...] = ()
    text: str = field(default="", compare=False)  # as typed


_QUOTES = re.compile("[\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02]")
_FIELD_PREFIX = re.compile(r"([a-z_]+):(?=[^\s)])")
_RANGE = re.compile(r"(\d{0,9})\.\.(\d{0,9})|(\d{1,9})")
_PLAIN_WORDS = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*")
_WORD = re.compile(r'(?:[^\s()"\\]|\\.)*\\?', re.DOTALL)  # escapes included; may be empty
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def max_edits(word: str) -> int:
    """Return the number of edits that a fuzzy word of this length allows."""
    return 0 if len(word) < 4 else 1 if len(word) <= 7 else 2


def parse(text: str) -> ParsedQuery:
    """Parse a text in the query language of the help page. Every text is a valid query."""
    return _Parser(text).parse()


class _Parser:
    """Recursive descent: a sequence of alternatives (OR) of operands."""

    def __init__(self, text: str) -> None:
        self.typed_text = text
        self.notices: list[Notice] = []
        if len(text) > MAX_QUERY_LENGTH:
            self.note("query_too_long", limit=MAX_QUERY_LENGTH)
            text = text[:MAX_QUERY_LENGTH]
        self.text = _QUOTES.sub('"', text)
        self.pos = 0
        self.terms_left = MAX_TERMS

    def note(self, code: str, **values: Value) -> None:
        notice = Notice(code, values)
        if notice not in self.notices:
            self.notices.append(notice)

    def parse(self) -> ParsedQuery:
        if _PLAIN_WORDS.fullmatch(self.text):  # the most frequent case, without a tokenizer
            words = self.text.split()
            if len(words) <= self.terms_left and max(map(len, words)) <= MAX_TERM_LENGTH:
                query = _join(And, [Term(word) for word in words])
                return ParsedQuery(query or MatchAll(), tuple(self.notices), self.typed_text)
        parts = [self.sequence(None, 0)]
        while self.pos < len(self.text):  # a sequence ends early only at an unmatched ")"
            self.note("unbalanced", mark=")")
            self.pos += 1
            parts.append(self.sequence(None, 0))
        query = _join(And, [part for part in parts if part is not None])
        if query is None and self.text.strip():
            self.note("no_words")
        return ParsedQuery(query or MatchAll(), tuple(self.notices), self.typed_text)

    def skip_space(self) -> None:
        while self.pos < len(self.text) and (
            self.text[self.pos].isspace() or self.text[self.pos] == "\0"
        ):
            self.pos += 1

    def at_or(self) -> bool:
        """Return whether the next token is an OR with an operand to its right."""
        rest = self.text[self.pos + 2 :]
        if self.text[self.pos : self.pos + 2] != "OR" or not (
            rest[:1].isspace() or rest[:1] in ("(", '"')
        ):
            return False
        rest = rest.lstrip()
        return bool(rest) and rest[0] != ")" and not re.match(r"OR(?![^\s()\"])", rest)

    def sequence(self, field: str | None, depth: int) -> Query | None:
        """Parse alternatives up to the end or a closing parenthesis."""
        children: list[Query] = []
        while True:
            self.skip_space()
            if self.pos >= len(self.text) or self.text[self.pos] == ")":
                return _join(And, children)
            operand = self.operand(field, depth)
            alternatives = [] if operand is None else [operand]
            while operand is not None:
                self.skip_space()
                if not self.at_or():
                    break
                or_pos = self.pos
                self.pos += 2
                self.skip_space()
                right = self.operand(field, depth)
                if right is None:  # nothing searchable to the right: OR is a word
                    alternatives.extend(self.leaf(self.text[or_pos : or_pos + 2], field))
                else:
                    alternatives.append(right)
            if (disjunction := _join(Or, alternatives)) is not None:
                children.append(disjunction)

    def operand(self, field: str | None, depth: int) -> Query | None:
        """Parse a word, phrase, group or field, optionally negated.

        Return None if it has nothing to search for.
        """
        negated = (
            self.text[self.pos] == "-"
            and self.text[self.pos + 1 : self.pos + 2] not in ("", ")")
            and not self.text[self.pos + 1].isspace()
        )
        if negated:
            self.pos += 1
        query = self.primary(field, depth)
        return Not(query) if negated and query is not None else query

    def primary(self, field: str | None, depth: int) -> Query | None:
        char = self.text[self.pos]
        if char == "(":
            return self.group(field, depth)
        if char == '"':
            return self.phrase(field)
        if field is None and (match := _FIELD_PREFIX.match(self.text, self.pos)):
            if match[1] in FIELD and FIELD[match[1]].kind != "stored":
                return self.in_field(match[1], match.end(), depth)
            self.note("unknown_field", field=match[1])
        return _join(And, list(self.leaf(self.word(), field)))

    def group(self, field: str | None, depth: int) -> Query | None:
        self.pos += 1
        if depth >= MAX_DEPTH:
            self.note("too_deep", limit=MAX_DEPTH)
            return None
        inside = self.sequence(field, depth + 1)
        if self.pos < len(self.text):
            self.pos += 1
        else:
            self.note("unbalanced", mark="(")
        return inside

    def phrase(self, field: str | None) -> Query | None:
        match = _QUOTED.match(self.text, self.pos)
        if match is None:
            self.note("unbalanced", mark='"')
            self.pos += 1
            return None
        inside = _ESCAPE.sub(r"\1", match[1])
        self.pos = match.end()
        if field is not None and FIELD[field].kind != "text":
            return self.value(field, inside)
        words = self.limit_terms(terms(inside))
        return Phrase(tuple(words)) if words else None

    def word(self) -> str:
        """Return the characters up to the next space, parenthesis or quote, with escapes."""
        match = _WORD.match(self.text, self.pos)
        assert match is not None  # the pattern also matches an empty text
        self.pos = match.end()
        return match[0]

    def limit_terms(self, words: list[str]) -> list[str]:
        """Count the words towards MAX_TERMS and drop those over the limit."""
        if len(words) > self.terms_left:
            self.note("too_many_terms", limit=MAX_TERMS)
            words = words[: self.terms_left]
        self.terms_left -= len(words)
        return words

    def leaf(self, raw: str, field: str | None) -> tuple[Query, ...]:
        """Return the term, prefix, fuzzy word or phrase for a word; () for punctuation."""
        mark = raw[-1:] if raw[-1:] in ("*", "~") and raw[-2:-1] != "\\" else ""
        text = _ESCAPE.sub(r"\1", raw[: len(raw) - len(mark)])
        if field is not None and FIELD[field].kind != "text":
            if mark:
                self.note("whole_values", field=field, text=raw)
            value = self.value(field, text)
            return () if value is None else (value,)
        words = self.limit_terms(terms(text))
        if not words:
            return ()
        if mark == "~" and len(words) == 1 and max_edits(words[0]):
            return (Fuzzy(words[0]),)
        if mark == "*" and len(words) == 1 and len(words[0]) >= MIN_PREFIX_LENGTH:
            return (Prefix(words[0]),)
        if mark:
            self.note("prefix_too_short" if mark == "*" else "fuzzy_too_short", text=raw)
        return (Term(words[0]) if len(words) == 1 else Phrase(tuple(words)),)

    def in_field(self, name: str, value_pos: int, depth: int) -> Query | None:
        """Parse field:value, field:"two words" or field:(a OR b)."""
        self.pos = value_pos
        query = self.primary(name, depth)
        return None if query is None else InField(name, query)

    def value(self, field: str, text: str) -> Query | None:
        """Return the folded value of a keyword or integer field. The planner resolves labels."""
        text = " ".join(fold(text).split())
        if not self.limit_terms([text] if text else []):
            return None
        if FIELD[field].kind == "keyword" or text == NOT_STATED:
            return Term(text)
        match = _RANGE.fullmatch(text)
        if match is None or text == "..":
            self.note("not_a_number", field=field, text=text)
            return Term(text)
        bounds = (match[3], match[3]) if match[3] else (match[1], match[2])
        low, high = (int(bound) if bound else None for bound in bounds)
        if low is not None and high is not None and low > high:
            self.note("range_reversed", low=high, high=low)
            low, high = high, low
        return Range(low, high)


def _join(kind: type[And | Or], children: list[Query]) -> Query | None:
    """Join the children, flattening nested nodes of the same kind; a single child stays alone."""
    flat: list[Query] = []
    for child in children:
        flat += child.children if isinstance(child, kind) else (child,)
    return kind(tuple(flat)) if len(flat) > 1 else flat[0] if flat else None
