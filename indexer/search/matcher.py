"""Matcher: the words of a stored text that match a query, found without an engine.

Highlighting and explanations both use it, so that they agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from operator import attrgetter

from rapidfuzz.distance import OSA

from indexer.engines.budget import spend
from indexer.query.ast import And, Fuzzy, InField, Or, Phrase, Prefix, Query, Range, Term
from indexer.query.forms import WordForm, WordForms
from indexer.query.parser import max_edits
from indexer.text.analysis import (
    Token,
    ascii_words,
    can_stem,
    fold,
    irregular_forms,
    is_stop_word,
    primary_subtag,
    stem,
    tokenize,
)

Leaf = Term | Prefix | Fuzzy | Phrase | Range

CHARACTERS_PER_POSTING = 20  # of a text that is searched for one word
TOKENIZING_POSTINGS = 200  # for as many characters, if all words of the text are read

# Faster than Token(), which a page of results calls for each match in each text.
_new_token: Callable[[type[Token], tuple[str, int, int, str]], Token] = tuple.__new__
_START = attrgetter("start")
_WORD_REST = re.compile(r"[a-z0-9]*")
_GAP = re.compile(r"[^a-z0-9]+")


def leaves(query: Query, field: str | None = None) -> Iterator[tuple[Leaf, str | None]]:
    """Yield each leaf outside negations, in order, with the field it is searched in, or None."""
    match query:
        case And(children) | Or(children):
            for child in children:
                yield from leaves(child, field)
        case InField(name, child):
            yield from leaves(child, name)
        case Term() | Prefix() | Fuzzy() | Phrase() | Range():
            yield query, field


def query_with_forms(query: Query, forms: WordForms) -> Query:
    """Return a query that also has the words of forms, for a Matcher."""
    leaves = dict.fromkeys(
        leaf_of_form(form) for word_forms in forms.values() for form in word_forms if form.words
    )
    return And((query, Or(tuple(leaves)))) if leaves else query


def leaf_of_form(form: WordForm) -> Term | Phrase | Prefix:
    """Return the leaf that matches the words of a form."""
    words = tuple(map(fold, form.words))
    if form.kind == "prefix":
        return Prefix(words[0])
    return Term(words[0]) if len(words) == 1 else Phrase(words)


class Matcher:
    """Finds the words that match a query in texts of one language.

    Only leaves that search the body match. Stop words of the language are ignored if the query
    has other leaves.
    """

    def __init__(self, query: Query, language: str) -> None:
        self._language = language if can_stem(language) else ""
        body, content = [], []
        for leaf, field in leaves(query):
            if field in (None, "body") and not isinstance(leaf, Range):
                body.append(leaf)
                if not (isinstance(leaf, Term) and is_stop_word(leaf.text, language)):
                    content.append(leaf)
        self._single: list[Term | Prefix | Fuzzy] = []
        self._phrases: list[tuple[str, ...]] = []
        self._expanding: list[Prefix | Fuzzy] = []
        self._words: set[str] = set()
        self._stems: set[str] = set()
        for leaf in content or body:
            if isinstance(leaf, Phrase):
                self._phrases.append(leaf.terms)
                continue
            self._single.append(leaf)
            if not isinstance(leaf, Term):
                self._expanding.append(leaf)
                continue
            self._words.add(leaf.text)
            if self._language:
                self._stems.add(stem(leaf.typed or leaf.text, language))
        self._is_match: dict[str, bool] = {}  # by lower-case word
        searched = chain([leaf.text for leaf in self._single], *self._phrases)
        self._may_have_digits = not "".join(searched).isalpha()
        self._prefixes = self._common_prefixes()
        # The only prefix of matching ASCII words; "" if there are several, or phrases.
        self._only_prefix = ""
        if self._prefixes is not None and len(self._prefixes) == 1 and not self._phrases:
            self._only_prefix = self._prefixes[0]
        # The work for a text, in postings for each CHARACTERS_PER_POSTING characters.
        passes = len(self._prefixes or ()) + len(self._phrases) + 4 * len(self._expanding)
        self._work = passes + (0 if self._prefixes is not None else TOKENIZING_POSTINGS)

    def find(self, text: str) -> list[Token]:
        """Return the matching words of a text in order, without duplicates. Counts as work."""
        if not self._single and not self._phrases:
            return []
        spend(self._work * len(text) // CHARACTERS_PER_POSTING)
        if self._prefixes is not None:
            ascii = ascii_words(text, self._may_have_digits)
            if ascii is not None:
                lowered, different = ascii
                if self._only_prefix and not different:
                    return self._find_prefix(lowered, self._only_prefix)
                return self._find_in_ascii(lowered, different, self._prefixes)
        tokens = list(tokenize(text))
        matches = {n for n, token in enumerate(tokens) if self._matches(token.word)}
        texts = [token.text for token in tokens] if self._phrases else []
        for words in self._phrases:
            for n in range(len(texts) - len(words) + 1):
                if texts[n : n + len(words)] == list(words):
                    matches.update(range(n, n + len(words)))
        return [tokens[n] for n in sorted(matches)]

    def _find_in_ascii(
        self, text: str, different: Sequence[Token], prefixes: list[str]
    ) -> list[Token]:
        """Do the same in the result of ascii_words(). Reads only words with a given prefix."""
        tokens = [token for prefix in prefixes for token in self._find_prefix(text, prefix)]
        if not self._phrases and not different:
            return sorted(tokens, key=_START)
        matches = {}
        for words in self._phrases:
            for token in _find_phrase(text, words):
                matches[token.start] = token
        if len(self._phrases) == 1 and not tokens and not different:
            return list(matches.values())  # already in order
        in_phrases = set(matches) if different else ()
        for token in tokens:
            matches[token.start] = token
        for token in different:
            if token.start in in_phrases or self._matches(token.word):
                matches[token.start] = token
            else:
                matches.pop(token.start, None)
        return [matches[start] for start in sorted(matches)]

    def _find_prefix(self, text: str, prefix: str) -> list[Token]:
        """Return the matching words with a prefix in a lower-case ASCII text, in order."""
        rest, is_match, find = _WORD_REST.match, self._is_match, text.find
        tokens = []
        start = find(prefix)
        while start >= 0:
            if start and text[start - 1].isalnum():  # inside a word
                start = find(prefix, start + 1)
                continue
            word = rest(text, start)[0]  # type: ignore[index]
            end = start + len(word)
            if (matches := is_match.get(word)) is None:
                matches = self._matches(word)
            if matches:
                tokens.append(_new_token(Token, (word, start, end, word)))
            start = find(prefix, end)
        return tokens

    def _matches(self, word: str) -> bool:
        """Return whether a lower-case word matches a term, prefix or fuzzy word of the query."""
        if (cached := self._is_match.get(word)) is not None:
            return cached
        term = fold(word)
        is_match = (
            term in self._words
            or any(_expands_to(leaf, term) for leaf in self._expanding)
            or (bool(self._stems) and stem(word, self._language) in self._stems)
        )
        self._is_match[word] = is_match
        return is_match

    def _common_prefixes(self) -> list[str] | None:
        """Return prefixes of which every matching ASCII word has one; None if not computable."""
        prefixes: set[str] = set()
        for leaf in self._single:
            if isinstance(leaf, Term) and self._language:
                if primary_subtag(self._language) != "en":
                    return None
                tagged = stem(leaf.text, "en")
                prefixes.add(_prefix_of_forms(tagged))
                prefixes.add(leaf.text)
                prefixes.update(irregular_forms(tagged))
            else:
                prefixes.add(leaf.text[:1] if isinstance(leaf, Fuzzy) else leaf.text)
        if not "".join(chain(prefixes, *self._phrases)).isascii():
            return None
        shortest: list[str] = []
        for prefix in sorted(prefixes):  # a prefix sorts before the words that it begins
            if not shortest or not prefix.startswith(shortest[-1]):
                shortest.append(prefix)
        return shortest


def _prefix_of_forms(tagged_stem: str) -> str:
    """Return a prefix that all words with a tagged English stem have, except irregular forms.

    Porter2 changes at most the last letter of the part of a word that it keeps (happy, happi),
    except in dying (die) and words like it.
    """
    root = tagged_stem.partition(":")[2]
    length = len(root) - (2 if root.endswith("ie") else 1)
    return root[: max(1, length)]


def _expands_to(leaf: Prefix | Fuzzy, word: str) -> bool:
    """Return whether a prefix or fuzzy word matches a word."""
    if isinstance(leaf, Prefix):
        return word.startswith(leaf.text)
    if word[:1] != leaf.text[:1]:
        return False
    edits = max_edits(leaf.text)
    return OSA.distance(word, leaf.text, score_cutoff=edits) <= edits


def _find_phrase(text: str, words: Sequence[str]) -> Iterator[Token]:
    """Yield the words of every occurrence of a phrase in a lower-case ASCII text.

    Compiling a regular expression for the phrase would take longer than searching ten texts.
    """
    first, *others = words
    find, gap_at = text.find, _GAP.match
    start = find(first)
    while start >= 0:
        end = start + len(first)
        if not (start and text[start - 1].isalnum()):  # not inside a word
            tokens = [_new_token(Token, (first, start, end, first))]
            for word in others:
                gap = gap_at(text, end)
                if gap is None or not text.startswith(word, pos := gap.end()):
                    break
                end = pos + len(word)
                tokens.append(_new_token(Token, (word, pos, end, word)))
            else:
                if not text[end : end + 1].isalnum():
                    yield from tokens
        start = find(first, start + 1)


@lru_cache(256)
def matcher(query: Query, language: str) -> Matcher:
    """Return the matcher for a query and a language, cached with the words it has seen."""
    return Matcher(query, language)


class Matchers(dict[str, Matcher]):
    """The matchers of one query by language, without hashing the query for every hit."""

    def __init__(self, query: Query) -> None:
        super().__init__()
        self._query = query

    def __missing__(self, language: str) -> Matcher:
        value = self[language] = matcher(self._query, language)
        return value
