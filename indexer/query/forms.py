"""Forms: what an activity can have in place of a word of a plain query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from indexer.text.analysis import fold, stop_word_languages

FormKind = Literal["spelling", "joined", "synonym", "name", "label", "correction"]


@dataclass(frozen=True, slots=True)
class WordForm:
    """Something that an activity can have in place of a word of a plain query.

    It is one word, which matches in any inflection, or several words, which match as a phrase, or
    values of a field.
    """

    kind: FormKind
    weight: float  # relative to the stem of the word itself
    words: tuple[str, ...] = ()  # as written
    field: str = ""
    values: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The content words of a synonym of several words, which also match in any order."""
        if self.kind != "synonym" or len(self.words) < 2:
            return ()
        return tuple(word for word in self.words if not stop_word_languages(fold(word)))

    @property
    def is_addition(self) -> bool:
        """Whether the form is searched only in the lower group."""
        return self.kind == "correction"


WordForms = Mapping[str, Sequence[WordForm]]
"""The forms of words, by folded word."""
NO_FORMS: WordForms = {}
