"""Parse typed text to a query tree over the terms of indexer.text.analysis. Parsing never fails.

A text with explicit syntax means exactly what it says. All other text is plain: its words, in
which dashes, brackets and stray quotation marks are punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

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
from indexer.query.sentences import DASHES, clause_dashes, is_sentence, parentheses
from indexer.query.words import typed_form, word_leaves
from indexer.query.years import match_range
from indexer.schema import FIELD, NOT_STATED, Value
from indexer.text.analysis import MAX_TERM_LENGTH, fold, terms

MAX_QUERY_LENGTH = 4_000  # characters; the rest of a longer text is not read
MAX_SYNTAX_LENGTH = 512  # characters; a longer text was pasted, and is plain
MAX_TERMS = 64  # of a query with explicit syntax
MAX_DEPTH = 20  # nested parentheses
MIN_PREFIX_LENGTH = 2  # letters; a single letter matches a tenth of the vocabulary


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query, and notices about the parts of the text that are taken as plain words or ignored."""

    query: Query
    notices: tuple[Notice, ...] = ()
    text: str = field(default="", compare=False)  # as typed
    # Whether the text has no explicit syntax. The query is then MatchAll, a word or an And of
    # words: each a Term, or a Phrase of characters of a script without spaces.
    plain: bool = True


# Characters of other keyboards, each replaced by one character, so that offsets stay the same.
_ASCII_MARKS = str.maketrans(
    {
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02", '"'),
        "\uff08": "(",
        "\uff09": ")",
        "\uff1a": ":",
        "\0": " ",
    }
)
_LOWER_CASE_WORDS = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*")
_FIELD = re.compile(r"([A-Za-z_]+)([ \u00a0\u202f]?):(\s*)(?=[^\s)])")
_AND = re.compile(r"(?<=\s)AND(?=\s)")
_WORD = re.compile(r'(?:[^\s()"\\]|\\.)*\\?', re.DOTALL)  # escapes included; may be empty
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_OPERAND = re.compile(r'\s+\\?(?:[-\u2013\u2212]?\\?[^\W_]|[-\u2013\u2212]?["(])|["(]')
_NEXT_OPERATOR = re.compile(r"\s*(?:OR|AND)(?![^\s()\"])")


def max_edits(word: str) -> int:
    """Return the number of edits that a fuzzy word of this length allows."""
    return 0 if len(word) < 4 else 1 if len(word) <= 7 else 2


def parse(text: str) -> ParsedQuery:
    """Parse a text in the query language of the help page. Every text is a valid query."""
    if len(text) <= MAX_SYNTAX_LENGTH and _LOWER_CASE_WORDS.fullmatch(text):
        words = text.split()  # the most frequent case, without a tokenizer
        if max(map(len, words)) <= MAX_TERM_LENGTH and not _has_digit_pairs(words):
            return ParsedQuery(_join(And, [Term(word) for word in words]) or MatchAll(), (), text)
    read = text[:MAX_QUERY_LENGTH].translate(_ASCII_MARKS)
    notices: tuple[Notice, ...] = ()
    if len(text) > MAX_QUERY_LENGTH:
        notices = (Notice("query_too_long", {"limit": MAX_QUERY_LENGTH}),)
    if len(read) <= MAX_SYNTAX_LENGTH:
        parser = _explicit_parser(read)
        if parser.is_explicit:
            return ParsedQuery(parser.query, tuple(parser.notices), text, plain=False)
        notices = tuple(parser.notices)
        read = _AND.sub(lambda match: "   " if _is_between_words(match) else match[0], read)
    query = _join(And, [*word_leaves(read)])
    if query is None and read.strip():
        notices = (*notices, Notice("no_words"))
    return ParsedQuery(query or MatchAll(), notices, text)


def _has_digit_pairs(words: list[str]) -> bool:
    """Return whether a number follows another, which text analysis may join: 2 500."""
    return any(left[-1].isdigit() and right.isdigit() for left, right in pairwise(words))


def _is_between_words(match: re.Match[str]) -> bool:
    before, after = match.string[: match.start()], match.string[match.end() :]
    return bool(terms(before)) and bool(terms(after)) and not _NEXT_OPERATOR.match(after)


def _explicit_parser(text: str) -> _Parser:
    """Return the parser that has read a text as a query with explicit syntax.

    A dash in a sentence is punctuation unless other syntax shows that the text is a query.
    """
    ignored = parentheses(text)
    parser = _Parser(text, ignored)
    parser.parse()
    if parser.has_weak_syntax and not parser.has_strong_syntax and is_sentence(text):
        parser = _Parser(text, ignored | clause_dashes(text), is_sentence=True)
        parser.parse()
    if parser.is_explicit and parser.term_count > MAX_TERMS:
        parser = _Parser(text, parser.ignored, parser.is_sentence, MAX_TERMS)
        parser.parse()
    return parser


