"""Read content/_synonyms.yaml: groups of synonyms, and relations between them, by language.

    en:
      - [GBV, gender-based violence]       # synonyms: a search for one also finds the other
      - law enforcement ~ police           # related: the same, but ranked lower
      - violence against women > femicide  # broader > narrower: the same in this direction only
      - [TIP (capitals), trafficking in persons]  # understood in capitals only
    translations:
      - {en: GBV, fr: VBG, es: violencia de género}  # each also finds the others

Every error in the file is reported, each with its line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import NamedTuple

from indexer.content.frontmatter import FrontMatterError
from indexer.content.synonym_terms import SEPARATOR, SynonymTerm, TermId, parse_term
from indexer.content.synonym_translations import language_error, parse_translations
from indexer.content.yaml_tree import YamlNode, read_yaml

MAX_ENTRIES = 5_000  # groups and relations
MAX_TERMS = 12  # of a group
MAX_ALTERNATIVES = 32  # synonyms and related terms of a term
SYNONYM_WEIGHT = 0.8  # below 1, so that the words of the query rank first
RELATED_WEIGHT = 0.4
TRANSLATION_WEIGHT = SYNONYM_WEIGHT
TRANSLATIONS = "translations"  # the key of the entries that relate languages


class Alternative(NamedTuple):
    """A term that is searched in addition to a term of the query."""

    words: tuple[str, ...]  # as written
    weight: float  # factor of the score of a match; 1 is the weight of the query's own words
    reason: str  # the term as written
    language: str = ""  # the primary subtag of a translation; empty for other alternatives


class Relation(NamedTuple):
    """Two terms, each of which represents all terms of its group."""

    left: SynonymTerm
    right: SynonymTerm
    both_ways: bool  # if False, a search for left also finds right, but not the reverse


@dataclass(slots=True)
class SynonymFile:
    """The content of a file. A group has at least two terms."""

    groups: list[tuple[SynonymTerm, ...]] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    # Terms in two or more languages. Each represents all terms of its group.
    translations: list[tuple[SynonymTerm, ...]] = field(default_factory=list)


class SynonymFileError(NamedTuple):
    """An error in the file."""

    line: int  # from 1
    language: str  # of the entry; empty for an error outside the entries
    reason: str


def parse_synonyms(text: str) -> tuple[SynonymFile, list[SynonymFileError]]:
    """Parse the file. Return its valid entries, and its errors by line."""
    parser = _SynonymParser()
    try:
        if (root := read_yaml(text)) is not None:
            parser.add_languages(root)
    except FrontMatterError as error:
        parser.errors.append(SynonymFileError(error.line, "", error.reason))
    parser.errors += _alternatives_errors(parser.file)
    return parser.file, sorted(parser.errors)


def alternatives_of(file: SynonymFile) -> Iterator[tuple[SynonymTerm, list[Alternative]]]:
    """Yield each term of a file with its synonyms and, after them, the related terms.

    A term that needs capitals is never an alternative, because an index does not keep capitals.
    """
    groups = {term.id: group for group in file.groups for term in group}
    terms: dict[TermId, SynonymTerm] = {}
    alternatives: dict[TermId, dict[TermId, Alternative]] = {}

    def relate(left: Sequence[SynonymTerm], right: Sequence[SynonymTerm], weight: float) -> None:
        for term in left:
            terms.setdefault(term.id, term)
            by_id = alternatives.setdefault(term.id, {})
            for other in right:
                if other.id != term.id and not other.needs_capitals:
                    language = "" if other.language == term.language else other.language
                    alternative = Alternative(other.words, weight, other.text, language)
                    by_id.setdefault(other.id, alternative)

    for group in file.groups:
        relate(group, group, SYNONYM_WEIGHT)
    for left, right, both_ways in file.relations:
        left_group = groups.get(left.id, (left,))
        right_group = groups.get(right.id, (right,))
        relate(left_group, right_group, RELATED_WEIGHT)
        if both_ways:
            relate(right_group, left_group, RELATED_WEIGHT)
    for translations in file.translations:
        for left_term, right_term in permutations(translations, 2):
            left_group = groups.get(left_term.id, (left_term,))
            right_group = groups.get(right_term.id, (right_term,))
            relate(left_group, right_group, TRANSLATION_WEIGHT)
    for id, term in terms.items():
        yield term, list(alternatives[id].values())


def _alternatives_errors(file: SynonymFile) -> Iterator[SynonymFileError]:
    for term, alternatives in alternatives_of(file):
        count = sum(not alternative.language for alternative in alternatives)
        if count > MAX_ALTERNATIVES:
            reason = (
                f'"{term.text}" has {count} synonyms and related terms: at most '
                f"{MAX_ALTERNATIVES} are allowed; remove some"
            )
            yield SynonymFileError(term.line, term.language, reason)


class _SynonymParser:
    """Collects the groups, relations and errors of a file."""

    def __init__(self) -> None:
        self.file = SynonymFile()
        self.errors: list[SynonymFileError] = []
        self._language = ""
        self._entries = 0
        self._group_of: dict[TermId, tuple[SynonymTerm, ...]] = {}
        # The line that relates two groups, by the ids of the first terms of the groups.
        self._related: dict[tuple[TermId, TermId], int] = {}

    def _report(self, line: int, reason: str) -> None:
        self.errors.append(SynonymFileError(line, self._language, reason))

    def add_languages(self, root: YamlNode) -> None:
        """Add the groups and relations of all languages."""
        if root.kind != "mapping":
            self._report(root.line, 'has no language: write "en:" above the list of groups')
            return
        first_lines: dict[str, int] = {}
        translations: YamlNode | None = None
        for key, entries in zip(root.children[::2], root.children[1::2], strict=True):
            self._language = ""
            reason = None if key.text == TRANSLATIONS else language_error(key.text)
            if reason is not None:
                self._report(key.line, reason)
            elif (first := first_lines.setdefault(key.text, key.line)) != key.line:
                reason = f'"{key.text}" occurs twice: move its entries below line {first}'
                self._report(key.line, reason)
            elif key.text == TRANSLATIONS:
                translations = entries
            else:
                self._language = key.text
                self._add_entries(entries)
        self._language = ""
        if translations is not None:  # after all groups
            parsed, errors = parse_translations(translations, MAX_ENTRIES - self._entries)
            self.file.translations += parsed
            self.errors += [SynonymFileError(line, "", reason) for line, reason in errors]

    def _add_entries(self, entries: YamlNode) -> None:
        if entries == YamlNode("text", entries.line):
            return
        if entries.kind != "list":
            self._report(entries.line, 'is not a list: write each group as "- [term, synonym]"')
            return
        relations = []
        for entry in entries.children:
            self._entries += 1
            if self._entries > MAX_ENTRIES:
                reason = f"has more than {MAX_ENTRIES:,} groups and relations: remove some"
                self._report(entry.line, reason)
                break
            if entry.kind == "mapping":
                reason = 'has a colon: put a term with a colon in quotes, as in ["a: b", c]'
                self._report(entry.line, reason)
            elif entry.kind == "list":
                self._add_group(entry)
            else:
                relations.append(entry)
        for entry in relations:  # after all groups, because a term represents its group
            self._add_relation(entry.text, entry.line)

    def _term(self, text: str, line: int) -> SynonymTerm | None:
        """Return a term; None after reporting an error."""
        try:
            return parse_term(text, self._language, line)
        except FrontMatterError as error:
            self._report(error.line, error.reason)
            return None

    def _add_group(self, entry: YamlNode) -> None:
        terms: dict[TermId, SynonymTerm] = {}
        errors = len(self.errors)
        for node in entry.children:
            if node.kind == "mapping":
                reason = 'has a colon: put a term with a colon in quotes, as in ["a: b", c]'
                self._report(node.line, reason)
            elif node.kind == "list":
                reason = "has a list in a group: write all terms of the group in one list"
                self._report(node.line, reason)
            elif (term := self._term(node.text, node.line)) is None:
                continue
            elif same := terms.get(term.id):
                reason = (
                    f'"{term.text}" matches the same words as "{same.text}": remove one of them'
                )
                self._report(node.line, reason)
            elif group := self._group_of.get(term.id):
                reason = (
                    f'"{term.text}" is in the group of line {group[0].line} too: merge the two '
                    "groups, or remove it from one of them"
                )
                self._report(node.line, reason)
            else:
                terms[term.id] = term
        if len(entry.children) < 2:
            reason = "has one term: add a synonym" if terms else "is an empty group: add two terms"
            self._report(entry.line, reason)
        elif len(entry.children) > MAX_TERMS:
            reason = (
                f"has {len(entry.children)} terms: a group has at most {MAX_TERMS}; remove some"
            )
            self._report(entry.line, reason)
        if len(self.errors) == errors:
            group = tuple(terms.values())
            self.file.groups.append(group)
            self._group_of |= dict.fromkeys(terms, group)

    def _add_relation(self, text: str, line: int) -> None:
        parts = SEPARATOR.split(f" {text} ")
        if len(parts) != 3 or not parts[0].strip() or not parts[2].strip():
            reason = (
                f'"{text}" is neither a group nor a relation: write "[term, synonym]", '
                '"term ~ related term" or "broader term > narrower term"'
            )
            self._report(line, reason)
            return
        left, right = self._term(parts[0], line), self._term(parts[2], line)
        if left is None or right is None:
            return
        pair = self._group_id(left), self._group_id(right)
        if pair[0] == pair[1]:
            self._report(line, f'"{left.text}" and "{right.text}" are synonyms: remove the line')
            return
        both_ways = parts[1] == "~"
        for direction in (pair, pair[::-1]) if both_ways else (pair,):
            if (earlier := self._related.setdefault(direction, line)) != line:
                reason = (
                    f'"{left.text}" and "{right.text}" are related in line {earlier} too: remove '
                    "one of the two lines"
                )
                self._report(line, reason)
                return
        self.file.relations.append(Relation(left, right, both_ways))

    def _group_id(self, term: SynonymTerm) -> TermId:
        """Return the id of the first term of a term's group."""
        return self._group_of.get(term.id, (term,))[0].id
