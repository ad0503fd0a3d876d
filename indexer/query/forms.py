"""Forms: alternatives that match in place of a word of a plain query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from indexer.text.analysis import fold, stop_word_languages
from indexer.text.characters import character_class

FormKind = Literal["spelling", "joined", "synonym", "name", "label", "correction", "prefix"]


def _has_characters(words: Sequence[str]) -> bool:
    return any(character_class(word[0]) == "character" for word in words if not word.isascii())


@dataclass(frozen=True, slots=True)
class WordForm:
    """An alternative that matches in place of a word of a plain query.

    A form is a single word, which matches in any inflection; several words, which match as a
    phrase; values of a field; or, of the kind "prefix", every word that begins with a word.
    """

    kind: FormKind
    weight: float  # relative to the stem of the word itself
    words: tuple[str, ...] = ()  # as written
    field: str = ""
    values: tuple[str, ...] = ()
    # Whether the form is a synonym or name of the corrected word, and not of the word as typed.
    is_of_correction: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """The content words of a multi-word synonym; they also match in any order.

        Characters of a script without spaces match as a phrase only.
        """
        if self.kind != "synonym" or len(self.words) < 2 or _has_characters(self.words):
            return ()
        return tuple(word for word in self.words if not stop_word_languages(fold(word)))

    @property
    def is_addition(self) -> bool:
        """Whether only the lower group matches the form."""
        return self.kind == "correction" or self.is_of_correction


WordForms = Mapping[str, Sequence[WordForm]]
"""Forms by folded word."""
NO_FORMS: WordForms = {}
