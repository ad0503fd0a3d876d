"""Which language a reader is spoken to in: English, or that of a catalogue in locales/."""

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
LONGEST = 500  # characters of Accept-Language that are read; a browser sends 50
_current: ContextVar[str] = ContextVar("language", default=ENGLISH)


@cache
def catalogues() -> Mapping[str, GNUTranslations]:
    """The translations by language: locales/fr.po is French. Read as they are, so that none is ever compiled too late.

    Raises babel.messages.pofile.PoFileError for a file that is none.
    """
    found = {}
    for path in sorted(LOCALES.glob("*.po")):
        compiled = BytesIO()
        with path.open("rb") as lines:
            write_mo(
                compiled, read_po(lines, locale=path.stem.replace("-", "_"), abort_invalid=True)
            )
        compiled.seek(0)
        found[path.stem] = GNUTranslations(compiled)
    return found


@lru_cache(256)
def _preferred(header: str) -> str:
    accepted = parse_accept_header(header, LanguageAccept)
    return accepted.best_match([ENGLISH, *catalogues()], ENGLISH) or ENGLISH


def negotiate_locale(header: str) -> str:
    """The language, of those there are, that an Accept-Language header asks for."""
    return _preferred(header[:LONGEST])


def set_locale(language: str) -> None:
    """Say what follows, in this request, in a language that preferred() gave."""
    _current.set(language)


def current_locale() -> str:
    """The language that sentences are said in now."""
    return _current.get()


def gettext(sentence: str) -> str:
    """A sentence in the language that is spoken."""
    language = _current.get()
    return sentence if language == ENGLISH else catalogues()[language].gettext(sentence)


def ngettext(one: str, many: str, n: int) -> str:
    """A sentence about a number of things."""
    language = _current.get()
    if language == ENGLISH:
        return one if n == 1 else many
    return catalogues()[language].ngettext(one, many, n)


def N_(sentence: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a sentence that is translated where it is said."""
    return sentence
