"""Parse typed text to a query tree over the terms of indexer.text.analysis. Parsing never fails.

A text with explicit syntax is parsed strictly. All other text is plain: it is divided into words,
and dashes, brackets and single quotation marks are punctuation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from indexer.query.ast import And, MatchAll, Notice, Phrase, Query, Term
from indexer.query.near_misses import (
    LOWERCASE_OPERATORS,
    lowercase_operator_notices,
    with_exclusions,
    without_numbers,
)
from indexer.query.requests import may_be_request, topic
from indexer.query.sentences import clause_dashes, is_sentence, parentheses
from indexer.query.syntax import (
    MAX_DEPTH,
    MAX_TERMS,
    MIN_PREFIX_LENGTH,
    NEXT_OPERATOR,
    SyntaxParser,
    join,
    max_edits,
)
from indexer.query.words import word_leaves
from indexer.text.analysis import MAX_TERM_LENGTH, terms

__all__ = [
    "MAX_DEPTH",
    "MAX_QUERY_LENGTH",
    "MAX_SYNTAX_LENGTH",
    "MAX_TERMS",
    "MIN_PREFIX_LENGTH",
    "ParsedQuery",
    "max_edits",
    "parse",
]

MAX_QUERY_LENGTH = 4_000  # characters; the rest of a longer text is ignored
MAX_SYNTAX_LENGTH = 512  # characters; a longer text is parsed as plain text


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query, and notices about parts of the text that are read as plain words or ignored."""

    query: Query
    notices: tuple[Notice, ...] = ()
    text: str = field(default="", compare=False)  # as typed
    # Whether the text has no explicit syntax. The query is then MatchAll, a word or an And of
    # words: each a Term, or a Phrase of characters of a script without spaces.
    plain: bool = True


# Variants of syntax characters. Each is replaced by a single character, so that offsets are
# unchanged.
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
_SIMPLE_PHRASE = re.compile(r'"([a-z]+(?: [a-z]+)+)"')
# Matches every text with syntax or with a near miss.
_MAY_HAVE_SYNTAX = re.compile(
    r"""[()"*~:^?+\\]|(?:^|\s)[-\u2013\u2212]|\b(?:OR|AND|NOT)\b|(?i:\s(?:and|or|not)\s)"""
)
_MAY_HAVE_STRONG_SYNTAX = re.compile(r"[*~:]|\bOR\b")
_PIECE = re.compile(r"(?:NOT\s+)?\S{1,40}")
_OR = re.compile(r"(?<=\s)OR(?=\s)")
_AND = re.compile(r"(?<=\s)AND(?=\s)")


def parse(text: str) -> ParsedQuery:
    """Parse a text in the query language of the help page. Every text is a valid query."""
    # Cached: a text is searched again with other filters and on other pages.
    return _parse_short(text) if len(text) <= MAX_SYNTAX_LENGTH else _parse(text)


@lru_cache(500)
def _parse_short(text: str) -> ParsedQuery:
    return _parse(text)


def _parse(text: str) -> ParsedQuery:
    if len(text) <= MAX_SYNTAX_LENGTH and _LOWER_CASE_WORDS.fullmatch(text):
        words = text.split()  # the most frequent case, without a tokenizer
        if max(map(len, words)) <= MAX_TERM_LENGTH and not (
            _needs_tokenizer(words) or may_be_request(words[0], words[-1])
        ):
            leaves = tuple([Term(word) for word in words])
            return ParsedQuery(leaves[0] if len(leaves) == 1 else And(leaves), (), text)
    if len(text) <= MAX_SYNTAX_LENGTH and (phrase := _SIMPLE_PHRASE.fullmatch(text)):
        words = phrase[1].split()
        if len(words) <= MAX_TERMS and max(map(len, words)) <= MAX_TERM_LENGTH:
            return ParsedQuery(Phrase(tuple(words)), (), text, plain=False)
    read = text[:MAX_QUERY_LENGTH]
    if not read.isascii() or "\0" in read:
        read = read.translate(_ASCII_MARKS)
    notices: tuple[Notice, ...] = ()
    if len(text) > MAX_QUERY_LENGTH:
        notices = (Notice("query_too_long", {"limit": MAX_QUERY_LENGTH}),)
    if len(read) > MAX_SYNTAX_LENGTH:
        if _MAY_HAVE_STRONG_SYNTAX.search(read):
            parser = SyntaxParser(read, frozenset())
            parser.parse()
            if parser.has_strong_syntax:
                notices = (*notices, Notice("syntax_ignored", {"limit": MAX_SYNTAX_LENGTH}))
    elif _MAY_HAVE_SYNTAX.search(read):
        read, number_notices = without_numbers(with_exclusions(read))
        parser = _explicit_parser(read)
        notices = (*number_notices, *parser.notices)
        notices += tuple(
            lowercase_operator_notices(read, parser.lowercase_operators, parser.is_explicit)
        )
        if parser.is_passage_with_quotation:
            notices = (*notices, Notice("quotation_in_text"))
        elif parser.is_explicit:
            return ParsedQuery(parser.query, notices, text, plain=False)
        read = _AND.sub(lambda match: "   " if _is_between_words(match) else match[0], read)
    query = join(And, topic([*word_leaves(read)]))
    if query is None and read.strip():
        notices = (*notices, Notice("no_words"))
    return ParsedQuery(query or MatchAll(), notices, text)


def _needs_tokenizer(words: list[str]) -> bool:
    """Return whether there are consecutive numbers, as in 2 500, or a possible operator."""
    return not LOWERCASE_OPERATORS.isdisjoint(words) or any(
        left[-1].isdigit() and right.isdigit() for left, right in pairwise(words)
    )


def _is_between_words(match: re.Match[str]) -> bool:
    before, after = match.string[: match.start()], match.string[match.end() :]
    return bool(terms(before)) and bool(terms(after)) and not NEXT_OPERATOR.match(after)


def _offsets(pattern: re.Pattern[str], text: str) -> frozenset[int]:
    return frozenset(match.start() for match in pattern.finditer(text))


def _explicit_parser(text: str) -> SyntaxParser:
    """Return the parser that has read a text as a query with explicit syntax.

    A dash in a sentence is punctuation unless other syntax shows that the text is a query.
    """
    ignored = parentheses(text)
    notices: list[Notice] = []
    ors = _offsets(_OR, text) if "OR" in text else frozenset()
    if ors and not any(map(str.islower, text)) and is_sentence(text):
        ignored |= ors  # a heading in capitals
        notices.append(Notice("or_in_capitals"))
    parser = SyntaxParser(text, ignored)
    parser.parse()
    if parser.has_weak_syntax and not parser.has_strong_syntax and is_sentence(text):
        dashes = clause_dashes(text) - ignored
        for offset in sorted(dashes)[:1]:
            piece = _PIECE.match(text, offset)
            notices.append(Notice("dash_in_sentence", {"text": piece[0] if piece else ""}))
        parser = SyntaxParser(text, ignored | dashes, is_sentence=True)
        parser.parse()
    if parser.is_explicit and parser.term_count > MAX_TERMS:
        parser = SyntaxParser(text, parser.ignored, parser.is_sentence, MAX_TERMS)
        parser.parse()
    parser.notices[:0] = notices
    return parser
