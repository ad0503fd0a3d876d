"""What people call the values of fields: countries, regions, languages, and the editors' vocabulary.

In English, or in the language of a reader; the vocabulary stays in the editors' words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from copy import copy
from functools import cache
from pathlib import Path

from indexer.content.activity import VALUE_KINDS, InvalidActivity, decode, slug
from indexer.content.frontmatter import FrontMatterError, read_vocabulary
from indexer.schema import FIELD, NOT_STATED
from indexer.text import places
from indexer.text.analysis import fold

VOCABULARY_FILE = "_vocabulary.yaml"
NOT_STATED_LABEL = "Not stated"
ENGLISH = "en"


@cache
def _language_names(language: str) -> Mapping[str, str]:
    from babel import Locale  # loaded late: it takes 50 ms

    return {
        tag.replace("_", "-"): name
        for tag, name in Locale.parse(language, sep="-").languages.items()
    }


def _language_name(tag: str, language: str) -> str:
    if tag == language == ENGLISH:
        return "English"
    primary, _, variant = tag.partition("-")
    names = _language_names(language)
    return names.get(tag) or names.get(primary, primary) + (f" ({variant})" if variant else "")


@cache
def _languages(language: str) -> Mapping[str, str]:
    """The tag of each language by its folded name in a language."""
    return {_folded(name): tag for tag, name in _language_names(language).items()}


def _folded(text: str) -> str:
    return " ".join(fold(text).replace("-", " ").split())


class Vocabulary:
    """Labels of every keyword value, and the way back.

    Themes, partners and agencies are in content/_vocabulary.yaml (field: {slug: label}); a slug
    that is not there is shown as its words.
    """

    language = ENGLISH
    translated: Callable[[str], str] = staticmethod(str)

    def __init__(self, vocabulary: Mapping[str, Mapping[str, str]]) -> None:
        self._vocabulary = vocabulary
        self._by_label = {
            field: {_folded(label): slug for slug, label in entries.items()}
            for field, entries in vocabulary.items()
        }
        self.digest = hashlib.blake2b(
            repr(vocabulary).encode() + places.VERSION.encode(), digest_size=8
        ).hexdigest()

    @classmethod
    def load(cls, content: Path) -> Vocabulary:
        """From content/_vocabulary.yaml; an absent file is an empty vocabulary. Raises InvalidActivity."""
        path = content / VOCABULARY_FILE
        try:
            vocabulary = read_vocabulary(decode(path.read_bytes()))
        except FileNotFoundError:
            return cls({})
        except OSError as error:
            raise InvalidActivity(str(path), 1, "", f"cannot be read: {error.strerror}") from None
        except FrontMatterError as error:
            raise InvalidActivity(str(path), error.line, "", error.reason) from None
        for field, (line, entries) in vocabulary.items():
            if field not in FIELD or FIELD[field].values != "slug":
                reason = f'"{field}" has no vocabulary: use theme, partner or agency'
                raise InvalidActivity(str(path), line, "", reason)
            for key, label in entries.items():
                if slug(key) != key or key == NOT_STATED:
                    reason = f'"{key}" cannot be a key: use the letters a to z, digits and hyphens'
                    raise InvalidActivity(str(path), label.line, field, reason)
        return cls(
            {
                f: {key: label.text for key, label in entries.items()}
                for f, (_, entries) in vocabulary.items()
            }
        )

    def spoken(self, language: str, translated: Callable[[str], str]) -> Vocabulary:
        """These labels in a language that CLDR knows; translated says NOT_STATED in it, and those English names of
        places that shall be called otherwise than by CLDR (and gives others back as they are)."""
        found = copy(self)
        found.language, found.translated = language, translated
        return found

    @property
    def english(self) -> Vocabulary:
        """These labels in English."""
        return self if self.language == ENGLISH else self.spoken(ENGLISH, str)

    def label(self, field: str, value: str | int) -> str:
        """What a person reads for a value; of NONE, NOT_STATED."""
        text = str(value)
        if text == NOT_STATED:
            return self.translated(NOT_STATED_LABEL)
        match FIELD[field].values:
            case "country" | "region":
                name = places.name(text)
                said = self.translated(name)
                return said if said != name else places.name(text, self.language)
            case "language":
                return _language_name(text, self.language)
            case "slug":
                return (
                    self._vocabulary.get(field, {}).get(text) or text.replace("-", " ").capitalize()
                )
        return text

    def keys(self, field: str, text: str) -> tuple[str, ...]:
        """The values of a field whose key or any label equals the text, folded, whole."""
        folded, kind = _folded(text), FIELD[field].values
        if kind == "slug":
            found = (self._by_label.get(field, {}).get(folded), slug(text))
            return tuple(dict.fromkeys(key for key in found if key))
        if kind == "language":
            text = _languages(ENGLISH).get(folded) or _languages(self.language).get(folded, text)
        try:
            return (str(VALUE_KINDS[kind](text, FIELD[field])),)
        except ValueError:
            codes = {"country": places.COUNTRIES, "region": places.REGIONS}.get(kind, ())
            return tuple(
                code
                for code in codes
                if self.language != ENGLISH and _folded(self.label(field, code)) == folded
            )

    def known(self, field: str) -> Mapping[str, str]:
        """Every value of a vocabulary field with its label."""
        return self._vocabulary.get(field, {})
