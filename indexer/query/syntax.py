"""The parser of explicit syntax: phrases, OR, exclusions, groups, fields, * and ~."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
from indexer.query.near_misses import LOWERCASE_OPERATORS, word_notice
from indexer.query.sentences import DASHES
from indexer.query.words import typed_form, word_leaves
from indexer.query.years import match_range
from indexer.schema import FIELD, NOT_STATED, Value
from indexer.text.analysis import MAX_TERM_LENGTH, fold, terms

MAX_TERMS = 64  # of a query with explicit syntax
MIN_QUOTATION_WORDS = 8  # a shorter quotation is searched as a phrase
MIN_WORDS_BESIDE_QUOTATION = 4
MAX_DEPTH = 20  # nested parentheses
MIN_PREFIX_LENGTH = 2  # letters; a single letter matches a tenth of the vocabulary

_FIELD = re.compile(r"([A-Za-z_]+)([ \u00a0\u202f]?):(\s*)(?=[^\s)])")
_SUFFIX = re.compile(r"(?:~\d*(?:\.\d+)?|\*)(?=[\s)]|\Z)")  # after a phrase or group
_MARKED_WORD = re.compile(r"(.*?)([*~]?)[.,;:!]*", re.DOTALL)
_SIMPLE_WORD = re.compile(f"[a-z0-9]{{1,{MAX_TERM_LENGTH}}}")  # a word that is its only term
_WORD = re.compile(r'(?:[^\s()"\\]|\\.)*\\?', re.DOTALL)  # escapes included; may be empty
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_OPERAND = re.compile(r'\s+\\?(?:[-\u2013\u2212]?\\?[^\W_]|[-\u2013\u2212]?["(])|["(]')
# Tokens that cannot be the right operand of an operator.
NEXT_OPERATOR = re.compile(r"\s*(?:OR|AND)(?![^\s()\"])")


def max_edits(word: str) -> int:
    """Return the number of edits that a fuzzy word of this length allows."""
    return 0 if len(word) < 4 else 1 if len(word) <= 7 else 2


class SyntaxParser:
    """Recursive descent: a sequence of alternatives (OR) of operands."""

    def __init__(
        self,
        text: str,
        ignored: frozenset[int],
        is_sentence: bool = False,
        max_terms: int | None = None,
    ) -> None:
        self.text = text
        self.ignored = ignored  # offsets of dashes and operators that are text
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
        self.quoted_words = 0  # number of words in the longest phrase
        # "and", "or" and "not" in small letters between operands
        self.lowercase_operators: list[str] = []

    @property
    def is_explicit(self) -> bool:
        """Whether any syntax had an effect."""
        return self.has_strong_syntax or self.has_weak_syntax or self.has_phrase

    @property
    def is_passage_with_quotation(self) -> bool:
        """Whether the only syntax is a long quotation among other words, as in a pasted passage."""
        other_words = self.term_count - self.quoted_words
        return (
            not (self.has_strong_syntax or self.has_weak_syntax)
            and self.quoted_words >= MIN_QUOTATION_WORDS
            and other_words >= MIN_WORDS_BESIDE_QUOTATION
        )

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
        query = join(And, [part for part in parts if part is not None])
        if query is not None:
            self.query = query

    def skip_space(self) -> None:
        while self.pos < len(self.text) and self.text[self.pos].isspace():
            self.pos += 1

    def at_operator(self, operator: str) -> bool:
        """Return whether the next token is OR, AND or NOT with an operand to its right."""
        end = self.pos + len(operator)
        if self.pos in self.ignored or self.text[self.pos : end] != operator:
            return False
        if not _OPERAND.match(self.text, end):
            return False
        return not NEXT_OPERATOR.match(self.text, end)

    def sequence(self, field: str | None, depth: int) -> Query | None:
        """Parse alternatives up to the end or a closing parenthesis."""
        children: list[Query] = []
        while True:
            self.skip_space()
            if self.pos >= len(self.text) or self.text[self.pos] == ")":
                return join(And, children)
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
            if (disjunction := join(Or, alternatives)) is not None:
                children.append(disjunction)

    def operand(self, field: str | None, depth: int) -> Query | None:
        """Parse a word, phrase, group or field, optionally negated.

        Returns None if the operand has no searchable term.
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
        """Skip a dash or NOT directly before an operand. Return True if one was skipped."""
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
            elif is_spaced and self.is_sentence:
                self.note("field_in_sentence", field=match[1])
            else:
                return self.in_field(name, match.end(), depth, is_spaced)
        return join(And, [*self.leaf(self.word(), field)])

    def group(self, field: str | None, depth: int) -> Query | None:
        self.pos += 1
        if depth >= MAX_DEPTH:
            self.note("too_deep", limit=MAX_DEPTH)
            return None
        inside = self.sequence(field, depth + 1)
        if self.pos < len(self.text):
            self.pos += 1
            if match := _SUFFIX.match(self.text, self.pos):
                self.note("group_mark", mark=match[0])
                self.pos = match.end()
        else:
            self.note("unbalanced", mark="(")
        return inside

    def phrase(self, field: str | None) -> Query | None:
        # After a letter or digit, the mark means inches or closes a phrase.
        is_opening = self.pos == 0 or not self.text[self.pos - 1].isalnum()
        match = _QUOTED.match(self.text, self.pos) if is_opening else None
        if match is None:
            if is_opening:
                self.note("unbalanced", mark='"')
            self.pos += 1
            return None
        inside = _ESCAPE.sub(r"\1", match[1])
        self.pos = match.end()
        if suffix := _SUFFIX.match(self.text, self.pos):
            self.note("phrase_mark", text=match[0] + suffix[0], mark=suffix[0])
            self.pos = suffix.end()
        if field is not None and FIELD[field].kind != "text":
            return self.value(field, inside)
        words = terms(inside)
        words = words[: self.count_terms(len(words))]
        if not words:
            return None
        self.has_phrase = True
        self.quoted_words = max(self.quoted_words, len(words))
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
        is_text = field is None or FIELD[field].kind == "text"
        if is_text and _SIMPLE_WORD.fullmatch(raw) and raw not in LOWERCASE_OPERATORS:
            return (Term(raw),) if self.count_terms(1) else ()
        match = _MARKED_WORD.fullmatch(raw)
        text, mark = match.groups() if match and not match[1].endswith("\\") else (raw, "")
        if not mark:
            text = raw
        if field is not None and not is_text:
            if mark:
                self.note("whole_values", field=field, text=raw)
            value = self.value(field, _ESCAPE.sub(r"\1", text))
            return () if value is None else (value,)
        if raw.lower() in LOWERCASE_OPERATORS and not raw.isupper() and self.is_between(raw):
            self.lowercase_operators.append(raw.lower())
        if not self.is_sentence and (notice := word_notice(text)):
            self.note(notice.code, **notice.values)
        leaves: list[Query] = []
        of_text = (Term(text),) if _SIMPLE_WORD.fullmatch(text) else word_leaves(text)
        for leaf in of_text:
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

    def is_between(self, word: str) -> bool:
        """Return whether the word that was read last has other text before and after it."""
        before = self.text[: self.pos - len(word)]
        return bool(before.strip() and self.text[self.pos :].strip())

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
        folded = folded.rstrip(",;.") if folded[-1] in ",;" or folded[:-1].isdecimal() else folded
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


def join(kind: type[And | Or], children: Sequence[Query]) -> Query | None:
    """Join the children, flattening nested nodes of the same kind; a single child stays alone."""
    flat: list[Query] = []
    for child in children:
        flat += child.children if isinstance(child, kind) else (child,)
    return kind(tuple(flat)) if len(flat) > 1 else flat[0] if flat else None
