"""Labels of keyword values: countries, regions, languages, and the editors' own vocabulary.

Labels of countries, regions and languages exist in every locale that CLDR has. The editors'
vocabulary is written in one language and is never translated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from functools import cache
from pathlib import Path

from indexer.content.activity import InvalidActivity
from indexer.content.frontmatter import FrontMatterError, read_vocabulary
from indexer.content.joined_values import may_join_slugs
from indexer.content.settings_file import SettingsFile, read_settings_file
from indexer.content.values import VALUE_KINDS, slug
from indexer.content.visible_text import strip_invisible
from indexer.schema import FIELD, NOT_STATED
from indexer.text import places
from indexer.text.analysis import fold

VOCABULARY_FILE = "_vocabulary.yaml"
NOT_STATED_LABEL = "Not stated"
ENGLISH = "en"


@cache
def _language_names(locale: str) -> Mapping[str, str]:
    from babel import Locale  # importing it takes 50 ms

    names = Locale.parse(locale, sep="-").languages
    return {tag.replace("_", "-"): name for tag, name in names.items()}


def _language_name(tag: str, locale: str) -> str:
    if tag == locale == ENGLISH:
        return "English"
    primary, _, variant = tag.partition("-")
    names = _language_names(locale)
    return names.get(tag) or names.get(primary, primary) + (f" ({variant})" if variant else "")


@cache
def _language_tags(locale: str) -> Mapping[str, str]:
    """Return the tags of languages by folded name in a locale."""
    return {_folded(name): tag for tag, name in _language_names(locale).items()}


def _folded(text: str) -> str:
    return " ".join(fold(text).replace("-", " ").split())


class Vocabulary:
    """Converts keyword values to labels and labels to values, in one locale.

    The labels of themes, partners and agencies are in content/_vocabulary.yaml. A value that has no
    label there is shown as its words.
    """

    def __init__(self, labels: Mapping[str, Mapping[str, str]]) -> None:
        """Create an English vocabulary from labels by field and key."""
        self._labels = labels
        self._keys = {
            field: {_folded(label): key for key, label in by_key.items()}
            for field, by_key in labels.items()
        }
        self.has_labels = any(labels.values())
        self.base = self  # the English vocabulary of which this one is a translation
        self.locale = ENGLISH
        self.translate: Callable[[str], str] = str

    @classmethod
    def load(cls, content: Path) -> Vocabulary:
        """Load content/_vocabulary.yaml. Without the file the vocabulary is empty.

        Raises InvalidActivity.
        """
        path = content / VOCABULARY_FILE
        return cls.parse(read_settings_file(path) or "", str(path))

    @classmethod
    def parse(cls, text: str, path: str) -> Vocabulary:
        """Parse the text of a vocabulary. Raises InvalidActivity with the path and the line."""
        try:
            vocabulary = read_vocabulary(text)
        except FrontMatterError as error:
            raise InvalidActivity(path, error.line, "", error.reason, "settings") from None
        for field, (line, labels) in vocabulary.items():
            if field not in FIELD or FIELD[field].values != "slug":
                reason = f'"{field}" has no vocabulary: use theme, partner or agency'
                raise InvalidActivity(path, line, "", reason, "settings")
            for key, label in labels.items():
                if slug(key) != key or key == NOT_STATED:
                    reason = f'"{key}" cannot be a key: use the letters a to z, digits and hyphens'
                    raise InvalidActivity(path, label.line, field, reason, "settings")
                if not strip_invisible(label.text).strip():
                    reason = f'"{key}" has no label: write one, or remove the line'
                    raise InvalidActivity(path, label.line, field, reason, "settings")
        return cls(
            {
                field: {key: label.text for key, label in labels.items()}
                for field, (_, labels) in vocabulary.items()
            }
        )

    def in_locale(self, locale: str, translate: Callable[[str], str]) -> Vocabulary:
        """Return this vocabulary in a locale that CLDR has.

        translate returns the translation of NOT_STATED_LABEL, and of the English place names whose
        label differs from CLDR's. It returns all other names unchanged.
        """
        vocabulary = copy(self)
        vocabulary.locale, vocabulary.translate = locale, translate
        return vocabulary

    @property
    def english(self) -> Vocabulary:
        """This vocabulary in English."""
        return self if self.locale == ENGLISH else self.in_locale(ENGLISH, str)

    def label(self, field: str, value: str | int) -> str:
        """Return the label of a value."""
        text = str(value)
        if text == NOT_STATED:
            return self.translate(NOT_STATED_LABEL)
        match FIELD[field].values:
            case "country" | "region":
                name = places.name(text)
                translated = self.translate(name)
                return translated if translated != name else places.name(text, self.locale)
            case "language":
                return _language_name(text, self.locale)
            case "slug":
                return self._labels.get(field, {}).get(text) or text.replace("-", " ").capitalize()
        return text

    def keys(self, field: str, text: str) -> tuple[str, ...]:
        """Return the values of a field whose key or label equals a text when both are folded."""
        folded, kind = _folded(text), FIELD[field].values
        if kind == "slug":
            keys = (self._keys.get(field, {}).get(folded), slug(text))
            return tuple(dict.fromkeys(key for key in keys if key))
        if kind == "language":
            tag = _language_tags(ENGLISH).get(folded)
            text = tag or _language_tags(self.locale).get(folded, text)
        try:
            return (str(VALUE_KINDS[kind](text, FIELD[field])),)
        except ValueError:
            if self.locale == ENGLISH:
                return ()
            codes = {"country": places.ALL_COUNTRIES, "region": places.REGIONS}.get(kind, ())
            return tuple(code for code in codes if _folded(self.label(field, code)) == folded)

    def labels(self, field: str) -> Mapping[str, str]:
        """Return the labels of a field in the editors' vocabulary, by key."""
        return self._labels.get(field, {})

    def names_with_commas(self) -> Mapping[str, Mapping[str, str]]:
        """Return the keys of labels with commas, by field and by the slug of the label.

        Such a label, for example "Women, peace and security", is a single value in a file.
        """
        names = {
            field: {slug(label): key for key, label in labels.items() if may_join_slugs(label)}
            for field, labels in self._labels.items()
        }
        return {field: keys for field, keys in names.items() if keys}


def vocabulary_file(content: Path, index: Path | None = None) -> SettingsFile[Vocabulary]:
    """Return content/_vocabulary.yaml. index: the index folder, for the last good version."""
    return SettingsFile(content / VOCABULARY_FILE, Vocabulary.parse, index)
