"""The reader's language: English, or the language of a catalogue in locales/."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache, lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

ENGLISH = "en"
LOCALES = Path(__file__).parents[1] / "locales"
MAX_HEADER_LENGTH = 500  # characters of Accept-Language that are parsed; browsers send about 50
_current: ContextVar[str] = ContextVar("language", default=ENGLISH)


@cache
def catalogues() -> Mapping[str, GNUTranslations]:
    """Return the translations by language tag: locales/fr.po is French.

    Catalogues are compiled in memory, so that a compiled file can never be out of date.

    Raises babel.messages.pofile.PoFileError for a malformed catalogue.
    """
    translations = {}
    for path in sorted(LOCALES.glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=path.stem.replace("-", "_"), abort_invalid=True)
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        translations[path.stem] = GNUTranslations(compiled)
    return translations


@lru_cache(256)
def _negotiate(header: str) -> str:
    accepted = parse_accept_header(header, LanguageAccept)
    return accepted.best_match([ENGLISH, *catalogues()], ENGLISH) or ENGLISH


def negotiate_locale(header: str) -> str:
    """Return the available language that an Accept-Language header prefers."""
    return _negotiate(header[:MAX_HEADER_LENGTH])


def reload_catalogues() -> None:
    """Read the catalogues again on next use, in English until then."""
    catalogues.cache_clear()
    _negotiate.cache_clear()
    set_locale(ENGLISH)


def set_locale(language: str) -> None:
    """Use a language that negotiate_locale() returned for the rest of the request."""
    _current.set(language)


def current_locale() -> str:
    """Return the language of the current request."""
    return _current.get()


def gettext(sentence: str) -> str:
    """Return a sentence in the current language."""
    language = _current.get()
    return sentence if language == ENGLISH else catalogues()[language].gettext(sentence)


def ngettext(one: str, many: str, n: int) -> str:
    """Return a sentence in the current language, in the plural form for n."""
    language = _current.get()
    if language == ENGLISH:
        return one if n == 1 else many
    return catalogues()[language].ngettext(one, many, n)


def N_(sentence: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a sentence for translation. It is translated where it is used."""
    return sentence
