"""Synonyms: terms that are searched in addition to the words of a query.

The editors keep them in content/_synonyms.yaml. They apply to queries only, so that a change needs
no reindexing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from indexer.content.activity import InvalidActivity
from indexer.content.settings_file import SettingsFile, read_settings_file
from indexer.content.synonym_file import (
    Alternative,
    SynonymFile,
    alternatives_of,
    parse_synonyms,
)
from indexer.content.synonym_terms import (
    STOP_WORDS_KEYS,
    SynonymTerm,
    folded_word,
    is_ignored,
    word_keys,
)
from indexer.text.folding import fold

SYNONYMS_FILE = "_synonyms.yaml"


class SynonymMatch(NamedTuple):
    """A term of the file in the words of a query: words[start:end]."""

    start: int
    end: int
    alternatives: tuple[Alternative, ...]  # synonyms first


class Synonyms:
    """Finds the terms of content/_synonyms.yaml in the words of a query. Immutable."""

    def __init__(self, file: SynonymFile | None = None) -> None:
        """Build the lookup tables from a file. Without a file nothing matches."""
        # By the key of the first word of a term, the terms with most words first.
        self._terms: dict[str, list[tuple[SynonymTerm, list[Alternative]]]] = {}
        for term, alternatives in alternatives_of(file or SynonymFile()):
            if alternatives:
                for key in {*term.keys[0]}:
                    self._terms.setdefault(key, []).append((term, alternatives))
        for terms in self._terms.values():
            terms.sort(key=lambda item: len(item[0].keys), reverse=True)
        # The languages of the terms, by letter. Words in other scripts need no stemming.
        languages: defaultdict[str, set[str]] = defaultdict(set)
        for term, _ in chain.from_iterable(self._terms.values()):
            for letter in set(fold(term.text)):
                languages[letter].add(term.language)
        self._languages = {letter: tuple(sorted(tags)) for letter, tags in languages.items()}

    @classmethod
    def load(cls, content: Path) -> Synonyms:
        """Load content/_synonyms.yaml. Without the file the result is empty.

        Raises InvalidActivity with the first error of the file.
        """
        return cls(load_synonym_file(content))

    @classmethod
    def parse(cls, text: str, path: str) -> Synonyms:
        """Parse the text of a file. Raises InvalidActivity with its first error."""
        file, errors = _parse(text, path)
        if errors:
            raise errors[0]
        return cls(file)

    def find(self, words: Sequence[str]) -> tuple[SynonymMatch, ...]:
        """Return the terms in the words of a query, from left to right, without overlaps.

        The longest term at each word wins. Words match in any inflection, and stop words inside a
        term may differ or be missing. Pass the words as typed: a term that needs capitals does not
        match folded words.
        """
        if not self._terms:
            return ()
        keys = [word_keys(word, self._languages.get(fold(word)[:1], ())) for word in words]
        matches = []
        at = 0
        while at < len(words):
            match = self._longest_match(words, keys, at)
            if match is not None:
                matches.append(match)
            at = match.end if match else at + 1
        return tuple(matches)

    def _longest_match(
        self, words: Sequence[str], keys: Sequence[frozenset[str]], start: int
    ) -> SynonymMatch | None:
        """Return the longest term at a word, merging equal terms of several languages."""
        end = start
        alternatives: dict[tuple[str, ...], Alternative] = {}
        for key in sorted(keys[start] & self._terms.keys()):  # the same order in all processes
            for term, term_alternatives in self._terms[key]:
                term_end = _match_end(term, words, keys, start)
                if term_end is None or term_end < end:
                    continue
                if term_end > end:
                    end, alternatives = term_end, {}
                for alternative in term_alternatives:
                    folded = tuple(fold(word) for word in alternative.words)
                    best = alternatives.get(folded)
                    if best is None or _precedes(alternative, best):
                        alternatives[folded] = alternative
        if not alternatives:
            return None
        by_weight = sorted(alternatives.values(), key=lambda a: (-a.weight, a.reason))
        return SynonymMatch(start, end, tuple(by_weight))


def _precedes(alternative: Alternative, other: Alternative) -> bool:
    """Return whether an alternative with the same words has a higher weight or no language."""
    return (alternative.weight, not alternative.language) > (other.weight, not other.language)


NO_SYNONYMS = Synonyms()


def _match_end(
    term: SynonymTerm, words: Sequence[str], keys: Sequence[frozenset[str]], start: int
) -> int | None:
    """Return the end of a term in words from start; None if the words differ from the term."""
    at = start
    for number, pair in enumerate(term.keys):
        if pair == STOP_WORDS_KEYS:
            next_pair = term.keys[number + 1]
            while (
                at < len(words)
                and keys[at].isdisjoint(next_pair)
                and is_ignored(folded_word(words[at]), term.language)
            ):
                at += 1
        elif at < len(words) and not keys[at].isdisjoint(pair):
            at += 1
        else:
            return None
    return at


def synonyms_file(content: Path, index: Path | None = None) -> SettingsFile[Synonyms]:
    """Return content/_synonyms.yaml. index: the index folder, for the last good version."""
    return SettingsFile(content / SYNONYMS_FILE, Synonyms.parse, index)


def load_synonym_file(content: Path) -> SynonymFile:
    """Return the entries of content/_synonyms.yaml; no entries without the file.

    Raises InvalidActivity with the first error of the file.
    """
    file, errors = _read(content)
    if errors:
        raise errors[0]
    return file


def synonym_errors(content: Path) -> list[InvalidActivity]:
    """Return all errors in content/_synonyms.yaml, by line."""
    return _read(content)[1]


def _read(content: Path) -> tuple[SynonymFile, list[InvalidActivity]]:
    """Return the valid entries of the file and its errors."""
    path = content / SYNONYMS_FILE
    try:
        return _parse(read_settings_file(path) or "", str(path))
    except InvalidActivity as error:
        return SynonymFile(), [error]


def _parse(text: str, path: str) -> tuple[SynonymFile, list[InvalidActivity]]:
    file, errors = parse_synonyms(text)
    return file, [
        InvalidActivity(path, error.line, error.language, error.reason, "settings")
        for error in errors
    ]
