"""Suggest entries for content/_synonyms.yaml: abbreviations that the activities define."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from indexer.content.abbreviations import find_abbreviations
from indexer.content.activity import Activity
from indexer.content.frontmatter import FrontMatterError
from indexer.content.synonym_file import SynonymFile
from indexer.content.synonym_terms import CAPITALS, SynonymTerm, TermId, parse_term
from indexer.text.analysis import primary_subtag

_WORD = re.compile(r"[^\W\d_]+")
_SPECIAL_IN_YAML = re.compile(r'[,\[\]{}:#"]|^\W')


@dataclass(frozen=True, slots=True)
class SynonymSuggestion:
    """An abbreviation and its long form, which the file does not relate yet."""

    language: str  # primary subtag
    short: tuple[str, ...]  # the abbreviation, and its plural if an activity has it
    long: str  # as most activities write it
    is_relation: bool  # whether a term is already in a group
    count: int  # of activities
    example: str  # the id of one of them

    @property
    def entry(self) -> str:
        """The entry for the file, in YAML."""
        if self.is_relation:
            return _yaml_text(f"{self.short[0]} ~ {self.long}")
        return f"[{', '.join(map(_yaml_text, (*self.short, self.long)))}]"


@dataclass(slots=True)
class _Definition:
    """All definitions of an abbreviation with the same long form."""

    short: set[str] = field(default_factory=set)  # singular and plural
    long: Counter[str] = field(default_factory=Counter)
    ids: dict[str, None] = field(default_factory=dict)  # of the activities, in order


class _KnownTerms:
    """The groups and relations of a file, and of the suggestions so far."""

    def __init__(self, file: SynonymFile) -> None:
        self._groups: dict[TermId, frozenset[TermId]] = {}
        self._related: defaultdict[TermId, set[TermId]] = defaultdict(set)
        for group in file.groups:
            self.add_group(frozenset(term.id for term in group))
        for left, right, _ in file.relations:
            self.relate(left.id, right.id)

    def add_group(self, ids: frozenset[TermId]) -> None:
        self._groups |= dict.fromkeys(ids, ids)
        for id in ids:
            self._related[id] |= ids

    def relate(self, left: TermId, right: TermId) -> None:
        """Relate the groups of two terms."""
        groups = self._group(left), self._group(right)
        for ids, others in (groups, groups[::-1]):
            for id in ids:
                self._related[id] |= others

    def are_related(self, ids: Iterable[TermId], other: TermId) -> bool:
        """Return whether a term is a synonym of, or related to, any of the other terms."""
        return any(other in self._related.get(id, ()) for id in ids)

    def has_group(self, ids: Iterable[TermId]) -> bool:
        """Return whether any of the terms is in a group."""
        return any(id in self._groups for id in ids)

    def _group(self, id: TermId) -> frozenset[TermId]:
        return self._groups.get(id, frozenset({id}))


def suggest_synonyms(activities: Iterable[Activity], file: SynonymFile) -> list[SynonymSuggestion]:
    """Return suggestions sorted by language, then by number of activities, highest first.

    The file stays valid if all suggestions are added to it.
    """
    definitions, words = _definitions(activities)
    known = _KnownTerms(file)
    suggestions = []
    by_count = sorted(definitions.items(), key=lambda item: (-len(item[1].ids), item[0]))
    for (language, singular, long_id), definition in by_count:
        forms = [singular] if definition.short == {singular} else [singular, f"{singular}s"]
        terms = [term for form in forms if (term := _short_term(form, language, words))]
        if not terms or known.are_related(_ids(singular, language), long_id):
            continue
        ids = frozenset({*(term.id for term in terms), long_id})
        is_relation = known.has_group(ids)
        if is_relation:
            known.relate(terms[0].id, long_id)
        else:
            known.add_group(ids)
        short = tuple(f"{t.text} {CAPITALS}" if t.needs_capitals else t.text for t in terms)
        long = definition.long.most_common(1)[0][0]
        count, example = len(definition.ids), next(iter(definition.ids))
        suggestions.append(SynonymSuggestion(language, short, long, is_relation, count, example))
    return sorted(suggestions, key=lambda suggestion: suggestion.language)


def _definitions(
    activities: Iterable[Activity],
) -> tuple[Mapping[tuple[str, str, TermId], _Definition], set[str]]:
    """Return the definitions in activities, and the words that occur in lower case.

    The definitions are keyed by language, abbreviation and the id of the long form.
    """
    definitions: defaultdict[tuple[str, str, TermId], _Definition] = defaultdict(_Definition)
    words: set[str] = set()
    for activity in activities:
        language = primary_subtag(activity.language)
        for text in (*map(str, activity.meta.get("title", ())), activity.text):
            words.update(word for word in _WORD.findall(text) if word.islower())
            for short, long in find_abbreviations(text, language):
                if (term := _term(long, language)) is not None:
                    definition = definitions[language, _singular(short), term.id]
                    definition.short.add(short)
                    definition.long[long] += 1
                    definition.ids[activity.id] = None
    return definitions, words


def to_synonym_file(suggestions: Iterable[SynonymSuggestion]) -> Iterator[str]:
    """Yield the lines of a synonym file with the suggestions of suggest_synonyms().

    A comment on each entry states the number of activities and an example id.
    """
    for language, group in groupby(suggestions, key=lambda suggestion: suggestion.language):
        yield f"{language}:"
        for suggestion in group:
            yield f"  - {suggestion.entry}  # {suggestion.count}, as in {suggestion.example}"


def _term(text: str, language: str) -> SynonymTerm | None:
    """Return a text as a term; None if it cannot be one."""
    try:
        return parse_term(text, language, 1)
    except FrontMatterError:
        return None


def _singular(short: str) -> str:
    """Return an abbreviation without the "s" of its plural: "CSO" for "CSOs"."""
    singular = short.removesuffix("s")
    return singular if singular.isupper() and len(singular) > 1 else short


def _short_term(short: str, language: str, words: set[str]) -> SynonymTerm | None:
    """Return an abbreviation as a term, which needs capitals if it is a word in the activities."""
    if short.lower() in words or _term(short, language) is None:
        return _term(f"{short} {CAPITALS}", language) or _term(short, language)
    return _term(short, language)


def _ids(short: str, language: str) -> set[TermId]:
    """Return the ids that an abbreviation can have in the file."""
    forms = (short, f"{short}s", f"{short} {CAPITALS}")
    return {term.id for form in forms if (term := _term(form, language)) is not None}


def _yaml_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if _SPECIAL_IN_YAML.search(text) else text
