"""What people call the values of fields: countries, regions, languages, and the editors' vocabulary."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from indexer import places
from indexer.activity import VALUE_KINDS, InvalidActivity, decode, slug
from indexer.analysis import fold
from indexer.frontmatter import FrontMatterError, read_vocabulary
from indexer.schema import FIELD, NONE

VOCABULARY = "_vocabulary.yaml"
NOT_STATED = "Not stated"


@cache
def _language_names() -> Mapping[str, str]:
    from babel import Locale  # loaded late: it takes 50 ms

    return {tag.replace("_", "-"): name for tag, name in Locale("en").languages.items()}


def _language_name(tag: str) -> str:
    if tag == "en":
        return "English"
    primary, _, variant = tag.partition("-")
    names = _language_names()
    return names.get(tag) or names.get(primary, primary) + (f" ({variant})" if variant else "")


@cache
def _languages() -> Mapping[str, str]:
    """The tag of each language by its folded name."""
    return {_folded(name): tag for tag, name in _language_names().items()}


def _folded(text: str) -> str:
    return " ".join(fold(text).replace("-", " ").split())


class Labels:
    """Labels of every keyword value, and the way back.

    Themes, partners and agencies are in content/_vocabulary.yaml (field: {slug: label}); a slug
    that is not there is shown as its words.
    """

    def __init__(self, vocabulary: Mapping[str, Mapping[str, str]]) -> None:
        self._vocabulary = vocabulary
        self._by_label = {
            field: {_folded(label): slug for slug, label in entries.items()} for field, entries in vocabulary.items()
        }
        self.digest = hashlib.blake2b(repr(vocabulary).encode() + places.VERSION.encode(), digest_size=8).hexdigest()

    @classmethod
    def load(cls, content: Path) -> Labels:
        """From content/_vocabulary.yaml; an absent file is an empty vocabulary. Raises InvalidActivity."""
        path = content / VOCABULARY
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
                if slug(key) != key or key == NONE:
                    reason = f'"{key}" cannot be a key: use the letters a to z, digits and hyphens'
                    raise InvalidActivity(str(path), label.line, field, reason)
        return cls({f: {key: label.text for key, label in entries.items()} for f, (_, entries) in vocabulary.items()})

    def label(self, field: str, value: str | int) -> str:
        """What a person reads for a value; of NONE, "Not stated"."""
        text = str(value)
        if text == NONE:
            return NOT_STATED
        match FIELD[field].values:
            case "country" | "region":
                return places.name(text)
            case "language":
                return _language_name(text)
            case "slug":
                return self._vocabulary.get(field, {}).get(text) or text.replace("-", " ").capitalize()
        return text

    def keys(self, field: str, text: str) -> tuple[str, ...]:
        """The values of a field whose key or any label equals the text, folded, whole."""
        folded, kind = _folded(text), FIELD[field].values
        if kind == "slug":
            found = (self._by_label.get(field, {}).get(folded), slug(text))
            return tuple(dict.fromkeys(key for key in found if key))
        try:
            return (
                str(VALUE_KINDS[kind](_languages().get(folded, text) if kind == "language" else text, FIELD[field])),
            )
        except ValueError:
            return ()

    def known(self, field: str) -> Mapping[str, str]:
        """Every value of a vocabulary field with its label."""
        return self._vocabulary.get(field, {})