class _Parser:
    """Recursive descent: a sequence of alternatives (OR) of operands."""

    def __init__(
        self,
        text: str,
        ignored: frozenset[int],
        is_sentence: bool = False,
        max_terms: int | None = None,
    ) -> None:
        self.text = text
        self.ignored = ignored  # offsets of dashes and NOT that are text
        self.is_sentence = is_sentence
        self.max_terms = max_terms
        self.query: Query = MatchAll()
        self.notices: list[Notice] = []
        self.pos = 0
        self.term_count = 0
        # OR, a field, *, ~ and a dash before a parenthesis or quotation mark are typed on purpose.
        self.has_strong_syntax = False
        self.has_weak_syntax = False  # other exclusions, and a field with a space after its colon
        self.has_phrase = False

    @property
    def is_explicit(self) -> bool:
        """Whether any syntax had an effect."""
        return self.has_strong_syntax or self.has_weak_syntax or self.has_phrase

    def note(self, code: str, **values: Value) -> None:
        notice = Notice(code, values)
        if notice not in self.notices:
            self.notices.append(notice)

    def parse(self) -> None:
        parts = [self.sequence(None, 0)]
        while self.pos < len(self.text):  # a sequence ends early only at an unmatched ")"
            self.note("unbalanced", mark=")")
            self.pos += 1
            parts.append(self.sequence(None, 0))
        query = _join(And, [part for part in parts if part is not None])
        if query is not None:
            self.query = query

    def skip_space(self) -> None:
        while self.pos < len(self.text) and self.text[self.pos].isspace():
            self.pos += 1

    def at_operator(self, operator: str) -> bool:
        """Return whether the next token is OR, AND or NOT with an operand to its right."""
        end = self.pos + len(operator)
        if self.text[self.pos : end] != operator or not _OPERAND.match(self.text, end):
            return False
        return not _NEXT_OPERATOR.match(self.text, end)

    def sequence(self, field: str | None, depth: int) -> Query | None:
        """Parse alternatives up to the end or a closing parenthesis."""
        children: list[Query] = []
        while True:
            self.skip_space()
            if self.pos >= len(self.text) or self.text[self.pos] == ")":
                return _join(And, children)
            if children and self.at_operator("AND"):
                self.pos += len("AND")
                continue
            operand = self.operand(field, depth)
            alternatives = [] if operand is None else [operand]
            while operand is not None:
                self.skip_space()
                if not self.at_operator("OR"):
                    break
                or_pos = self.pos
                self.pos += len("OR")
                self.skip_space()
                right = self.operand(field, depth)
                if right is None:  # nothing searchable to the right: OR is a word
                    alternatives.extend(self.leaf(self.text[or_pos : or_pos + 2], field))
                else:
                    self.has_strong_syntax = True
                    alternatives.append(right)
            if (disjunction := _join(Or, alternatives)) is not None:
                children.append(disjunction)

    def operand(self, field: str | None, depth: int) -> Query | None:
        """Parse a word, phrase, group or field, optionally negated.

        Return None if it has nothing to search for.
        """
        if not self.skip_negation():
            return self.primary(field, depth)
        is_deliberate = self.text[self.pos] in ('"', "(")
        query = self.primary(field, depth)
        if query is None:
            return None
        if is_deliberate:
            self.has_strong_syntax = True
        self.has_weak_syntax = True
        return Not(query)

    def skip_negation(self) -> bool:
        """Move past a dash or NOT directly before an operand. Return whether there is one."""
        if self.pos in self.ignored:
            return False
        if self.text[self.pos] in DASHES:
            before = self.text[self.pos - 1 : self.pos]
            after = self.text[self.pos + 1 : self.pos + 2]
            at_start = not before or before.isspace() or before == "("
            if at_start and (after.isalnum() or (after in ('"', "(", "\\") and after)):
                self.pos += 1
                return True
        elif self.at_operator("NOT"):
            self.pos += len("NOT")
            self.skip_space()
            return True
        return False

    def primary(self, field: str | None, depth: int) -> Query | None:
        char = self.text[self.pos]
        if char == "(":
            return self.group(field, depth)
        if char == '"':
            return self.phrase(field)
        if field is None and (match := _FIELD.match(self.text, self.pos)):
            name = match[1].lower()
            is_spaced = bool(match[2] or match[3])
            if name not in FIELD or FIELD[name].kind == "stored":
                if not is_spaced and not self.text.startswith("//", match.end()):
                    self.note("unknown_field", field=match[1])
            elif not (is_spaced and self.is_sentence):
                return self.in_field(name, match.end(), depth, is_spaced)
        return _join(And, [*self.leaf(self.word(), field)])

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
        # After a letter or digit, the mark is that of an inch or closes a phrase.
        is_opening = self.pos == 0 or not self.text[self.pos - 1].isalnum()
        match = _QUOTED.match(self.text, self.pos) if is_opening else None
        if match is None:
            if is_opening:
                self.note("unbalanced", mark='"')
            self.pos += 1
            return None
        inside = _ESCAPE.sub(r"\1", match[1])
        self.pos = match.end()
        if field is not None and FIELD[field].kind != "text":
            return self.value(field, inside)
        words = terms(inside)
        words = words[: self.count_terms(len(words))]
        if not words:
            return None
        self.has_phrase = True
        return Phrase(tuple(words))

    def word(self) -> str:
        """Return the characters up to the next space, parenthesis or quote, with escapes."""
        match = _WORD.match(self.text, self.pos)
        assert match is not None  # the pattern also matches an empty text
        self.pos = match.end()
        return match[0]

    def count_terms(self, count: int) -> int:
        """Count terms towards the limit. Return the number of them that it allows."""
        self.term_count += count
        if self.max_terms is None or self.term_count <= self.max_terms:
            return count
        self.note("too_many_terms", limit=self.max_terms)
        return max(0, count - (self.term_count - self.max_terms))

    def leaf(self, raw: str, field: str | None) -> tuple[Query, ...]:
        """Return the terms of a word, the last of which may be a prefix or a fuzzy word."""
        mark = raw[-1:] if raw[-1:] in ("*", "~") and raw[-2:-1] != "\\" else ""
        text = raw[: len(raw) - len(mark)]
        if field is not None and FIELD[field].kind != "text":
            if mark:
                self.note("whole_values", field=field, text=raw)
            value = self.value(field, _ESCAPE.sub(r"\1", text))
            return () if value is None else (value,)
        leaves: list[Query] = []
        for leaf in word_leaves(text):
            size = len(leaf.terms) if isinstance(leaf, Phrase) else 1
            if self.count_terms(size) == size:
                leaves.append(leaf)
        last = leaves[-1] if leaves else None
        if mark and isinstance(last, Term):
            if mark == "~" and max_edits(last.text):
                leaves[-1] = Fuzzy(last.text)
            elif mark == "*" and len(last.text) >= MIN_PREFIX_LENGTH:
                leaves[-1] = Prefix(last.text)
        if leaves and isinstance(leaves[-1], Prefix | Fuzzy):
            self.has_strong_syntax = True
        elif mark and leaves:
            self.note("prefix_too_short" if mark == "*" else "fuzzy_too_short", text=raw)
        return tuple(leaves)

    def in_field(self, name: str, value_pos: int, depth: int, is_spaced: bool) -> Query | None:
        """Parse field:value, field:"two words" or field:(a OR b)."""
        self.pos = value_pos
        bounds = match_range(self.text, value_pos) if FIELD[name].kind == "integer" else None
        query: Query | None
        if bounds is not None and self.count_terms(1):
            self.pos = bounds[1]
            query = self.ordered(bounds[0])
        else:
            query = self.primary(name, depth)
        if query is None:
            return None
        if is_spaced:
            self.has_weak_syntax = True
        else:
            self.has_strong_syntax = True
        return InField(name, query)

    def value(self, field: str, text: str) -> Query | None:
        """Return the folded value of a keyword or integer field. The planner resolves labels."""
        text = " ".join(text.replace("\u00ad", "").split())
        folded = " ".join(fold(text).split())
        if not folded or not self.count_terms(1):
            return None
        if FIELD[field].kind == "keyword" or folded == NOT_STATED:
            return Term(folded, typed_form(text, folded))
        bounds = match_range(folded)
        if bounds is None or bounds[1] < len(folded):
            self.note("not_a_number", field=field, text=text)
            return Term(folded, typed_form(text, folded))
        return self.ordered(bounds[0])

    def ordered(self, bounds: Range) -> Range:
        """Return a range with its ends in order."""
        low, high = bounds.low, bounds.high
        if low is None or high is None or low <= high:
            return bounds
        self.note("range_reversed", low=high, high=low)
        return Range(high, low)


def _join(kind: type[And | Or], children: Sequence[Query]) -> Query | None:
    """Join the children, flattening nested nodes of the same kind; a single child stays alone."""
    flat: list[Query] = []
    for child in children:
        flat += child.children if isinstance(child, kind) else (child,)
    return kind(tuple(flat)) if len(flat) > 1 else flat[0] if flat else None
