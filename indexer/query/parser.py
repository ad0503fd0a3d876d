"""What a person typed -> a query tree over the terms of analysis.py; never raises."""

from __future__ import annotations

import re
from dataclasses import dataclass

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
from indexer.text.analysis import MAX_TERM, fold, terms

MAX_QUERY_LENGTH = 512  # characters; longer is pasted text
MAX_TERMS = 64
MAX_DEPTH = 20
MIN_PREFIX_LENGTH = 2  # letters; one letter stands for a tenth of the vocabulary


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query, and what of the text was not understood and so taken as typed."""

    query: Query
    notices: tuple[Notice, ...] = ()


_QUOTES = re.compile("[\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02]")
_FIELD = re.compile(r"([a-z_]+):(?=[^\s)])")
_RANGE = re.compile(r"(\d{0,9})\.\.(\d{0,9})|(\d{1,9})")
_WORDS = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*")
_WORD = re.compile(r'(?:[^\s()"\\]|\\.)*\\?', re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def max_edits(word: str) -> int:
    """How many edits a fuzzy word of this length may differ by."""
    return 0 if len(word) < 4 else 1 if len(word) <= 7 else 2


def parse(text: str) -> ParsedQuery:
    """The query for a text, by the language of the help page. Any text at all is a query."""
    return _Parser(text).parse()


class _Parser:
    """Recursive descent over the text: a sequence of alternatives of operands."""

    def __init__(self, text: str) -> None:
        self.notices: list[Notice] = []
        if len(text) > MAX_QUERY_LENGTH:
            self.note("query_too_long", limit=MAX_QUERY_LENGTH)
            text = text[:MAX_QUERY_LENGTH]
        self.text = _QUOTES.sub('"', text)
        self.at = 0
        self.terms_left = MAX_TERMS

    def note(self, code: str, **values: Value) -> None:
        notice = Notice(code, values)
        if notice not in self.notices:
            self.notices.append(notice)

    def parse(self) -> ParsedQuery:
        if _WORDS.fullmatch(self.text):  # nothing but words, as most of what is typed
            words = self.text.split()
            if len(words) <= self.terms_left and max(map(len, words)) <= MAX_TERM:
                return ParsedQuery(
                    _joined(And, [Term(word) for word in words]) or MatchAll(), tuple(self.notices)
                )
        parts = [self.sequence(None, 0)]
        while self.at < len(self.text):  # only a ")" too many ends a sequence early
            self.note("unbalanced", mark=")")
            self.at += 1
            parts.append(self.sequence(None, 0))
        found = _joined(And, [p for p in parts if p is not None])
        if found is None and self.text.strip():
            self.note("no_words")
        return ParsedQuery(found or MatchAll(), tuple(self.notices))

    def skip_space(self) -> None:
        while self.at < len(self.text) and (
            self.text[self.at].isspace() or self.text[self.at] == "\0"
        ):
            self.at += 1

    def at_or(self) -> bool:
        """Whether an OR with something to its right stands here."""
        rest = self.text[self.at + 2 :]
        if self.text[self.at : self.at + 2] != "OR" or not (
            rest[:1].isspace() or rest[:1] in ("(", '"')
        ):
            return False
        rest = rest.lstrip()
        return bool(rest) and rest[0] != ")" and not re.match(r"OR(?![^\s()\"])", rest)

    def sequence(self, field: str | None, depth: int) -> Query | None:
        """Alternatives side by side, up to the end or a closing parenthesis."""
        found: list[Query] = []
        while True:
            self.skip_space()
            if self.at >= len(self.text) or self.text[self.at] == ")":
                return _joined(And, found)
            operand = self.operand(field, depth)
            alternatives = [] if operand is None else [operand]
            while operand is not None:
                self.skip_space()
                if not self.at_or():
                    break
                before, self.at = self.at, self.at + 2
                self.skip_space()
                right = self.operand(field, depth)
                if right is None:  # nothing searchable to the right: the OR was a word
                    alternatives.extend(self.leaf(self.text[before : before + 2], field))
                else:
                    alternatives.append(right)
            if (either := _joined(Or, alternatives)) is not None:
                found.append(either)

    def operand(self, field: str | None, depth: int) -> Query | None:
        """One word, phrase, group or field, perhaps negated; None where nothing of it is searchable."""
        negated = (
            self.text[self.at] == "-"
            and self.text[self.at + 1 : self.at + 2] not in ("", ")")
            and not self.text[self.at + 1].isspace()
        )
        if negated:
            self.at += 1
        found = self.primary(field, depth)
        return Not(found) if negated and found is not None else found

    def primary(self, field: str | None, depth: int) -> Query | None:
        char = self.text[self.at]
        if char == "(":
            return self.group(field, depth)
        if char == '"':
            return self.phrase(field)
        if field is None and (match := _FIELD.match(self.text, self.at)):
            if match[1] in FIELD and FIELD[match[1]].kind != "stored":
                return self.in_field(match[1], match.end(), depth)
            self.note("unknown_field", field=match[1])
        return _joined(And, list(self.leaf(self.word(), field)))

    def group(self, field: str | None, depth: int) -> Query | None:
        self.at += 1
        if depth >= MAX_DEPTH:
            self.note("too_deep", limit=MAX_DEPTH)
            return None
        inside = self.sequence(field, depth + 1)
        if self.at < len(self.text):
            self.at += 1
        else:
            self.note("unbalanced", mark="(")
        return inside

    def phrase(self, field: str | None) -> Query | None:
        quoted = _QUOTED.match(self.text, self.at)
        if quoted is None:
            self.note("unbalanced", mark='"')
            self.at += 1
            return None
        inside = _ESCAPED.sub(r"\1", quoted[1])
        self.at = quoted.end()
        if field is not None and FIELD[field].kind != "text":
            return self.key(field, inside)
        found = self.counted(terms(inside))
        return Phrase(tuple(found)) if found else None

    def word(self) -> str:
        """The characters up to a space or mark, escapes kept."""
        found = _WORD.match(self.text, self.at)
        assert found is not None  # it matches nothing at all, too
        self.at = found.end()
        return found[0]

    def counted(self, found: list[str]) -> list[str]:
        """As many of the terms as the limit leaves."""
        if len(found) > self.terms_left:
            self.note("too_many_terms", limit=MAX_TERMS)
            found = found[: self.terms_left]
        self.terms_left -= len(found)
        return found

    def leaf(self, raw: str, field: str | None) -> tuple[Query, ...]:
        """A word as a term, prefix, fuzzy word or phrase of its parts; nothing for punctuation."""
        mark = raw[-1:] if raw[-1:] in ("*", "~") and raw[-2:-1] != "\\" else ""
        text = _ESCAPED.sub(r"\1", raw[: len(raw) - len(mark)])
        if field is not None and FIELD[field].kind != "text":
            if mark:
                self.note("whole_values", field=field, text=raw)
            key = self.key(field, text)
            return () if key is None else (key,)
        found = self.counted(terms(text))
        if not found:
            return ()
        if mark == "~" and len(found) == 1 and max_edits(found[0]):
            return (Fuzzy(found[0]),)
        if mark == "*" and len(found) == 1 and len(found[0]) >= MIN_PREFIX_LENGTH:
            return (Prefix(found[0]),)
        if mark:
            self.note("prefix_too_short" if mark == "*" else "fuzzy_too_short", text=raw)
        return (Term(found[0]) if len(found) == 1 else Phrase(tuple(found)),)

    def in_field(self, name: str, value_at: int, depth: int) -> Query | None:
        """field:value, field:"two words" or field:(a OR b)."""
        self.at = value_at
        found = self.primary(name, depth)
        return None if found is None else InField(name, found)

    def key(self, field: str, text: str) -> Query | None:
        """The value of a keyword or integer field, as typed but folded: labels are looked up later."""
        text = " ".join(fold(text).split())
        if not self.counted([text] if text else []):
            return None
        if FIELD[field].kind == "keyword" or text == NOT_STATED:
            return Term(text)
        match = _RANGE.fullmatch(text)
        if match is None or text == "..":
            self.note("not_a_number", field=field, text=text)
            return Term(text)
        low, high = (
            int(n) if n else None
            for n in ((match[3], match[3]) if match[3] else (match[1], match[2]))
        )
        if low is not None and high is not None and low > high:
            self.note("range_reversed", low=high, high=low)
            low, high = high, low
        return Range(low, high)


def _joined(kind: type[And | Or], children: list[Query]) -> Query | None:
    flat = [
        c for child in children for c in (child.children if isinstance(child, kind) else (child,))
    ]
    return kind(tuple(flat)) if len(flat) > 1 else flat[0] if flat else None
