"""Parse the translations in content/_synonyms.yaml: one term for each of several languages."""

from __future__ import annotations

from indexer.content.frontmatter import FrontMatterError
from indexer.content.synonym_terms import SynonymTerm, TermId, parse_term
from indexer.content.values import VALUE_KINDS
from indexer.content.yaml_tree import YamlNode
from indexer.schema import FIELD
from indexer.text.analysis import can_stem, primary_subtag

Translations = list[tuple[SynonymTerm, ...]]
LineError = tuple[int, str]
"""A line, from 1, and the reason of an error."""


def parse_translations(entries: YamlNode, max_entries: int) -> tuple[Translations, list[LineError]]:
    """Return the valid entries of a list of translations, and its errors in order."""
    translations: Translations = []
    errors: list[LineError] = []
    lines: dict[TermId, int] = {}  # the lines of the terms
    if entries == YamlNode("text", entries.line):
        return translations, errors
    if entries.kind != "list":
        reason = 'is not a list: write each translation as "- {en: term, fr: terme}"'
        return translations, [(entries.line, reason)]
    if len(entries.children) > max_entries:
        line = entries.children[max(0, max_entries)].line
        errors.append((line, "has too many groups, relations and translations: remove some"))
    for entry in entries.children[: max(0, max_entries)]:
        terms, entry_errors = _parse_entry(entry)
        for term in terms:
            if (first := lines.setdefault(term.id, entry.line)) != entry.line:
                reason = f'"{term.text}" is translated in line {first} too: merge the two lines'
                entry_errors.append((entry.line, reason))
        errors += entry_errors
        if not entry_errors:
            translations.append(terms)
    return translations, errors


def _parse_entry(entry: YamlNode) -> tuple[tuple[SynonymTerm, ...], list[LineError]]:
    """Return the terms of an entry by language, and its errors."""
    if entry.kind != "mapping":
        reason = 'is not a translation: write "{en: term, fr: terme}"'
        return (), [(entry.line, reason)]
    terms: dict[str, SynonymTerm] = {}
    errors: list[LineError] = []
    for language, text in zip(entry.children[::2], entry.children[1::2], strict=True):
        problem = language_error(language.text)
        if problem is None and language.text in terms:
            problem = f'"{language.text}" occurs twice: remove one of the terms'
        if problem is None and text.kind != "text":
            problem = "has a list or a colon: write one term, which represents its group"
        if problem is not None:
            errors.append((language.line, problem))
            continue
        try:
            terms[language.text] = parse_term(text.text, language.text, text.line)
        except FrontMatterError as error:
            errors.append((error.line, error.reason))
    if len(entry.children) < 4 and not errors:
        errors.append((entry.line, "has only one language: add a translation"))
    return tuple(terms.values()), errors


def language_error(language: str) -> str | None:
    """Return the reason why a text is not a valid language key; None if it is valid."""
    primary = primary_subtag(language)
    try:
        if not can_stem(primary):  # the other languages take time to look up
            VALUE_KINDS["language"](language, FIELD["language"])
    except ValueError as error:
        return str(error)
    return None if language == primary else f'"{language}" is not a language alone: write {primary}'
